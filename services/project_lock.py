"""One setup at a time in a project directory. Standard library only, for --reset and --cleanup.

The kernel gives the lock back when its holder ends, kill -9 included; the empty file stays.
"""

from __future__ import annotations

import fcntl
import os
from types import TracebackType

from services.errors import AlreadyRunning, ConfigurationError
from services.paths import ProjectPaths


class ProjectLock:
    """`with ProjectLock(paths): ...`, or take and release."""

    def __init__(self, paths: ProjectPaths) -> None:
        self._paths = paths
        self._handle: int | None = None

    def take(self) -> None:
        """Raises AlreadyRunning, or ConfigurationError for a directory that cannot be written."""
        if self._handle is not None:
            return
        root = self._paths.root
        try:
            handle = os.open(self._paths.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigurationError(
                [f"Cannot write in {root}: {error.strerror or error}."],
                "Make the folder writable, or name another one with --project.",
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            if not isinstance(error, BlockingIOError):
                raise ConfigurationError(
                    [f"Cannot lock {self._paths.lock}: {error.strerror or error}."],
                    "Name a project on a local disk with --project.",
                ) from error
            raise AlreadyRunning(
                f"Another setup is running in {root}.",
                "Wait for it, or end it, then start again.",
            ) from None
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> ProjectLock:
        self.take()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.release()
