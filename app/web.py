"""`--web`: the same wizard in a browser on this machine, by textual-serve.

Each page runs a wizard of its own as a child process; closing the page is closing a terminal. Only
who has the link gets in: its token becomes a cookie of this address, which other sites' pages
neither know nor can send.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
import shlex
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar, cast

from aiohttp import WSCloseCode, web
from aiohttp.typedefs import Handler, Middleware
from textual_serve.app_service import AppService
from textual_serve.server import Server

from services.processes import free_port
from services.vocabulary import ExitCode

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
STOPPING_SECONDS = 30.0
"""A page's wizard stops what runs and saves (screens.leaving); then it is cut off."""


def child_command(argv: Sequence[str]) -> str:
    """The shell command of a page's wizard. `exec`, so that the shell does not stand between."""
    words = [sys.executable, str(ROOT / "auto-setup.py"), *argv]
    return f"exec env AUTO_SETUP_BOOTSTRAPPED=1 {shlex.join(words)}"


class GuardedServer(Server):
    """textual-serve's server, for those only who have the token."""

    def __init__(self, argv: Sequence[str]) -> None:
        port = free_port()
        start = cast("Callable[..., None]", super().__init__)
        page = Path(__file__).with_name("web_page")
        start(
            child_command(argv),
            host=HOST,
            port=port,
            title="MLflow demo setup",
            templates_path=page,
        )
        self.public_url = f"http://{HOST}:{port}"
        self.token = secrets.token_urlsafe(24)
        self._pages: set[web.WebSocketResponse] = set()

    @property
    def link(self) -> str:
        return f"{self.public_url}/?token={self.token}"

    @property
    def _cookie(self) -> str:
        # Cookies are shared by all ports of a host: each server has one of its own.
        return f"setup_{self.port}"

    async def on_startup(self, app: web.Application) -> None:
        """Nothing is printed before the port is open."""

    async def on_shutdown(self, app: web.Application) -> None:
        """Close each page, which its wizard takes for a closed terminal."""
        closing = (page.close(code=WSCloseCode.GOING_AWAY) for page in tuple(self._pages))
        await asyncio.gather(*closing)

    async def _process_messages(
        self, websocket: web.WebSocketResponse, app_service: AppService
    ) -> None:
        # Read until the wizard has ended, page or no page: a full pipe would block it.
        app_service.remote_write_bytes = _while_open(websocket.send_bytes)
        app_service.remote_write_str = _while_open(websocket.send_str)
        self._pages.add(websocket)
        try:
            await super()._process_messages(websocket, app_service)
        finally:
            self._pages.discard(websocket)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard())
        return app

    def _guard(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self._right(request.query.get("token", "")):
                answer: web.StreamResponse = web.HTTPFound("/")
                answer.set_cookie(self._cookie, self.token, httponly=True, samesite="Strict")
                return answer
            if not self._right(request.cookies.get(self._cookie, "")):
                return web.Response(status=403, text="Open the link that the terminal shows.")
            return await handler(request)

        return guard

    def _right(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())

    async def until_stopped(self) -> None:
        """Serve until ctrl-c, SIGTERM or a closed terminal, and until the pages' wizards ended."""
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stopped.set)
        runner = web.AppRunner(await self._make_app(), shutdown_timeout=STOPPING_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.host, self.port).start()
            sys.stdout.write(f"The wizard is at {self.link}\nCtrl-C ends it.\n")
            sys.stdout.flush()
            await stopped.wait()
        finally:
            await runner.cleanup()


def _while_open(send: Callable[[T], Awaitable[None]]) -> Callable[[T], Awaitable[None]]:
    """Send to a page; nothing is sent to one that has gone."""

    async def write(data: T) -> None:
        with contextlib.suppress(ConnectionResetError):
            await send(data)

    return write


def serve(argv: Sequence[str]) -> int:
    """Serve until ctrl-c or SIGTERM; the pages' wizards end with it."""
    asyncio.run(GuardedServer(argv).until_stopped())
    return ExitCode.DONE
