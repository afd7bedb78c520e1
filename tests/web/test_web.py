"""`--web` as a person has it: the link of the terminal, opened in a browser."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Generator
from pathlib import Path

import httpx
import psutil
import pytest
from playwright.sync_api import Browser

from tests.chromium import chromium
from tests.sandbox.running import RunningSandbox, serving
from tests.screens.driving import small_project
from tests.web.page import WizardPage
from tests.web.server import Web

_NUMBERS = itertools.count(1)
"""The tests share a workspace: each has names of its own."""
SUGGESTED = "❯ ★"
"""The highlighted row is the suggested one."""
WAITS = """
import os, pathlib, time
pathlib.Path("running").write_text(str(os.getpid()))
print("waiting for the file named good", flush=True)
while not pathlib.Path("good").exists():
    time.sleep(0.05)
print('{"counts": {"prompts": 1}}')
"""


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox]:
    with serving(tmp_path_factory.mktemp("web") / "state") as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Its first script says that it runs, and waits."""
    project = small_project(tmp_path / "project")
    (project / "setup" / "1_load_prompts.py").write_text(WAITS)
    return project


@pytest.fixture
def web(project: Path, sandbox: RunningSandbox) -> Generator[Web]:
    number = next(_NUMBERS)
    names = ["--schema", f"browser_{number}", "--app-name", f"browser-{number}"]
    running = Web(project, sandbox, "--profile", "pat", "--mode", "notebook_only", *names)
    try:
        yield running
    finally:
        running.kill()


def test_only_who_has_the_link_gets_in(web: Web) -> None:
    address, _, token = web.link.partition("/?token=")
    for path in ("/", "/?token=", f"/?token={token[:-1]}", "/ws", "/static/js/textual.js"):
        assert httpx.get(address + path, trust_env=False).status_code == 403, path
    stranger = {f"setup_{address.rsplit(':', 1)[1]}": "guessed"}
    assert httpx.get(address, cookies=stranger, trust_env=False).status_code == 403
    assert httpx.get(web.link, trust_env=False, follow_redirects=True).status_code == 200


def to_the_waiting_script(page: WizardPage) -> None:
    for place, ready in (
        (1, "Set up in a Databricks workspace"),
        (2, "you@sandbox.local"),
        (4, "Suggested."),
        *((picker, SUGGESTED) for picker in (5, 6, 7, 8)),
        (9, "create 4, reuse 1, upload 1"),
    ):
        page.reads(f"{place} of 11", ready)
        page.keys("Enter")
    page.reads("10 of 11", "waiting for the file named good")


def test_a_page_reloaded_in_the_middle_goes_on_to_the_end(
    web: Web, browser: Browser, project: Path
) -> None:
    page = WizardPage(browser)
    page.page.goto(web.link)
    to_the_waiting_script(page)
    script = psutil.Process(int((project / "running").read_text()))

    page.page.reload()
    page.reads("1 of 11", "Resume where it stopped", "10 of 15 steps done")
    # At once, while the wizard of the page that went may still be stopping.
    (project / "good").touch()
    page.keys("Enter")
    page.reads("10 of 11", "has no alias", "s Skip")
    page.keys("s")
    page.reads("Setup completed; left out: Test end to end.")
    page.keys("Enter")
    page.page.get_by_text("The wizard has ended. What it did is saved.").wait_for()

    assert psutil.wait_procs([script], timeout=60)[1] == []
    assert page.errors == []
    ours = web.link.partition("//")[2].partition("/")[0]
    elsewhere = [url for url in page.requested if url.partition("//")[2].split("/")[0] != ours]
    assert elsewhere == []
    assert web.end(signal.SIGTERM) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_with_all_that_its_pages_started(
    web: Web, browser: Browser, project: Path, number: signal.Signals
) -> None:
    page = WizardPage(browser)
    page.page.goto(web.link)
    to_the_waiting_script(page)
    family = web.family()
    assert int((project / "running").read_text()) in {process.pid for process in family}
    assert web.end(number) == (0, "")
    _, left = psutil.wait_procs(family, timeout=60)
    assert left == []
    page.page.get_by_text("The wizard has ended. What it did is saved.").wait_for()
