"""A sandbox of the default scenario for all screens, and others by name."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.sandbox.running import RunningSandbox, serving
from tests.screens.driving import small_project

Scenario = Callable[[str], RunningSandbox]


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No animation and no colours of the developer's own terminal."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    for name in ("NO_COLOR", "TEXTUAL_THEME", "AUTO_SETUP_THEME", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Generator[Scenario]:
    """A sandbox with MLflow in a scenario, started once a module."""
    with ExitStack() as stack:
        running: dict[str, RunningSandbox] = {}

        def start(name: str) -> RunningSandbox:
            if name not in running:
                state = tmp_path_factory.mktemp(name) / "state"
                running[name] = stack.enter_context(serving(state, "--scenario", name))
            return running[name]

        yield start


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox]:
    """The default scenario for all screens, since it takes ten seconds to start. They share its
    workspace: name what you make after your test, and take back what others would see."""
    with serving(tmp_path_factory.mktemp("default") / "state") as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return small_project(tmp_path / "project")
