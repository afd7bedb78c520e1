"""Signing in: profiles, OAuth grants, tokens that are no good, and the browser's way."""

from __future__ import annotations

import base64
import hashlib
import stat
from configparser import ConfigParser
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sandbox.running import RunningSandbox

PERSON = "you@sandbox.local"


@pytest.mark.parametrize("profile", ["DEFAULT", "pat"])
def test_both_profiles_are_the_local_person(workspace_server: RunningSandbox, profile: str) -> None:
    me = workspace_server.client(profile).current_user.me()
    assert me.user_name == PERSON
    assert {group.display for group in me.groups or ()} >= {"users", "analysts"}


def test_the_config_file_is_the_owners_only(workspace_server: RunningSandbox) -> None:
    config, folder = workspace_server.config_file, workspace_server.state_dir
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 401, "UNAUTHENTICATED"),
        ("Basic eDp5", 401, "UNAUTHENTICATED"),
        ("Bearer dapi0000", 403, "PERMISSION_DENIED"),
        ("Bearer a.b.c", 401, "UNAUTHENTICATED"),
        ("Bearer é", 401, "UNAUTHENTICATED"),
    ],
)
def test_a_bad_credential_is_refused(
    workspace_server: RunningSandbox, header: str | None, status: int, code: str
) -> None:
    headers = [] if header is None else [(b"authorization", header.encode("latin-1"))]
    answer = httpx.get(f"{workspace_server.host}/api/2.0/preview/scim/v2/Me", headers=headers)
    assert answer.status_code == status
    assert answer.json()["error_code"] == code
    assert answer.headers["x-request-id"]


def test_a_wrong_client_secret_is_refused(workspace_server: RunningSandbox) -> None:
    profiles = ConfigParser()
    profiles.read(workspace_server.config_file)
    answer = httpx.post(
        f"{workspace_server.host}/oidc/v1/token",
        data={"grant_type": "client_credentials"},
        auth=(profiles["DEFAULT"]["client_id"], "wrong"),
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_person_signs_in_by_code_and_refreshes(workspace_server: RunningSandbox) -> None:
    """As `databricks auth login` does: authorization code with PKCE, then a refresh token."""
    host, back = workspace_server.host, "http://localhost:8020/"
    verifier = "v" * 64
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = httpx.get(
        f"{host}/oidc/v1/authorize",
        params={
            "client_id": "databricks-cli",
            "redirect_uri": back,
            "response_type": "code",
            "state": "s1",
            "scope": "all-apis offline_access",
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        },
    )
    answer = parse_qs(urlsplit(asked.headers["location"]).query)
    assert answer["state"] == ["s1"]
    form = {
        "grant_type": "authorization_code",
        "client_id": "databricks-cli",
        "redirect_uri": back,
        "code": answer["code"][0],
        "code_verifier": verifier,
    }
    token = httpx.post(f"{host}/oidc/v1/token", data=form).json()
    again = httpx.post(f"{host}/oidc/v1/token", data=form)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    fresh = httpx.post(
        f"{host}/oidc/v1/token",
        data={"grant_type": "refresh_token", "refresh_token": token["refresh_token"]},
    ).json()
    with workspace_server.http(fresh["access_token"]) as http:
        assert http.get("/api/2.0/preview/scim/v2/Me").json()["userName"] == PERSON


def test_a_browser_gets_in_without_a_form(workspace_server: RunningSandbox) -> None:
    with httpx.Client(follow_redirects=True, trust_env=False) as browser:
        page = browser.get(f"{workspace_server.host}/explore/data")
    assert page.status_code == 200
    assert page.url.path == "/explore/data"
    assert "workspace" in page.text


def test_sign_in_hands_a_code_to_an_app(workspace_server: RunningSandbox) -> None:
    answer = httpx.get(
        f"{workspace_server.host}/sandbox/sign-in",
        params={"return_to": "http://127.0.0.1:4444/emails?id=1"},
    )
    target = urlsplit(answer.headers["location"])
    assert answer.status_code == 302
    assert (target.netloc, target.path) == ("127.0.0.1:4444", "/.auth/callback")
    query = parse_qs(target.query)
    assert query["next"] == ["/emails?id=1"]
    assert query["code"][0]


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "http://127.0.0.1.example.com/", "javascript:alert(1)"]
)
def test_a_code_goes_to_loopback_only(workspace_server: RunningSandbox, elsewhere: str) -> None:
    with httpx.Client(trust_env=False) as browser:
        answer = browser.get(
            f"{workspace_server.host}/sandbox/sign-in", params={"return_to": elsewhere}
        )
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_a_rebound_name_gets_nothing(workspace_server: RunningSandbox) -> None:
    """A web page whose own name resolves to 127.0.0.1 sends that name as Host."""
    answer = httpx.get(f"{workspace_server.host}/", headers={"Host": "evil.example:80"})
    assert answer.status_code == 400


def test_an_unknown_path_is_the_platforms_404(workspace_server: RunningSandbox) -> None:
    with workspace_server.http() as http:
        answer = http.get("/api/2.0/no/such/thing")
    assert answer.status_code == 404
    assert answer.json()["error_code"] == "ENDPOINT_NOT_FOUND"
    assert "/api/2.0/no/such/thing" in (workspace_server.state_dir / "sandbox.log").read_text()


def test_principals_are_found_by_filter(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    assert [u.user_name for u in client.users.list(filter=f'userName eq "{PERSON}"')] == [PERSON]
    groups = {group.display_name for group in client.groups.list()}
    assert {"admins", "users", "analysts"} <= groups
    assert list(client.service_principals.list(filter='displayName eq "nobody"')) == []
