"""Runs a command for an app so that it, and all it starts, ends with the sandbox.

The command runs under sandbox/process_guard.py in a process group of its own; its output goes line
by line into the app's log.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from async_timeout import timeout

from sandbox.apps_log import AppLog

STOP_SECONDS = 15.0
"""Between SIGTERM and SIGKILL, as the platform gives an app."""
_LINGER_SECONDS = 2.0
"""How long output is still read after a process has ended."""


class AppProcess:
    """A running command. Make it with `start`."""

    def __init__(self, process: asyncio.subprocess.Process, log: AppLog, origin: str) -> None:
        self._process = process
        self._log = log
        self._origin = origin
        self._reader = asyncio.create_task(self._read(), name=f"app-output-{process.pid}")

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        log: AppLog,
        origin: str,
    ) -> AppProcess:
        guard = Path(__file__).with_name("process_guard.py")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(guard), "--grace", str(STOP_SECONDS), "--", *command),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=cwd,
            env=dict(env),
            start_new_session=True,
        )
        return cls(process, log, origin)

    @property
    def ended(self) -> bool:
        return self._process.returncode is not None

    async def wait(self) -> int:
        """The command's exit status (128 + N for signal N), when its output has been read."""
        status = await self._process.wait()
        self._kill_group()
        await asyncio.wait({self._reader}, timeout=_LINGER_SECONDS)
        return status

    async def stop(self) -> None:
        """SIGTERM to the group, SIGKILL after STOP_SECONDS; return when it is gone."""
        if self._process.stdin is not None:
            self._process.stdin.close()  # the guard takes the group down
        try:
            async with timeout(STOP_SECONDS + 5):
                await self._process.wait()
        except asyncio.TimeoutError:
            self._log.system("The process did not stop and is killed.")
        self._kill_group()
        await self._process.wait()
        await asyncio.wait({self._reader}, timeout=_LINGER_SECONDS)
        self._reader.cancel()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def _read(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        rest = b""
        while chunk := await stream.read(65536):
            *whole, rest = (rest + chunk).split(b"\n")
            if len(rest) > 65536:
                whole, rest = [*whole, rest], b""
            self._write(whole)
        if rest:
            self._write([rest])

    def _write(self, lines: list[bytes]) -> None:
        if lines:
            self._log.add(
                self._origin, [line.decode("utf-8", "replace").rstrip("\r") for line in lines]
            )


async def run_to_end(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: AppLog, origin: str
) -> int:
    """Run a command that ends by itself; its exit status. Cancelled, it takes the command along."""
    process = await AppProcess.start(command, cwd=cwd, env=env, log=log, origin=origin)
    try:
        return await process.wait()
    finally:
        if not process.ended:
            await process.stop()
