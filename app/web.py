"""`--web`: the same wizard in a browser on this machine, by textual-serve.

Each page runs a wizard of its own as a child process; closing the page is closing a terminal. Only
who has the link gets in: its token becomes a cookie of this address, which other sites' pages
neither know nor can send.
"""

from __future__ import annotations

import hmac
import secrets
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from textual_serve.server import Server

from services.processes import free_port
from services.vocabulary import ExitCode

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"


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

    @property
    def link(self) -> str:
        return f"{self.public_url}/?token={self.token}"

    @property
    def _cookie(self) -> str:
        # Cookies are shared by all ports of a host: each server has one of its own.
        return f"setup_{self.port}"

    def initialize_logging(self) -> None:
        """Nothing of the requests is printed: the link holds the token."""

    async def on_startup(self, app: web.Application) -> None:
        sys.stdout.write(f"The wizard is at {self.link}\nCtrl-C ends it.\n")
        sys.stdout.flush()

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


def serve(argv: Sequence[str]) -> int:
    """Serve until ctrl-c or SIGTERM; the pages' wizards end with it."""
    GuardedServer(argv).serve()
    return ExitCode.DONE
