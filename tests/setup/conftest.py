"""Whole setups against a real sandbox with its real MLflow server."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.sandbox.running import RunningSandbox, serving
from tests.setup.wizard import Wizard, copy_demo


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox]:
    """A sandbox of the module's own: a setup takes names, and a rollback gives them back."""
    with serving(tmp_path_factory.mktemp("sandbox") / "state") as running:
        yield running


@pytest.fixture(scope="module")
def wizard(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Wizard:
    return Wizard(copy_demo(tmp_path_factory.mktemp("project") / "demo"), sandbox.config_file)


@pytest.fixture
def empty_project(tmp_path: Path) -> Path:
    """A directory that holds no demo: for what ends before one is needed."""
    project = tmp_path / "project"
    project.mkdir()
    return project
