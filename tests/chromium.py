"""Chromium, headless, for the tests that read pages."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from playwright.sync_api import Browser, sync_playwright

_PROGRAM = "/usr/bin/chromium"
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def chromium() -> Generator[Browser]:
    """One for a module's tests: its event loop must not be there when a module of async tests
    runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_PROGRAM, args=_FLAGS)
        yield browser
        browser.close()
