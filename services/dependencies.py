"""The demo's own Python environment: project/.venv, made with uv.

The checkout's lock file is used and never written. Nothing runs when nothing changed since the
last time: a stamp in the environment holds the hash of what it was made from.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from services import client_build, processes, tools
from services.errors import StepFailed

OnLine = Callable[[str], None]
STAMP = ".setup-stamp"
INPUTS = ("pyproject.toml", "uv.lock", "requirements.txt", ".python-version")

build_client = client_build.build_client


def interpreter(project: Path) -> Path:
    """The Python of the demo's own environment."""
    return project / ".venv/bin/python"


async def install_python(project: Path, env: Mapping[str, str], on_line: OnLine) -> Path:
    """Make project/.venv, or bring it up to date; its interpreter.

    With uv.lock exactly what is locked; else requirements.txt, as the Apps runtime prefers it;
    else the dependencies of pyproject.toml. Raises StepFailed with uv's last words.
    """
    python = interpreter(project)
    stamp = project / ".venv" / STAMP
    wanted = await asyncio.to_thread(_hash_of_inputs, project)
    if await asyncio.to_thread(_stands, python, stamp, wanted):
        on_line("The Python packages are up to date.")
        return python
    uv = tools.uv_program(env)
    if uv is None:
        raise StepFailed(
            "uv was not found, so the Python packages cannot be installed.", tools.UV_FIX
        )
    await asyncio.to_thread(stamp.unlink, missing_ok=True)
    settings = {**env, "UV_PROJECT_ENVIRONMENT": str(project / ".venv"), "UV_NO_PROGRESS": "1"}
    for arguments in await asyncio.to_thread(_commands, project, python, on_line):
        await _uv([uv, *arguments], project, settings, on_line)
    if not await asyncio.to_thread(python.exists):
        raise StepFailed(
            f"uv ended well, but {python} is not there.",
            f"Remove {project / '.venv'} and retry.",
        )
    await asyncio.to_thread(stamp.write_text, wanted, "utf-8")
    return python


def _commands(project: Path, python: Path, on_line: OnLine) -> list[list[str]]:
    """What uv is to do, in order."""
    if (project / "uv.lock").is_file() and (project / "pyproject.toml").is_file():
        # --inexact: what the person added to the environment stays.
        sync = ["sync", "--frozen", "--inexact", "--project", str(project)]
        return [sync]
    make = [] if python.exists() else [["venv", "--allow-existing", str(project / ".venv")]]
    for name in ("requirements.txt", "pyproject.toml"):
        if (project / name).is_file():
            on_line(f"The project has no uv.lock; installing what {name} asks for.")
            install = ["pip", "install", "--python", str(python)]
            return [*make, [*install, "-r", str(project / name)]]
    on_line("The project names no Python packages; its environment stays empty.")
    return make


async def _uv(argv: list[str], project: Path, env: Mapping[str, str], on_line: OnLine) -> None:
    ended = await processes.run(argv, cwd=project, env=env, on_line=on_line)
    if not ended.ok:
        raise StepFailed(
            f"uv could not install the Python packages (code {ended.returncode}): "
            f"{ended.last_words()}",
            "Check the network; behind a mirror set UV_DEFAULT_INDEX, behind a proxy HTTPS_PROXY. "
            "Then retry.",
        )


def _hash_of_inputs(project: Path) -> str:
    told = hashlib.sha256()
    for name in INPUTS:
        path = project / name
        data = path.read_bytes() if path.is_file() else b""
        told.update(f"{name} {len(data)}\n".encode() + data)
    return told.hexdigest()


def _stands(python: Path, stamp: Path, wanted: str) -> bool:
    """Whether the environment was made from just these inputs, and its Python is still there."""
    if not os.access(python, os.X_OK) or not stamp.is_file():
        return False
    return stamp.read_text("utf-8", "replace") == wanted
