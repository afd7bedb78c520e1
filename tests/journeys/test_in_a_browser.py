"""The whole way with `--web` in a headless browser, to the app it ends with."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.chromium import chromium
from tests.sandbox.running import serving
from tests.setup.wizard import copy_demo
from tests.web.page import WizardPage
from tests.web.server import Web

SUGGESTED = "❯ ★"


@pytest.mark.browser
def test_to_done_and_into_the_app(tmp_path: Path) -> None:
    screens = Path(os.environ.get("JOURNEY_SCREENS") or tmp_path / "screens")
    screens.mkdir(parents=True, exist_ok=True)
    project = copy_demo(tmp_path / "project")
    with serving(tmp_path / "state") as sandbox, chromium() as browser:
        web = Web(project, sandbox)
        try:
            page = WizardPage(browser)
            page.page.goto(web.link)
            for place, ready in (
                (1, "Set up in a Databricks workspace"),
                (2, "you@sandbox.local"),
                (4, "Suggested."),
                *((picker, SUGGESTED) for picker in (5, 6, 7, 8)),
                (9, "Nothing is made before you start."),
            ):
                page.reads(f"{place} of 11", ready)
                page.page.screenshot(path=screens / f"browser-{place:02d}.png")
                page.keys("Enter")
            page.reads("10 of 11", "Now: Load sample data")
            page.page.screenshot(path=screens / "browser-10.png")
            done = page.reads("11 of 11", "Setup completed successfully.", "The app")
            page.page.screenshot(path=screens / "browser-11.png")
            (link,) = re.findall(r"The app\W+(http://127\.0\.0\.1:\d+)", done)
            app = browser.new_context().new_page()
            app.goto(link)
            app.get_by_role("button", name="Generate email").wait_for(timeout=60_000)
            app.screenshot(path=screens / "browser-12-app.png")
            assert page.errors == []
            page.keys("Enter")
            page.page.get_by_text("The wizard has ended").wait_for(timeout=60_000)
        finally:
            code, _ = web.end(signal.SIGTERM)
    assert code == 0
