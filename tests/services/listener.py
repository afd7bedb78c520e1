"""A real HTTP listener that keeps what it is sent: nothing may reach it that was not meant to."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Listener:
    """`requests` are 'METHOD /path' lines; every request gets `status` and `body`."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.status = 200
        self.body = b"{}"
        self.content_type = "application/json"
        self.url = ""


@contextmanager
def listening() -> Generator[Listener]:
    """A listener on a free port of this machine."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            listener.requests.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(listener.status)
            self.send_header("content-type", listener.content_type)
            self.send_header("content-length", str(len(listener.body)))
            self.end_headers()
            self.wfile.write(listener.body)

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_CONNECT(self) -> None:
            self._answer()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
