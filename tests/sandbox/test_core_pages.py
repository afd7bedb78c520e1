"""The pages that links into the workspace open, as a browser with a cookie jar gets them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from databricks.sdk.service.apps import App
from databricks.sdk.service.workspace import ImportFormat

from tests.sandbox.running import RunningSandbox


@pytest.fixture
def browser(workspace_server: RunningSandbox) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=workspace_server.host, follow_redirects=True, trust_env=False
    ) as http:
        yield http


def test_the_front_page_reads_fragments(browser: httpx.Client) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    assert "location.hash" in page.text
    assert "you@sandbox.local" in page.text


def test_a_catalog_and_a_schema_open(
    workspace_server: RunningSandbox, browser: httpx.Client
) -> None:
    workspace_server.client().schemas.create("seen_in_page", "workspace")
    assert "seen_in_page" in browser.get("/explore/data/workspace").text
    assert browser.get("/explore/data/workspace/seen_in_page").status_code == 200
    missing = browser.get("/explore/data/no_such_catalog")
    assert missing.status_code == 404
    assert "does not exist" in missing.text
    assert browser.get("/explore/data/people_private").status_code == 403


def test_text_from_outside_is_escaped(
    workspace_server: RunningSandbox, browser: httpx.Client
) -> None:
    client = workspace_server.client()
    path = "/Users/you@sandbox.local/<b>bold<b>"
    client.workspace.mkdirs(path)
    page = browser.get("/browse", params={"path": "/Users/you@sandbox.local"})
    assert "&lt;b&gt;bold" in page.text
    assert "<b>bold" not in page.text


def test_a_notebook_shows_its_cells(
    workspace_server: RunningSandbox, browser: httpx.Client
) -> None:
    client = workspace_server.client()
    path = "/Users/you@sandbox.local/tour"
    source = (
        "# Databricks notebook source\n"
        "# MAGIC %md\n# MAGIC ## Start `here`\n# MAGIC - see [traces](https://example.com/t)\n"
        "# MAGIC - not [this](javascript:alert(1))\n"
        "\n# COMMAND ----------\n\nprint(1 < 2)\n"
    )
    client.workspace.upload(f"{path}.py", source.encode(), format=ImportFormat.AUTO)
    object_id = client.workspace.get_status(path).object_id
    for address in (f"/browse?path={path}", f"/editor/notebooks/{object_id}"):
        page = browser.get(address)
        assert "<h3>Start <code>here</code></h3>" in page.text
        assert '<a href="https://example.com/t">traces</a>' in page.text
        assert "javascript:" not in page.text
        assert "<pre>print(1 &lt; 2)</pre>" in page.text


def test_an_app_has_a_page(workspace_server: RunningSandbox, browser: httpx.Client) -> None:
    client = workspace_server.client()
    client.apps.create(App(name="page-of-app", description="<b>Emails</b>"), no_compute=True)
    app = client.apps.get("page-of-app")
    assert app.service_principal_client_id
    assert "page-of-app" in browser.get("/apps").text
    page = browser.get("/apps/page-of-app")
    assert f'<a href="{app.url}">{app.url}</a>' in page.text
    assert app.service_principal_client_id in page.text
    assert "&lt;b&gt;Emails" in page.text
    assert browser.get("/apps/no-such-app").status_code == 404


def test_the_serving_page_says_simulated(browser: httpx.Client) -> None:
    page = browser.get("/ml/endpoints")
    assert "Simulated" in page.text
    assert "databricks-claude-3-7-sonnet" in page.text


def test_an_unknown_page_is_a_page(browser: httpx.Client) -> None:
    page = browser.get("/no/such/page")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")


def test_a_cookie_opens_no_api(workspace_server: RunningSandbox, browser: httpx.Client) -> None:
    """Pages only: a page of another origin cannot make the browser change anything."""
    browser.get("/")
    assert browser.get("/api/2.0/preview/scim/v2/Me").status_code == 401
    with workspace_server.http(browser.cookies["sandbox_session"]) as http:
        assert http.get("/api/2.0/preview/scim/v2/Me").status_code == 401
    browser.cookies.set("sandbox_session", workspace_server.token())
    assert not browser.get("/", follow_redirects=False).is_success
    assert browser.post("/sandbox/faults", json={}).status_code == 401
