"""The programs a setup uses on this machine: where they are, which version, and what to do.

Found here, judged by services/validation.py: which of them the sign-in and the mode need.
Versions are compared as numbers: 0.262.0 is older than 1.13.0.
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from services import processes
from services.errors import StepFailed

UV = "uv"
BUN = "bun"
PYTHON = "Python"
DATABRICKS_CLI = "Databricks CLI"

UV_WANTED = "0.7.0"
PYTHON_WANTED = "3.10.16"
CLI_WANTED = "0.262.0"
"""The seed's minimum versions; uv's is the bootstrap's (bootstrap/tools.sh)."""

UV_FIX = "Install it: curl -LsSf https://astral.sh/uv/install.sh | sh"
BUN_FIX = "Install it: curl -fsSL https://bun.sh/install | bash (or install Node.js with npm)."
CLI_FIX = (
    "Install it: brew install databricks/tap/databricks, or curl -fsSL "
    "https://raw.githubusercontent.com/databricks/setup-cli/main/install.sh | sh"
)
VERSION_SECONDS = 15.0

_VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True)
class ToolFinding:
    """One program. `ok` says whether it is there, runs and is new enough."""

    name: str
    found: Path | None
    version: str
    wanted: str
    ok: bool
    required: bool
    problem: str = ""
    fix: str = ""


async def find_tools(environ: Mapping[str, str], *, client: bool = True) -> list[ToolFinding]:
    """Look at every tool, side by side. `client` says whether a front end will be built."""
    found = await asyncio.gather(
        _uv(environ), _client_builder(environ, required=client), _databricks_cli(environ)
    )
    return [_python(), *found]


def uv_program(environ: Mapping[str, str]) -> str | None:
    """The uv to use: the bootstrap's choice, else that on PATH, else our own copy."""
    own = _own_tools(environ)
    return _first(environ, "AUTO_SETUP_UV", UV, own / "uv/uv", own / "uv-venv/bin/uv")


def bun_program(environ: Mapping[str, str]) -> str | None:
    """The bun to use, found in the same way; None when there is only npm, or neither."""
    own = _own_tools(environ)
    return _first(
        environ, "AUTO_SETUP_BUN", BUN, own / "bun/bin/bun", own / "bun-npm/node_modules/.bin/bun"
    )


def npm_program(environ: Mapping[str, str]) -> str | None:
    return processes.find("npm", environ)


def _own_tools(environ: Mapping[str, str]) -> Path:
    """Where bootstrap/tools.sh puts what it installs."""
    home = environ.get("HOME") or str(Path.home())
    return Path(environ.get("XDG_DATA_HOME") or f"{home}/.local/share") / "mlflow-demo-setup"


def _first(environ: Mapping[str, str], variable: str, name: str, *places: Path) -> str | None:
    chosen = environ.get(variable)
    if chosen and os.access(chosen, os.X_OK):
        return chosen
    if on_path := processes.find(name, environ):
        return on_path
    return next((str(place) for place in places if os.access(place, os.X_OK)), None)


def _python() -> ToolFinding:
    version = platform.python_version()
    ok = at_least(version, PYTHON_WANTED)
    return ToolFinding(
        PYTHON,
        Path(sys.executable),
        version,
        PYTHON_WANTED,
        ok,
        required=True,
        problem="" if ok else _too_old(PYTHON, version, PYTHON_WANTED),
        fix="" if ok else "Start ./auto-setup.sh: it finds or installs a newer one.",
    )


async def _uv(environ: Mapping[str, str]) -> ToolFinding:
    program = uv_program(environ)
    if program is None:
        return _missing(UV, UV_WANTED, True, "uv was not found.", UV_FIX)
    printed = await _printed(program, environ)
    return _judged(UV, program, printed, UV_WANTED, True, UV_FIX)


async def _client_builder(environ: Mapping[str, str], *, required: bool) -> ToolFinding:
    """bun; npm does in its place."""
    for program in (bun_program(environ), npm_program(environ)):
        if program is None:
            continue
        finding = _judged(BUN, program, await _printed(program, environ), "", required, BUN_FIX)
        if finding.ok:
            return finding
    return _missing(
        BUN, "", required, "neither bun nor npm was found; the web app is built with one.", BUN_FIX
    )


async def _databricks_cli(environ: Mapping[str, str]) -> ToolFinding:
    program = environ.get("DATABRICKS_CLI_PATH") or processes.find("databricks", environ)
    if program is None:
        problem = "not found. Only profiles made by 'databricks auth login' need it."
        return _missing(DATABRICKS_CLI, CLI_WANTED, False, problem, CLI_FIX)
    printed = await _printed(program, environ)
    if printed.startswith("Version "):
        # The unrelated, older `databricks-cli` of PyPI installs the same command.
        version = _version(printed)
        return ToolFinding(
            DATABRICKS_CLI,
            Path(program),
            version,
            CLI_WANTED,
            ok=False,
            required=False,
            problem=f"{program} is the old CLI from PyPI (databricks-cli {version}).",
            fix=f"Remove it: pip uninstall databricks-cli. {CLI_FIX}",
        )
    return _judged(DATABRICKS_CLI, program, printed, CLI_WANTED, False, CLI_FIX)


async def _printed(program: str, environ: Mapping[str, str]) -> str:
    """What `program --version` says; empty when it does not run (a shim without a version)."""
    lines: list[str] = []
    try:
        ended = await processes.run(
            [program, "--version"],
            cwd=Path("/"),
            env=environ,
            on_line=lines.append,
            deadline=VERSION_SECONDS,
        )
    except StepFailed:
        return ""
    return "\n".join(lines) if ended.ok else ""


def _judged(
    name: str, program: str, printed: str, wanted: str, required: bool, fix: str
) -> ToolFinding:
    version = _version(printed)
    problem = ""
    if not version:
        problem = f"{program} does not run, or does not tell its version."
    elif wanted and not at_least(version, wanted):
        problem = _too_old(name, version, wanted)
    shown = f"{version} (npm)" if Path(program).name == "npm" else version
    return ToolFinding(
        name,
        Path(program),
        shown,
        wanted,
        ok=not problem,
        required=required,
        problem=problem,
        fix=fix if problem else "",
    )


def _missing(name: str, wanted: str, required: bool, problem: str, fix: str) -> ToolFinding:
    return ToolFinding(name, None, "", wanted, False, required, problem, fix)


def _too_old(name: str, version: str, wanted: str) -> str:
    return f"{name} {version} is older than {wanted}."


def _version(printed: str) -> str:
    found = _VERSION.search(printed)
    return found.group() if found else ""


def at_least(version: str, wanted: str) -> bool:
    """Whether a version is this one or newer, compared number by number."""
    return Version(version) >= Version(wanted)
