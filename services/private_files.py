"""Writing the wizard's own files: whole or not at all, and readable by their owner only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from services.errors import ConfigurationError


def write_private(path: Path, text: str) -> None:
    """Replace `path` by `text`: temp file, fsync, rename, fsync of the folder; mode 0600.

    Raises ConfigurationError with a sentence when the folder cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".tmp", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise ConfigurationError(
            [f"Cannot write {path}: {error.strerror or error}."],
            "Make the folder writable, or name another one with --project.",
        ) from error


def set_aside(path: Path, label: str) -> Path:
    """Rename a file to `name.label[-n]suffix` beside it; the first free name."""
    number = 0
    while True:
        tail = label if number == 0 else f"{label}-{number}"
        target = path.with_name(f"{path.stem}.{tail}{path.suffix}")
        if not target.exists():
            path.rename(target)
            return target
        number += 1
