"""Runs one command without a screen: signals, errors and the result event, alike for all."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable

from app.output import Output
from services.errors import RunStopped, SetupError
from services.vocabulary import ExitCode

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Ctrl-C, SIGTERM, a closed terminal or a closed stdout: the work is asked to stop cleanly.

    While `softly` is set the first one calls it, and the work comes back by itself; without it,
    and the second time, the work is cancelled.
    """

    def __init__(self, output: Output, work: asyncio.Task[int]) -> None:
        self.asked = False
        self.softly: Callable[[], None] | None = None
        self._output = output
        self._work = work

    def __call__(self) -> None:
        again, self.asked = self.asked, True
        if self.softly is None or again:
            self._work.cancel()
            return
        self._output.line("Stopping: what runs is brought to a clean end (again to stop at once)")
        self.softly()


Work = Callable[[Interruption], Awaitable[int]]
"""Does the work, writes its result event and returns the exit code."""


def run(output: Output, work: Work) -> int:
    """Run it to its end and return the exit code. A result is written whatever happens."""
    try:
        return asyncio.run(_run(output, work))
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        told = SetupError(
            f"This machine refused{where}: {error.strerror or error}.",
            "Check that the directory can be written and that the disk is not full.",
        )
        return _failed(output, told)
    finally:
        if not output.result_written:
            output.result(ExitCode.FAILED, error=SetupError("The setup ended unexpectedly."))


async def _run(output: Output, work: Work) -> int:
    started = asyncio.Event()

    async def wait_then_work() -> int:
        await started.wait()
        return await work(interruption)

    task = asyncio.create_task(wait_then_work())
    interruption = Interruption(output, task)
    output.on_closed = interruption
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, interruption)
    started.set()
    try:
        return await task
    except asyncio.CancelledError:
        if not interruption.asked:
            raise
        stopped = RunStopped("Stopped.", "Go on with: ./auto-setup.sh --resume")
        return _failed(output, stopped)
    except SetupError as error:
        return _failed(output, error)
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


def _failed(output: Output, error: SetupError) -> int:
    output.problem(error)
    if not output.result_written:
        output.result(error.exit_code, error=error)
    return int(error.exit_code)
