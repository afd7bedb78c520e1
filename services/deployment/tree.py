"""Which files of a project go into the workspace, and as what.

Limits and shapes come from outside: a deployment fails over files above 10 MB, a package.json in
the root triggers an npm build (Databricks Apps); a notebook is a valid .ipynb, or a source file
whose first line says so (workspace import).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from services.deployment import app_yaml
from services.errors import StepFailed

MOST_BYTES = 10 * 1024 * 1024
SOURCE_MARK = b"# Databricks notebook source"

LEFT_OUT_ANYWHERE = frozenset(
    {
        ".venv", "venv", "node_modules", ".git", ".github", ".idea", ".vscode", "__pycache__",
        ".pytest_cache", ".ruff_cache", ".mypy_cache", ".ipynb_checkpoints", ".databricks",
        ".DS_Store", "mlruns", "mlartifacts",
    }
)  # fmt: skip
LEFT_OUT_PATTERNS = ("*.pyc", "*.pyo", ".env", ".env.*", ".setup_*", ".setup.*", "*.log")
BUILT_CLIENT = ("client/build", "client/dist")
"""All that is uploaded of client/: the app serves what was built, and builds nothing itself."""

Form = Literal["file", "jupyter", "source"]


@dataclass(frozen=True)
class ProjectFile:
    path: str
    """Relative to the project's root, with slashes."""
    form: Form
    size: int
    sha256: str
    content: bytes | None = None
    """What is uploaded where it is not the file on disk: the app.yaml that was filled."""

    @property
    def target(self) -> str:
        """Its path in the workspace, below the tree: notebooks lose their extension there."""
        return self.path if self.form == "file" else self.path.rsplit(".", 1)[0]

    def read(self, root: Path) -> bytes:
        return self.content if self.content is not None else (root / self.path).read_bytes()


def project_files(
    root: Path, state_names: Collection[str], values: Mapping[str, str]
) -> list[ProjectFile]:
    """All files to upload, with app.yaml filled from `values`. Reads every file: call it in a
    thread. Raises StepFailed naming all files that are too large, or what cannot be read."""
    files: list[ProjectFile] = []
    try:
        for path in _walk(root):
            if path in (app_yaml.NAME, app_yaml.TEMPLATE) or path in state_names:
                continue
            data = (root / path).read_bytes()
            files.append(ProjectFile(path, form_of(path, data), len(data), _hash(data)))
    except OSError as error:
        raise StepFailed(
            f"Cannot read {error.filename}: {error.strerror}.", "Mend that, then retry."
        ) from error
    text = app_yaml.render(root, values)
    if text is not None:
        data = text.encode()
        files.append(ProjectFile(app_yaml.NAME, "file", len(data), _hash(data), data))
    _refuse_large(files)
    return sorted(files, key=lambda file: file.path)


def form_of(path: str, data: bytes) -> Form:
    """Whether it becomes a notebook in the workspace."""
    if path.endswith(".ipynb"):
        try:
            body: object = json.loads(data)
        except ValueError:
            return "file"
        return "jupyter" if isinstance(body, dict) and "cells" in body else "file"
    first = data.split(b"\n", 1)[0].rstrip(b"\r")
    return "source" if path.endswith(".py") and first == SOURCE_MARK else "file"


def _walk(root: Path) -> Iterator[str]:
    for folder, names, files in os.walk(root):
        here = Path(folder).relative_to(root)
        names[:] = sorted(name for name in names if _kept((here / name).as_posix(), is_dir=True))
        for name in sorted(files):
            path = here / name
            if _kept(path.as_posix(), is_dir=False) and _inside(root, root / path):
                yield path.as_posix()


def _kept(path: str, *, is_dir: bool) -> bool:
    name = path.rsplit("/", 1)[-1]
    if name in LEFT_OUT_ANYWHERE or any(fnmatch(name, pattern) for pattern in LEFT_OUT_PATTERNS):
        return False
    if path == "client" and is_dir:
        return True
    if path.startswith("client/"):
        return any(f"{path}/".startswith(f"{built}/") for built in BUILT_CLIENT)
    return True


def _inside(root: Path, path: Path) -> bool:
    """Whether it is a file of the project: a link may lead anywhere on this machine."""
    return path.is_file() and path.resolve().is_relative_to(root.resolve())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _refuse_large(files: list[ProjectFile]) -> None:
    large = [f"{file.path} ({file.size / 1e6:.0f} MB)" for file in files if file.size > MOST_BYTES]
    if large:
        raise StepFailed(
            f"Databricks Apps takes files of 10 MB at most; larger are {', '.join(large)}.",
            "Move them out of the project, then retry.",
        )
