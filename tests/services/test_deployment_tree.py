"""services/deployment/tree.py: which files go up, as what, and what is refused beforehand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.deployment.tree import MOST_BYTES, project_files
from services.errors import StepFailed
from services.paths import ProjectPaths
from tests.services.programs import ROOT, project

NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
UPLOADED = {
    "pyproject.toml": "",
    "uv.lock": "",
    "server/__init__.py": "",
    "server/.hidden": "",
    "client/build/index.html": "built",
    "client/build/assets/app.js": "built",
    "mlflow_demo/notebooks/0_demo_overview.ipynb": NOTEBOOK,
    "mlflow_demo/notebooks/source.py": "# Databricks notebook source\nprint(1)\n",
    "mlflow_demo/notebooks/broken.ipynb": "{",
    "data/build/kept.txt": "",
}
LEFT = {
    ".venv/lib/x.py": "",
    ".git/config": "",
    "server/__pycache__/x.cpython-311.pyc": "",
    "server/x.pyc": "",
    ".env": "TOKEN=1",
    ".env.local": "TOKEN=1",
    ".env.local.bak": "TOKEN=1",
    ".setup_progress.json": "{}",
    ".setup_progress.corrupt.json": "{}",
    ".setup_ledger.json": "{}",
    ".setup_logs/one.jsonl": "{}",
    ".setup.lock": "",
    "client/package.json": "{}",
    "client/node_modules/x/index.js": "",
    "client/src/app.tsx": "",
    "mlruns/0/meta.yaml": "",
    "run.log": "",
}


def paths(root: Path) -> list[str]:
    return [file.path for file in project_files(root, ProjectPaths(root).state_names, {})]


def test_the_source_and_the_built_client_go_up_and_nothing_private(tmp_path: Path) -> None:
    project(tmp_path, UPLOADED | LEFT)
    assert paths(tmp_path) == sorted(UPLOADED)


def test_notebooks_lose_their_extension_and_nothing_else_does(tmp_path: Path) -> None:
    project(tmp_path, UPLOADED)
    files = {file.path: file for file in project_files(tmp_path, frozenset(), {})}
    forms = {path: file.form for path, file in files.items() if file.form != "file"}
    assert forms == {
        "mlflow_demo/notebooks/0_demo_overview.ipynb": "jupyter",
        "mlflow_demo/notebooks/source.py": "source",
    }
    overview = files["mlflow_demo/notebooks/0_demo_overview.ipynb"]
    assert overview.target == "mlflow_demo/notebooks/0_demo_overview"
    assert files["uv.lock"].target == "uv.lock"


def test_app_yaml_is_the_filled_template(tmp_path: Path) -> None:
    project(tmp_path, {"app.yaml.template": "command: ['${A}']\n", "app.yaml": "old"})
    (file,) = project_files(tmp_path, frozenset(), {"A": "filled"})
    assert (file.path, file.read(tmp_path)) == ("app.yaml", b"command:\n- filled\n")
    assert file.size == len(file.read(tmp_path))


def test_all_files_that_are_too_large_are_named(tmp_path: Path) -> None:
    project(tmp_path, {"just.bin": bytes(MOST_BYTES)})
    assert paths(tmp_path) == ["just.bin"]
    project(tmp_path, {"one.bin": bytes(MOST_BYTES + 1), "two.bin": bytes(2 * MOST_BYTES)})
    with pytest.raises(StepFailed, match=r"one\.bin \(10 MB\), two\.bin \(21 MB\)"):
        paths(tmp_path)


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    secret = project(tmp_path / "outside", {"secret.txt": "s"}) / "secret.txt"
    root = project(tmp_path / "demo", {"a.txt": "a"})
    (root / "link.txt").symlink_to(secret)
    (root / "folder").symlink_to(secret.parent)
    (root / "dangling").symlink_to(root / "none")
    (root / "inner.txt").symlink_to(root / "a.txt")
    assert paths(root) == ["a.txt", "inner.txt"]


def test_the_bundled_demo_can_go_up() -> None:
    root = ROOT / "demo"
    text = (root / "app.yaml.template").read_text()
    names = {part.split("}")[0] for part in text.split("${")[1:]}
    files = project_files(root, ProjectPaths(root).state_names, dict.fromkeys(names, "x"))
    found = {file.path for file in files}
    assert {"app.yaml", "pyproject.toml", "uv.lock"} <= found
    assert "app.yaml.template" not in found
    assert not any("node_modules" in path or path.startswith(".") for path in found)
