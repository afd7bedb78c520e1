"""What was asked of the sandbox lately: for tests, for the log file and to know when it is idle."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

KEPT = 20_000
"""Requests remembered; older ones are forgotten."""


class RequestLog:
    """The last requests, oldest first, and when the sandbox was last used."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._last_used = time.monotonic()

    def add(self, method: str, path: str, status: int | None, began: float, took: float) -> None:
        """Remember a request. `status` None: the connection was closed without an answer; `began`
        in seconds since the epoch, `took` in seconds."""
        self._entries.append(
            {
                "method": method,
                "path": path,
                "status": status,
                "at": began,
                "duration_ms": round(took * 1000, 2),
            }
        )

    def touch(self) -> None:
        """Somebody used the sandbox or one of its apps just now."""
        self._last_used = time.monotonic()

    def idle_seconds(self) -> float:
        return time.monotonic() - self._last_used

    def entries(self) -> list[dict[str, Any]]:
        return list(self._entries)

    def clear(self) -> None:
        self._entries.clear()
