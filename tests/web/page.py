"""A page of `--web`: its keys, and what its terminal shows."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qs, urlsplit

import pyte
from playwright.sync_api import Browser, ConsoleMessage, Request, WebSocket

PATIENCE_SECONDS = 300.0
"""When a broken test ends."""


class WizardPage:
    """One page of a browser that never met the wizard before.

    The page draws its terminal on a canvas, where no text can be read; so what the server sends is
    also given to a terminal emulator, of the size that the page tells the server.
    """

    def __init__(self, browser: Browser) -> None:
        self.page = browser.new_context(viewport={"width": 1000, "height": 640}).new_page()
        self.requested: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", self._request)
        self.page.on("console", self._console)
        self.page.on("websocket", self._connected)
        self._blank(80, 24)

    def _blank(self, columns: int, rows: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)

    def _request(self, request: Request) -> None:
        self.requested.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _connected(self, socket: WebSocket) -> None:
        """A page that was loaded anew begins with an empty terminal."""
        self.requested.append(socket.url)
        size = parse_qs(urlsplit(socket.url).query)
        self._blank(int(size["width"][0]), int(size["height"][0]))
        socket.on("framereceived", self._received)
        socket.on("framesent", self._sent)

    def _received(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes):
            self._stream.feed(frame)

    def _sent(self, frame: bytes | str) -> None:
        kind, *rest = json.loads(frame)
        if kind == "resize":
            self.screen.resize(rest[0]["height"], rest[0]["width"])

    def text(self) -> str:
        """What its terminal shows now, line by line."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def reads(self, *texts: str) -> str:
        """Wait until all these texts are in the terminal; what it shows."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not all(text in (shown := self.text()) for text in texts):
            assert time.monotonic() < deadline, f"{texts} did not come; {self.errors}:\n{shown}"
            self.page.wait_for_timeout(50)
        return shown

    def keys(self, *names: str) -> None:
        """Press keys by Playwright's names: Enter, Escape, Control+c, or a character."""
        for name in names:
            self.page.keyboard.press(name)
