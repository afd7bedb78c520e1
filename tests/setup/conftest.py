"""Whole setups against a real sandbox with its real MLflow server."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.sandbox.running import RunningSandbox, serving
from tests.setup.wizard import Wizard, copy_demo


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox]:
    """A sandbox of the module's own: a setup takes names, and a rollback gives them back."""
    with serving(tmp_path_factory.mktemp("sandbox") / "state") as running:
        yield running


@pytest.fixture(scope="module")
def wizard(
    request: pytest.FixtureRequest,
    sandbox: RunningSandbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Wizard:
    """On a copy of the demo; a module that says CUSTOMERS gets one with so many of them."""
    customers: int | None = getattr(cast("Any", request).module, "CUSTOMERS", None)
    project = copy_demo(tmp_path_factory.mktemp("project") / "demo", customers)
    return Wizard(project, sandbox.config_file)


@pytest.fixture
def empty_project(tmp_path: Path) -> Path:
    """A directory that holds no demo: for what ends before one is needed."""
    project = tmp_path / "project"
    project.mkdir()
    return project
