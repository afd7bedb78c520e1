"""The client is built once for all tests of this folder; each test gets a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.chromium import chromium

from .building import BUN_VERSION, copy_client, install_bun, run
from .standin import Standin, serve


@pytest.fixture(scope="session")
def bun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_bun(tmp_path_factory.mktemp("bun"), BUN_VERSION)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, bun: Path) -> Path:
    """The client's folder with its packages installed and build/ made, as the wizard does it."""
    client = copy_client(tmp_path_factory.mktemp("built"))
    run([str(bun), "install", "--frozen-lockfile"], client)
    run([str(bun), "run", "build"], client)
    return client


@pytest.fixture(scope="session")
def served(built: Path, bun: Path) -> Iterator[Standin]:
    with serve(built, bun) as standin:
        yield standin


@pytest.fixture
def standin(served: Standin) -> Standin:
    served.reset()
    return served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def context(browser: Browser, standin: Standin) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=standin.url, viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
    )
    context.set_default_timeout(120_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """The first page, loaded."""
    page = context.new_page()
    page.goto("./")
    page.get_by_role("heading", level=1, name="Write an email").wait_for()
    return page
