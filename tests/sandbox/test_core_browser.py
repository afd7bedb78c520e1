"""The pages in a real browser: links with fragments, and MLflow's own page behind a link."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from databricks.sdk.service.workspace import ImportFormat
from playwright.sync_api import Page, expect, sync_playwright

from tests.sandbox.running import RunningSandbox

pytestmark = pytest.mark.browser

HOME = "/Users/you@sandbox.local"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page()
        page.set_default_timeout(120_000)
        yield page
        chromium.close()


def test_a_fragment_leads_to_a_notebook(sandbox_server: RunningSandbox, page: Page) -> None:
    client = sandbox_server.client()
    source = b"# Databricks notebook source\n# MAGIC %md\n# MAGIC # A tour of traces\n"
    client.workspace.upload(f"{HOME}/a tour.py", source, format=ImportFormat.AUTO)
    page.goto(f"{sandbox_server.host}/#workspace{HOME}/a%20tour")
    expect(page.get_by_role("heading", name="A tour of traces")).to_be_visible()
    numeric = client.workspace.get_status(f"{HOME}/a tour").object_id
    page.goto("about:blank")
    page.goto(f"{sandbox_server.host}/#notebook/{numeric}")
    expect(page.get_by_role("heading", name="A tour of traces")).to_be_visible()


def test_folders_are_walked_by_links(sandbox_server: RunningSandbox, page: Page) -> None:
    sandbox_server.client().workspace.mkdirs(f"{HOME}/in a folder")
    page.goto(f"{sandbox_server.host}/")
    page.get_by_role("link", name="Files", exact=True).first.click()
    page.get_by_role("link", name="Users").click()
    page.get_by_role("link", name="you@sandbox.local").click()
    page.get_by_role("link", name="in a folder").click()
    expect(page.get_by_role("heading", name="in a folder")).to_be_visible()


def test_an_experiment_opens_in_mlflow(sandbox_server: RunningSandbox, page: Page) -> None:
    made = sandbox_server.client().experiments.create_experiment("/Shared/seen-in-a-browser")
    page.goto(f"{sandbox_server.host}/ml/experiments/{made.experiment_id}")
    expect(page.get_by_text("seen-in-a-browser").first).to_be_visible(timeout=60_000)
    assert page.url.startswith(sandbox_server.mlflow_url)
