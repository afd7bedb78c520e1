"""The HTTP listener: uvicorn, told to end by us alone and able to drop a connection on request."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Generator
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_transports: dict[tuple[str, int], asyncio.Transport] = {}
"""Open connections by the client's address, as ASGI's `scope["client"]` gives it."""


class DroppableProtocol(H11Protocol):
    """uvicorn's own protocol, which also lets a fault find the connection of a request."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        if self.client is not None:
            _transports[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client is not None:
            _transports.pop(self.client, None)
        super().connection_lost(exc)


def drop_connection(scope: Scope) -> None:
    """Close the connection that a request came on, with nothing more sent."""
    host, port = scope["client"]
    transport = _transports.get((host, port))
    if transport is not None:
        transport.abort()


class Listener(uvicorn.Server):
    """Serves an application until `stop` is called."""

    def __init__(self, app: ASGIApp, sock: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=DroppableProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=3,
            )
        )
        self._socket = sock
        self._listening = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the sandbox: it stops its children in order."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening.set()

    async def start(self) -> None:
        """Return when connections are accepted."""
        self._task = asyncio.create_task(self.serve([self._socket]), name="listener")
        listening = asyncio.create_task(self._listening.wait())
        await asyncio.wait({self._task, listening}, return_when=asyncio.FIRST_COMPLETED)
        if not self._listening.is_set():
            listening.cancel()
            await self._task

    async def stop(self) -> None:
        """Answer what is under way, for three seconds at most, and close."""
        self.should_exit = True
        if self._task is not None:
            await self._task


def bind(port: int) -> socket.socket:
    """A socket on loopback; port 0 lets the system choose. Raises OSError when it is taken."""
    # Named TCP, or asyncio leaves Nagle's algorithm on and every answer waits 40 ms.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def port_of(sock: socket.socket) -> int:
    address: tuple[Any, ...] = sock.getsockname()
    return int(address[1])
