"""Builds the demo's client from its committed files, in a place of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CLIENT = Path(__file__).parents[2] / "demo" / "client"
BUN_VERSION = "1.2.23"
"""The oldest bun that is tried: it made bun.lock, whose version newer ones read too."""


def install_bun(folder: Path, version: str) -> Path:
    """Fetches bun by npm (the environment brings its own Node.js) and returns its executable."""
    npm = Path(sys.executable).parent / "npm"
    run([str(npm), "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"bun@{version}"])
    return folder / "node_modules" / ".bin" / "bun"


def copy_client(folder: Path) -> Path:
    """Copies the client's sources, so that a test never meets what a developer has installed."""
    ignored = shutil.ignore_patterns("node_modules", "build", "package-lock.json")
    return shutil.copytree(CLIENT, folder / "client", ignore=ignored)


def run(command: list[str], cwd: Path | None = None) -> str:
    """Runs a command with the environment's own Node.js and returns what it said.

    Raises:
        AssertionError: it failed; the message holds all that it said.
    """
    done = subprocess.run(
        command, cwd=cwd, env=node_environment(), capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{said}"
    return said


def node_environment() -> dict[str, str]:
    """The environment of this process with the Node.js of its Python environment first."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "NO_COLOR": "1", "CI": "1"}
