"""Reading and writing .env.local: the one place that does."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from mlflow_demo.errors import DemoError

_ASSIGNMENT = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=")
_UNSAFE = re.compile(r"[\"'$`\\\r\n]")


def read_env_file(path: Path) -> dict[str, str]:
    """The values of the file, {} when it is not there. Nothing is put into the environment."""
    if not path.is_file():
        return {}
    values = dotenv_values(path, interpolate=False)
    return {name: value for name, value in values.items() if value is not None}


def update_env_file(path: Path, values: Mapping[str, str]) -> None:
    """Set these values and leave every other line, comments too, as it is.

    The file is replaced at once and readable by its owner only. A value that bash and dotenv would
    read differently (quotes, dollars, backslashes, line breaks) raises DemoError.
    """
    for name, value in values.items():
        if _UNSAFE.search(value):
            raise DemoError(
                "failed",
                f"The value of {name} has a character that .env.local cannot hold.",
                "Use a value without quotes, dollars, backslashes and line breaks.",
            )
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    left = dict(values)
    written: list[str] = []
    for line in lines:
        found = _ASSIGNMENT.match(line)
        if found is None or found.group(1) not in values:
            written.append(line)
        elif found.group(1) in left:
            name = found.group(1)
            written.append(f'{name}="{left.pop(name)}"')
    written += [f'{name}="{value}"' for name, value in left.items()]
    _replace(path, "\n".join(written) + "\n")


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".env.local.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
