"""Small real programs for tests, and the lines a service told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def uv() -> str:
    """The uv that these tests run with."""
    found = os.environ.get("AUTO_SETUP_UV") or os.environ.get("UV") or shutil.which("uv")
    assert found, "uv is needed"
    return found


def environment(home: Path, **more: str) -> dict[str, str]:
    """This machine's programs and package mirrors, in a home of its own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("UV_", "PIP_", "NPM_", "npm_", "HTTP", "http", "SSL_", "PYENV_"))
        or name == "PATH"
    }
    return {**kept, "HOME": str(home), "AUTO_SETUP_UV": uv(), **more}


def program(folder: Path, name: str, text: str) -> Path:
    """An executable shell script."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def project(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """A project with these files."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def own_python(root: Path) -> Path:
    """A real, empty environment at root/.venv."""
    venv.create(root / ".venv", symlinks=True, with_pip=False)
    return root / ".venv/bin/python"


def lock(root: Path) -> bytes:
    """Write uv.lock as a project's author would; what it holds."""
    subprocess.run(
        [uv(), "lock", "--offline", "--python", sys.executable],
        cwd=root,
        check=True,
        capture_output=True,
    )
    return (root / "uv.lock").read_bytes()


class Told:
    """What a service told while it worked: lines, and notes with their counts."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.notes: list[tuple[str, int | None, int | None]] = []

    def line(self, line: str) -> None:
        self.lines.append(line)

    def note(self, text: str, done: int | None = None, total: int | None = None) -> None:
        self.notes.append((text, done, total))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)
