"""Run a command so that it ends when whoever holds our stdin does, kill -9 included.

    python process_guard.py [--grace SECONDS] -- COMMAND [ARGUMENT...]

The caller starts this with ``start_new_session=True`` and a pipe as stdin. The command runs in the
guard's process group; when the pipe closes (the caller closed it, ended or was killed), or the
guard is asked to stop, the whole group gets SIGTERM and, five seconds later (or as many as asked
for), SIGKILL. The pipe works on every POSIX system; on Linux the command is besides killed with the
guard (``PR_SET_PDEATHSIG``), and what the command leaves behind is waited for as well
(``PR_SET_CHILD_SUBREAPER``). The guard ends with the command's exit status.

It is run by path and imports nothing of the package, so that it starts in a few milliseconds.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from types import FrameType

GRACE_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_USAGE = "usage: process_guard.py [--grace SECONDS] -- COMMAND [ARGUMENT...]\n"


def _die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies; runs between fork and exec."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _adopt_orphans() -> None:
    """Become the parent of what the command's own children leave behind (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _stop_group(child: subprocess.Popen[bytes], grace: float) -> None:
    """SIGTERM to our process group, SIGKILL to what is left of it after the grace period."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _adopt_orphans()
    deadline = time.monotonic() + grace
    os.killpg(0, signal.SIGTERM)
    try:
        child.wait(grace)
        while time.monotonic() < deadline:
            ended, _ = os.waitpid(-1, os.WNOHANG)
            if ended == 0:
                select.select([], [], [], 0.05)
    except subprocess.TimeoutExpired:
        pass
    except ChildProcessError:
        if sys.platform == "linux":
            return  # nothing is left
    os.killpg(0, signal.SIGKILL)


def main(argv: list[str]) -> int:
    grace = GRACE_SECONDS
    if argv[:1] == ["--grace"] and len(argv) > 1:
        grace, argv = float(argv[1]), argv[2:]
    if len(argv) < 2 or argv[0] != "--":
        sys.stderr.write(_USAGE)
        return 2
    wake_read, wake_write = os.pipe()

    def wake(_signal: int, _frame: FrameType | None) -> None:
        os.write(wake_write, b"x")

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, wake)
    child = subprocess.Popen(
        argv[1:],
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_parent,
        pass_fds=(),
    )
    stdin = sys.stdin.fileno()
    while child.poll() is None:
        ready, _, _ = select.select([stdin, wake_read], [], [])
        if wake_read in ready and os.read(wake_read, 64) and child.poll() is not None:
            break
        if (stdin in ready and not os.read(stdin, 64)) or (
            wake_read in ready and child.poll() is None
        ):
            _stop_group(child, grace)
            break
    status = child.wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
