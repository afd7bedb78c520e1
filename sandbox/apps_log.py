"""What an app and its builds print: kept in one file an app, shown at ``{app url}/logz``."""

from __future__ import annotations

import time
from pathlib import Path

LIMIT_BYTES = 4_000_000
"""When the file is longer, its older half goes."""
LONGEST_LINE = 20_000
CRASH_LINES = 20


class AppLog:
    """Appends lines with their time and origin: SYSTEM, BUILD or APP."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._size = path.stat().st_size if path.exists() else 0

    def add(self, origin: str, lines: list[str]) -> None:
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03}Z"
        text = "".join(f"{stamp} [{origin}] {line[:LONGEST_LINE]}\n" for line in lines)
        raw = text.encode("utf-8", "replace")
        if self._size + len(raw) > LIMIT_BYTES:
            self._shorten()
        with self._path.open("ab") as file:
            file.write(raw)
        self._size += len(raw)

    def system(self, line: str) -> None:
        """A line of the sandbox itself."""
        self.add("SYSTEM", [line])

    def text(self, last_bytes: int = 500_000) -> str:
        """The end of the log, from a line's start."""
        if not self._path.exists():
            return ""
        with self._path.open("rb") as file:
            start = max(0, self._path.stat().st_size - last_bytes)
            file.seek(start)
            raw = file.read()
        if start:
            raw = raw.partition(b"\n")[2]
        return raw.decode("utf-8", "replace")

    def tail(self, origin: str, lines: int = CRASH_LINES) -> str:
        """The last lines of one origin since the last line of the sandbox, without their stamp."""
        found: list[str] = []
        mark = f" [{origin}] "
        for line in reversed(self.text(100_000).splitlines()):
            if " [SYSTEM] " in line[:40] and found:
                break
            if mark in line[:40]:
                found.append(line.partition(mark)[2])
            if len(found) == lines:
                break
        return "\n".join(reversed(found))

    def _shorten(self) -> None:
        kept = self.text(LIMIT_BYTES // 2).encode()
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(kept)
        fresh.replace(self._path)
        self._size = len(kept)
