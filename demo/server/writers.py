"""Threads that write emails: each ends on its own time, also when its reader has left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Writers:
    """Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[threading.Thread] = set()

    def start(self, write: Callable[[], None]) -> None:
        def run() -> None:
            try:
                write()
            finally:
                with self._lock:
                    self._running.discard(threading.current_thread())

        # A daemon, so that an endpoint that never answers cannot keep the server from ending.
        thread = threading.Thread(target=run, name="email", daemon=True)
        with self._lock:
            self._running.add(thread)
        thread.start()

    def finish(self, seconds: float) -> int:
        """Wait for those that still write, at most so long in all; how many are left."""
        deadline = time.monotonic() + seconds
        with self._lock:
            running = list(self._running)
        for thread in running:
            thread.join(max(0.0, deadline - time.monotonic()))
        return sum(thread.is_alive() for thread in running)
