"""Child processes: no shell, their lines as they come, and none that outlives the wizard.

Each child is started through services/launcher.py, which ends it when we end, kill -9 included.
Whoever calls passes a scrubbed environment (SignIn.child_environment).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from async_timeout import timeout

from services.errors import StepFailed
from services.output_lines import LineSplitter

LAUNCHER = Path(__file__).with_name("launcher.py")
GRACE_SECONDS = 5.0
"""Between TERM and KILL."""
DRAIN_SECONDS = 5.0
TAIL_LINES = 40
MOST_ASKED = 10
"""How often somebody may ask for the end of a process that is killed already."""

OnLine = Callable[[str], None]


@dataclass(frozen=True)
class Finished:
    """How a command ended. A negative `returncode` is the signal that ended it."""

    returncode: int
    tail: tuple[str, ...]
    """Its last lines, at most TAIL_LINES."""

    @property
    def ok(self) -> bool:
        return self.returncode == 0

    def last_words(self, lines: int = 8) -> str:
        """The last lines that say something, for an error message."""
        return "\n".join([line for line in self.tail if line.strip()][-lines:])


def find(program: str, env: Mapping[str, str]) -> str | None:
    """The full path of a program on the PATH of `env`; None when it is not there."""
    return shutil.which(program, path=env.get("PATH", os.defpath))


async def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    on_line: OnLine,
    deadline: float | None = None,
) -> Finished:
    """Run a command to its end and hand each line (stdout and stderr) to `on_line`.

    `deadline` is in seconds. Raises StepFailed when the command cannot be started or does not end
    in time. Cancelled, it ends the command and everything the command started.
    """
    child = await _Child.start(argv, cwd=cwd, env=env, on_line=on_line)
    try:
        async with timeout(deadline):
            await child.ended()
    except asyncio.TimeoutError:
        await child.stop()
        raise StepFailed(
            f"{_shown(argv)} did not end within {deadline:g} seconds and was stopped.",
            child.finished().last_words(),
        ) from None
    except BaseException:
        await child.stop()
        raise
    return child.finished()


class Server:
    """A program that runs until the block ends.

    `exited` is set when it ends by itself; `returncode` and `tail` then tell how.
    """

    def __init__(
        self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], on_line: OnLine
    ) -> None:
        self._argv, self._cwd, self._env, self._on_line = tuple(argv), cwd, env, on_line
        self._child: _Child | None = None
        self._watch: asyncio.Task[None] | None = None
        self.exited = asyncio.Event()

    async def __aenter__(self) -> Server:
        """Raises StepFailed when it cannot be started."""
        self._child = await _Child.start(
            self._argv, cwd=self._cwd, env=self._env, on_line=self._on_line
        )
        self._watch = asyncio.create_task(self._wait(self._child))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._child and self._watch:
            try:
                await self._child.stop()
            finally:
                self._watch.cancel()
                await asyncio.wait({self._watch})

    async def _wait(self, child: _Child) -> None:
        await child.ended()
        self.exited.set()

    @property
    def returncode(self) -> int | None:
        return self._child.process.returncode if self._child else None

    @property
    def tail(self) -> tuple[str, ...]:
        return self._child.finished().tail if self._child else ()


def free_port() -> int:
    """A loopback port that is free now. Another process may take it before it is used."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class _Child:
    """One started command: its launcher, the pipe it lives by, the reader of its lines."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        lifeline: int,
        output: tuple[asyncio.StreamReader, asyncio.ReadTransport],
        on_line: OnLine,
    ) -> None:
        self.process = process
        self._lifeline: int | None = lifeline
        self._output, self._pipe = output
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._on_line = on_line
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(
        cls, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], on_line: OnLine
    ) -> _Child:
        program = find(argv[0], env)
        if program is None:
            raise StepFailed(f"{argv[0]} was not found.", "Install it, or add it to PATH.")
        output, stdout = os.pipe()
        try:
            listening = await _listen(output)
        except BaseException:
            os.close(stdout)
            raise
        reading, writing = os.pipe()
        launch = [sys.executable, "-I", "-S", str(LAUNCHER), str(reading), f"{GRACE_SECONDS:g}"]
        try:
            process = await asyncio.create_subprocess_exec(
                *launch,
                program,
                *argv[1:],
                cwd=cwd,
                env=dict(env),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=stdout,
                stderr=asyncio.subprocess.STDOUT,
                pass_fds=(reading,),
                start_new_session=True,
            )
        except BaseException as error:
            os.close(writing)
            listening[1].close()
            if not isinstance(error, OSError):
                raise
            raise StepFailed(
                f"{_shown(argv)} could not be started in {cwd}: {error.strerror or error}."
            ) from error
        finally:
            os.close(reading)
            os.close(stdout)
        return cls(process, writing, listening, on_line)

    async def _read(self) -> None:
        splitter = LineSplitter()
        while data := await self._output.read(65_536):
            for line in splitter.feed(data):
                self._tell(line)
        for line in splitter.feed(b"", final=True):
            self._tell(line)

    def _tell(self, line: str) -> None:
        self._tail.append(line)
        self._on_line(line)

    async def ended(self) -> None:
        """Wait for the command's end and for its last line."""
        waiter = asyncio.create_task(self.process.wait())
        try:
            await asyncio.wait({waiter, self._reader}, return_when=asyncio.FIRST_COMPLETED)
            if self._reader.done() and not self._reader.cancelled():
                self._reader.result()
            await waiter
        finally:
            waiter.cancel()
        await self._drain()
        self._close()

    async def stop(self) -> None:
        """End the command and all it started; returns when they are gone."""
        self._close()
        try:
            async with timeout(GRACE_SECONDS + 3):
                await self.process.wait()
        except BaseException as error:
            # Asked twice, or the launcher hangs: no more patience.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            await self._killed()
            if not isinstance(error, asyncio.TimeoutError):
                raise
        finally:
            await self._drain()

    async def _killed(self) -> None:
        """A killed process is gone in a moment, and is waited for whoever asks meanwhile (the end
        of an event loop asks once more): else it would leave a zombie and an open pipe."""
        for _ in range(MOST_ASKED):
            with contextlib.suppress(asyncio.CancelledError):
                await self.process.wait()
                return

    async def _drain(self) -> None:
        """Read what is left; not for ever, as a process that got away may hold the pipe."""
        try:
            await asyncio.wait({self._reader}, timeout=DRAIN_SECONDS)
            self._reader.cancel()
            await asyncio.wait({self._reader})
        finally:
            self._reader.cancel()
            self._pipe.close()

    def _close(self) -> None:
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    def finished(self) -> Finished:
        code = self.process.returncode
        return Finished(-signal.SIGKILL if code is None else code, tuple(self._tail))


async def _listen(pipe: int) -> tuple[asyncio.StreamReader, asyncio.ReadTransport]:
    """Read a pipe of our own: unlike asyncio's for a child it can be closed by us, when a process
    that got away still holds the other end."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", 0)
    )
    return reader, transport


def _shown(argv: Sequence[str]) -> str:
    return " ".join([Path(argv[0]).name, *argv[1:3]])
