"""Run a command so that it ends when whoever holds our stdin does, kill -9 included.

    python process_guard.py -- COMMAND [ARGUMENT...]

The caller starts this with ``start_new_session=True`` and a pipe as stdin. The command runs in the
guard's process group; when the pipe closes (the caller closed it, ended or was killed), or the
guard is asked to stop, the whole group gets SIGTERM and, five seconds later, SIGKILL. The pipe
works on every POSIX system; on Linux the command is besides killed with the guard
(``PR_SET_PDEATHSIG``). The guard ends with the command's exit status.

It is run by path and imports nothing of the package, so that it starts in a few milliseconds.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
from types import FrameType

GRACE_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies; runs between fork and exec."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _stop_group(child: subprocess.Popen[bytes]) -> None:
    """SIGTERM to our process group, SIGKILL to what is left of it after the grace period."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    group = os.getpgid(0)
    os.killpg(group, signal.SIGTERM)
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(group, signal.SIGKILL)


def main(argv: list[str]) -> int:
    if len(argv) < 2 or argv[0] != "--":
        sys.stderr.write("usage: process_guard.py -- COMMAND [ARGUMENT...]\n")
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
            _stop_group(child)
            break
    status = child.wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
