"""Sandboxes that many tests share. They share state too: name what you make after your test."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.sandbox.running import RunningSandbox, serving

Starter = Callable[..., RunningSandbox]


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox]:
    """A whole sandbox: MLflow server, apps, the default scenario."""
    with serving(tmp_path_factory.mktemp("sandbox") / "state") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def workspace_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox]:
    """A sandbox without MLflow, for what needs none: it starts in two seconds."""
    with serving(tmp_path_factory.mktemp("workspace") / "state", "--without-mlflow") as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def scenario_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """Start a sandbox without MLflow in a scenario of its own, once a module and scenario."""
    with ExitStack() as stack:
        running: dict[str, RunningSandbox] = {}

        def start(scenario: str) -> RunningSandbox:
            if scenario not in running:
                state_dir: Path = tmp_path_factory.mktemp(scenario) / "state"
                running[scenario] = stack.enter_context(
                    serving(state_dir, "--without-mlflow", "--scenario", scenario)
                )
            return running[scenario]

        yield start
