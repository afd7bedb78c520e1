"""An app's address: who gets in, what the app learns, and that nothing is held back."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest
from databricks.sdk.service.apps import App

from tests.sandbox.app_sources import address, ask, running_app
from tests.sandbox.running import RunningSandbox


@pytest.fixture(scope="module")
def app(workspace_server: RunningSandbox) -> App:
    return running_app(workspace_server.client(), "proxy-app")


def app_cookie(browser: httpx.Client) -> str:
    return next(
        f"{c.name}={c.value}" for c in browser.cookies.jar if c.name == "sandbox_app_proxy-app"
    )


def test_a_browser_signs_in_and_comes_back(workspace_server: RunningSandbox, app: App) -> None:
    url = address(app)
    with httpx.Client(follow_redirects=True, trust_env=False) as browser:
        page = browser.get(f"{url}/emails?id=1&x=%2F")
        again = browser.get(f"{url}/second", follow_redirects=False)
    assert [answer.status_code for answer in page.history] == [302, 302, 302]
    assert page.history[1].url.path == "/sandbox/sign-in"
    assert str(page.history[1].url).startswith(workspace_server.host)
    cookie = page.history[2].headers["set-cookie"]
    assert "HttpOnly" in cookie and "sandbox_app_proxy-app=" in cookie
    assert page.json()["path"] == "/emails?id=1&x=%2F"
    assert again.status_code == 200


def test_the_app_learns_who_asks_and_gets_no_credentials(
    workspace_server: RunningSandbox, app: App
) -> None:
    with httpx.Client(follow_redirects=True, trust_env=False) as browser:
        browser.get(workspace_server.host)
        browser.get(address(app))
        browser.cookies.set("mine", "kept", domain="127.0.0.1")
        sent = {"X-Forwarded-Email": "boss@sandbox.local", "X-Own": "1"}
        headers = browser.get(address(app), headers=sent).json()["headers"]
    seen = {name.lower(): value for name, value in headers.items()}
    assert seen["x-forwarded-email"] == "you@sandbox.local"
    assert seen["x-own"] == "1"
    assert "sandbox_" not in seen["cookie"] and "mine=kept" in seen["cookie"]
    bearer = ask(app, "/", workspace_server.token()).json()["headers"]
    assert "authorization" not in {name.lower() for name in bearer}
    assert "x-forwarded-access-token" not in seen


def test_a_token_of_the_user_is_passed_on_when_the_app_asks_for_it(
    workspace_server: RunningSandbox, app: App
) -> None:
    client = workspace_server.client()
    client.apps.update("proxy-app", App(name="proxy-app", user_api_scopes=["sql"]))
    headers = ask(app, "/", workspace_server.token()).json()["headers"]
    token = {name.lower(): value for name, value in headers.items()}["x-forwarded-access-token"]
    with workspace_server.http(token) as http:
        assert http.get("/api/2.0/preview/scim/v2/Me").json()["userName"] == "you@sandbox.local"
    client.apps.update("proxy-app", App(name="proxy-app"))


def test_only_an_oauth_token_opens_the_app(workspace_server: RunningSandbox, app: App) -> None:
    with workspace_server.http() as http:
        pat = http.headers["Authorization"].removeprefix("Bearer ")
    assert ask(app, "/", workspace_server.token()).status_code == 200
    assert ask(app, "/", pat).status_code == 401
    assert ask(app, "/", "nonsense").status_code == 401


def test_a_principal_without_can_use_is_refused(workspace_server: RunningSandbox, app: App) -> None:
    other = running_app(workspace_server.client(), "proxy-other")
    seen = ask(other, "/environment", workspace_server.token()).json()
    form = {
        "grant_type": "client_credentials",
        "client_id": seen["DATABRICKS_CLIENT_ID"],
        "client_secret": seen["DATABRICKS_CLIENT_SECRET"],
    }
    answer = httpx.post(f"{workspace_server.host}/oidc/v1/token", data=form)
    token = answer.json()["access_token"]
    assert ask(app, "/", token).status_code == 403
    grant = {"service_principal_name": seen["DATABRICKS_CLIENT_ID"], "permission_level": "CAN_USE"}
    path = "/api/2.0/permissions/apps/proxy-app"
    workspace_server.call("PATCH", path, {"access_control_list": [grant]})
    assert (
        ask(app, "/", token).json()["headers"]["x-forwarded-email"] == seen["DATABRICKS_CLIENT_ID"]
    )
    assert ask(app, "/logz", token).status_code == 403


def test_events_come_as_they_are_sent(workspace_server: RunningSandbox, app: App) -> None:
    """The second event is sent only after the first was received here."""
    headers = {"Authorization": f"Bearer {workspace_server.token()}"}
    with (
        httpx.Client(headers=headers, trust_env=False, timeout=30) as http,
        http.stream("GET", f"{address(app)}/events") as events,
    ):
        pieces = events.iter_text()
        assert next(pieces) == "data: first\n\n"
        http.get(f"{address(app)}/go")
        assert "".join(pieces) == "data: second\n\n"


def test_a_body_goes_up_as_it_comes(workspace_server: RunningSandbox, app: App) -> None:
    """One of known length, and one in pieces whose end is held back until it is on its way."""
    headers = {"Authorization": f"Bearer {workspace_server.token()}"}
    big, release = b"0123456789abcdef" * 200_000, threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"first "
        release.set()
        yield b"second"

    with httpx.Client(headers=headers, trust_env=False, timeout=60) as http:
        assert http.post(address(app), content=big).content == big
        assert http.post(address(app), content=pieces()).content == b"first second"
    assert release.is_set()


def test_an_answer_arrives_whole(workspace_server: RunningSandbox, app: App) -> None:
    answer = ask(app, "/%C3%A4%20b?q=a+b&q=%26", workspace_server.token())
    assert answer.json()["path"] == "/%C3%A4%20b?q=a+b&q=%26"
    assert answer.headers.get_list("set-cookie") == ["one=1", "two=2"]


@pytest.mark.parametrize("elsewhere", ["//example.com/", "https://example.com/", "/\\example.com"])
def test_the_callback_leads_nowhere_else(
    workspace_server: RunningSandbox, app: App, elsewhere: str
) -> None:
    back = {"return_to": address(app)}
    code = httpx.get(f"{workspace_server.host}/sandbox/sign-in", params=back).headers["location"]
    code = httpx.URL(code).params["code"]
    target = f"{address(app)}/.auth/callback"
    answer = httpx.get(target, params={"code": code, "next": elsewhere})
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    assert httpx.get(target, params={"code": code, "next": "/"}).status_code == 400


def test_a_rebound_name_gets_nothing(workspace_server: RunningSandbox, app: App) -> None:
    headers = {"Authorization": f"Bearer {workspace_server.token()}", "Host": "evil.example:80"}
    assert httpx.get(address(app), headers=headers).status_code == 400


def test_the_log_is_a_page_for_a_browser(workspace_server: RunningSandbox, app: App) -> None:
    headers = {"Authorization": f"Bearer {workspace_server.token()}", "Accept": "text/html"}
    page = httpx.get(f"{address(app)}/logz", headers=headers)
    assert page.headers["content-type"].startswith("text/html")
    assert "version 1 is listening" in page.text
