"""Starts one command and ends it, with all it started, when whoever asked goes away.

Run by its path, apart from the project: `python -I -S launcher.py FD GRACE COMMAND...`. FD is the
reading end of a pipe whose writing end only the wizard holds. The kernel closes that end when the
wizard ends, kill -9 included, and this process then ends the command: TERM to the whole group,
GRACE seconds, KILL. On Linux it also adopts grandchildren that left the group
(PR_SET_CHILD_SUBREAPER, prctl(2)) and asks the kernel to kill the command should it be killed
itself (PR_SET_PDEATHSIG).

Standard library only, nothing of the project: it starts in a few milliseconds.
"""

from __future__ import annotations

import ctypes
import os
import resource
import select
import signal
import sys
import time
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
CANNOT_EXECUTE = 127
HAS_PROC = Path("/proc/self/stat").exists()


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _descendants() -> list[int]:
    """Every living process below this one, as /proc tells; nothing where there is no /proc."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if len(fields) > 1 and fields[0] not in "ZX":
            parents[int(entry.parent.name)] = int(fields[1])
    found: list[int] = []
    wanted = {os.getpid()}
    while wanted:
        wanted = {pid for pid, parent in parents.items() if parent in wanted}
        found += wanted
    return found


def _send(number: signal.Signals) -> None:
    """Send a signal, once, to everything below; without a /proc to the group, this process too."""
    if not HAS_PROC:
        os.killpg(0, number)
    for pid in _descendants():
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def _reap(child: int) -> int | None:
    """Collect whoever ended; the command's wait status once it has ended."""
    status: int | None = None
    while True:
        try:
            pid, code = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status
        if pid == 0:
            return status
        if pid == child:
            status = code


def _end_all(child: int, grace: float, woken: int) -> int | None:
    """TERM, wait, KILL; the command's wait status if it could still be had."""
    status: int | None = None
    for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 1.0)):
        until = time.monotonic() + patience
        _send(number)
        while (left := until - time.monotonic()) > 0:
            ended = _reap(child)
            status = status if ended is None else ended
            if _alone():
                return status
            if number is signal.SIGKILL:
                # Whatever was forked while we looked.
                _send(number)
            select.select([woken], [], [], min(left, 0.1))
            _drain(woken)
    return status


def _alone() -> bool:
    if HAS_PROC:
        return not _descendants()
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return True
    return False


def _drain(woken: int) -> None:
    try:
        os.read(woken, 512)
    except BlockingIOError:
        return


def _wake(number: int, frame: FrameType | None) -> None:
    """Nothing to do: the wake-up pipe has told the loop."""


def _start(command: list[str]) -> int:
    child = os.fork()
    if child:
        return child
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    os._exit(CANNOT_EXECUTE)


def main(arguments: list[str]) -> int:
    """Run the command; the exit code is the command's own, or it dies by the same signal."""
    lifeline, grace, command = int(arguments[0]), float(arguments[1]), arguments[2:]
    os.set_inheritable(lifeline, False)
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        # A handler, not SIG_IGN: what is ignored stays ignored in the command.
        signal.signal(number, _wake)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    child = _start(command)
    status: int | None = None
    while status is None:
        ready, _, _ = select.select([lifeline, woken], [], [])
        _drain(woken)
        status = _reap(child)
        if lifeline in ready:
            break
    ended = _end_all(child, grace, woken)
    status = ended if status is None else status
    if status is None:
        return 128 + signal.SIGKILL
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
