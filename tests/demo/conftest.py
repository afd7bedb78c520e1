"""One sandbox and one environment for all tests of the demo; a loaded project that they share."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests.demo.project import Project, make_project, sync_environment
from tests.demo.serving import DemoServer, serve
from tests.sandbox.running import RunningSandbox, serving

SCRIPTS = (
    "1_load_prompts.py",
    "2_load_sample_traces.py",
    "3_run_evals_for_sample_traces.py",
    "4_setup_monitoring.py",
    "5_setup_labeling_session.py",
)


@dataclass(frozen=True)
class Loaded:
    project: Project
    counts: dict[str, int]


@pytest.fixture(scope="session")
def demo_python() -> Path:
    return sync_environment()


@pytest.fixture(scope="session")
def demo_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox]:
    with serving(tmp_path_factory.mktemp("demo-sandbox") / "state") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def loaded(
    tmp_path_factory: pytest.TempPathFactory, demo_sandbox: RunningSandbox, demo_python: Path
) -> Loaded:
    """A project whose five scripts ran once."""
    root = tmp_path_factory.mktemp("loaded") / "demo"
    project = make_project(root, demo_sandbox, demo_python, "loaded_demo")
    counts: dict[str, int] = {}
    for script in SCRIPTS:
        counts |= project.load(script)
    return Loaded(project, counts)


@pytest.fixture
def new_project(tmp_path: Path, demo_sandbox: RunningSandbox, demo_python: Path) -> Project:
    """A project of this test alone, with nothing loaded."""
    return make_project(tmp_path / "demo", demo_sandbox, demo_python, f"demo_{uuid4().hex[:8]}")


@pytest.fixture(scope="session")
def demo_server(loaded: Loaded) -> Generator[DemoServer]:
    """The demo's server on the loaded project."""
    with serve(loaded.project) as server:
        yield server


Fault = Callable[..., None]


@pytest.fixture
def fault(demo_sandbox: RunningSandbox) -> Generator[Fault]:
    """Set a fault on the sandbox; all are cleared after the test."""

    def set_fault(match: str, **more: object) -> None:
        demo_sandbox.call("POST", "/sandbox/faults", {"match": match, **more})

    yield set_fault
    demo_sandbox.call("DELETE", "/sandbox/faults")
