"""A real terminal: a shell in tmux, its keys and what it shows."""

from __future__ import annotations

import contextlib
import shlex
import subprocess
import time
from collections.abc import Generator, Mapping
from pathlib import Path

PATIENCE_SECONDS = 300.0
"""When a broken test ends."""
PROMPT = "ready>"


class Terminal:
    """One shell in a tmux server of its own."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def tmux(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        command = ["tmux", "-u", "-S", str(self._socket), "-f", "/dev/null", *arguments]
        done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
        return done.stdout

    def text(self) -> str:
        """What is on the screen now, line by line."""
        return self.tmux("capture-pane", "-p")

    def keys(self, *names: str) -> None:
        """Press keys by tmux's names: Enter, Escape, C-c, or a character."""
        self.tmux("send-keys", *names)

    def type(self, command: str) -> None:
        """Give the shell a command."""
        self.tmux("send-keys", "-l", command)
        self.keys("Enter")

    def size(self, columns: int, rows: int) -> None:
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def _state(self) -> str:
        """What tmux knows of the program in front, for the report of a broken test."""
        pane = "#{pane_width}x#{pane_height}, #{pane_current_command}, dead #{pane_dead}"
        return self.tmux("display-message", "-p", pane).strip()

    def reads(self, *texts: str) -> str:
        """Wait until all these texts are on the screen; the screen."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not all(text in (shown := self.text()) for text in texts):
            assert time.monotonic() < deadline, f"{texts} did not come; {self._state()}:\n{shown}"
            time.sleep(0.05)
        return shown


@contextlib.contextmanager
def terminal(
    folder: Path, env: Mapping[str, str], *, columns: int = 80, rows: int = 24
) -> Generator[Terminal]:
    """A shell that starts in `folder`."""
    socket = folder / "tmux.socket"
    running = Terminal(socket)
    size = ("-x", str(columns), "-y", str(rows))
    shell = shlex.join(["env", f"PS1={PROMPT} ", "bash", "--norc", "--noprofile", "-i"])
    running.tmux("new-session", "-d", *size, "-c", str(folder), shell, env=env)
    try:
        yield running
    finally:
        running.tmux("kill-server")
