"""Installs what an app needs, by the rules of "Manage dependencies for a Databricks app".

requirements.txt wins; else pyproject.toml with uv.lock; a package.json in the root is installed and
built besides. A Python environment is named after what it is made from and used again as long as
that is the same; uv then only looks whether all is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from sandbox.apps_environment import build_environment
from sandbox.apps_errors import DeploymentFailed
from sandbox.apps_log import AppLog
from sandbox.apps_process import run_to_end

_DONE = ".built"
_SEE_LOG = "Please check /logz for more details."


async def build(source: Path, environments: Path, log: AppLog) -> str:
    """Install Python packages and build the JavaScript in `source`.

    Returns the name of the Python environment below `environments`. Raises DeploymentFailed.
    """
    await _node(source, log)
    name = await asyncio.to_thread(_fingerprint, source)
    target = environments / name
    known = (target / _DONE).exists() and (target / "bin/python").exists()
    if not known:
        await asyncio.to_thread(_remove, target)
    uv = _uv()
    for arguments in _commands(source, target, log, known=known):
        env = build_environment() | {"UV_PROJECT_ENVIRONMENT": str(target)}
        await _run([*uv, *arguments], source, env, log, "Error installing packages.")
    await asyncio.to_thread((target / _DONE).touch)
    return name


def _commands(source: Path, target: Path, log: AppLog, *, known: bool) -> list[list[str]]:
    """What uv has to do, in order."""
    make = [] if known else [["venv", "--no-project", "--python", sys.executable, str(target)]]
    python = str(target / "bin/python")
    if (source / "requirements.txt").is_file():
        log.system("Installing requirements.txt.")
        install = ["pip", "install", "--python", python, "-r", "requirements.txt"]
        return [*make, install]
    if (source / "pyproject.toml").is_file() and (source / "uv.lock").is_file():
        log.system("Installing what uv.lock holds.")
        return [["sync", "--frozen", "--no-dev", "--project", str(source)]]
    log.system("No requirements.txt and no uv.lock: no Python packages are installed.")
    return make


async def _node(source: Path, log: AppLog) -> None:
    package = source / "package.json"
    if not package.is_file():
        return
    env = build_environment()
    program = shutil.which("npm", path=env.get("PATH"))
    if program is None:
        program = os.environ.get("AUTO_SETUP_BUN") or shutil.which("bun", path=env.get("PATH"))
    if program is None:
        raise DeploymentFailed(
            "The source has a package.json in its root, and neither npm nor bun is on this "
            "machine. Install Node.js or bun and deploy again."
        )
    log.system("Installing package.json.")
    await _run([program, "install"], source, env, log, "Error installing npm packages.")
    if "build" in await asyncio.to_thread(_scripts, package):
        log.system("Running the npm script build.")
        await _run([program, "run", "build"], source, env, log, "Error building app.")


def _scripts(package: Path) -> Mapping[str, Any]:
    try:
        content: object = json.loads(package.read_text("utf-8"))
    except ValueError as error:
        raise DeploymentFailed(f"package.json is not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise DeploymentFailed("package.json has to hold a JSON object.")
    scripts = cast("dict[str, object]", content).get("scripts")
    return cast("dict[str, Any]", scripts) if isinstance(scripts, dict) else {}


async def _run(
    command: list[str], cwd: Path, env: Mapping[str, str], log: AppLog, failed: str
) -> None:
    status = await run_to_end(command, cwd=cwd, env=env, log=log, origin="BUILD")
    if status != 0:
        raise DeploymentFailed(f"{failed} {_SEE_LOG}\n{log.tail('BUILD')}")


def _uv() -> list[str]:
    """The uv command: the wizard's, the one on PATH, the one that runs us, or the package."""
    found = os.environ.get("AUTO_SETUP_UV") or shutil.which("uv") or os.environ.get("UV")
    if found:
        return [found]
    if importlib.util.find_spec("uv") is not None:
        return [sys.executable, "-m", "uv"]
    raise DeploymentFailed(
        "uv is not on this machine, and apps are installed with it: see "
        "https://docs.astral.sh/uv/getting-started/installation/, then deploy again."
    )


def _fingerprint(source: Path) -> str:
    """Names an environment by what uv reads to make it."""
    told = hashlib.sha256(sys.version.encode())
    for name in ("requirements.txt", "pyproject.toml", "uv.lock", ".python-version"):
        path = source / name
        content = path.read_bytes() if path.is_file() else b""
        told.update(f"{name} {len(content)}\n".encode() + content)
    return told.hexdigest()[:16]


def _remove(target: Path) -> None:
    """What an interrupted build left behind."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if target.exists():
        shutil.rmtree(target)
