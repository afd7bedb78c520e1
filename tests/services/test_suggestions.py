"""What is suggested in each kind of workspace, and that it works together."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest
from databricks.sdk.service.apps import App

from services.config import problem_with
from services.environment_detector import EnvironmentDetector
from services.permissions import Permissions
from services.suggestions import Suggestions
from services.workspace.gateway import Workspace
from tests.sandbox.app_sources import created
from tests.sandbox.running import RunningSandbox, serving
from tests.services.trouble import fault, sign_in_to, trouble

Starter = Callable[..., RunningSandbox]
NO_EXPERIMENT = fault(
    "GET /api/2.0/mlflow/experiments/get-by-name",
    status=404,
    error_code="RESOURCE_DOES_NOT_EXIST",
)
"""What MLflow says of a path that is free, in sandboxes that run without it."""


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Generator[Starter]:
    """A sandbox a scenario, started once."""
    with ExitStack() as stack:
        running: dict[str, RunningSandbox] = {}

        def server(scenario: str) -> RunningSandbox:
            if scenario not in running:
                state = tmp_path_factory.mktemp(scenario) / "state"
                arguments = ("--scenario", scenario, "--without-mlflow")
                running[scenario] = stack.enter_context(serving(state, *arguments))
            return running[scenario]

        yield server


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox]:
    """The default scenario with a real MLflow server."""
    state: Path = tmp_path_factory.mktemp("whole") / "state"
    with serving(state) as sandbox:
        yield sandbox


@asynccontextmanager
async def detecting(server: RunningSandbox) -> AsyncGenerator[EnvironmentDetector]:
    connected = await Workspace.connect(sign_in_to(server))
    yield EnvironmentDetector(connected, Permissions(connected, None))
    await connected.close()


async def suggested(server: RunningSandbox, **remembered: str) -> Suggestions:
    async with detecting(server) as detector:
        return await detector.suggest(remembered)


async def test_a_fresh_workspace(whole: RunningSandbox) -> None:
    found = await suggested(whole)
    assert found.answers() == {
        "mode": "full_deployment",
        "catalog": "workspace",
        "schema": "mlflow_demo",
        "app_name": "mlflow-demo",
        "llm_model": "databricks-claude-3-7-sonnet",
        "experiment_path": "/Shared/mlflow-demo",
    }
    assert set(found.answers()) == set(found.reasons)


async def test_taken_names_are_stepped_around(whole: RunningSandbox) -> None:
    client = whole.client()
    created(client, App(name="mlflow-demo"), no_compute=True)
    client.schemas.create("mlflow_demo", "workspace")
    client.experiments.create_experiment("/Shared/mlflow-demo-you")
    found = await suggested(whole)
    assert found.schema.startswith("mlflow_demo_")
    assert found.app_name.startswith("mlflow-demo-")
    assert found.app_name != "mlflow-demo-you"
    assert found.experiment_path == f"/Shared/{found.app_name}"
    for name, value in found.answers().items():
        assert not problem_with(name, value)


async def test_earlier_answers_come_first(whole: RunningSandbox) -> None:
    earlier = {
        "mode": "notebook_only",
        "catalog": "workspace",
        "schema": "mlflow_demo",
        "app_name": "mlflow-demo",
        "llm_model": "databricks-gpt-oss-20b",
        "experiment_path": "/Shared/mlflow-demo",
    }
    assert (await suggested(whole, **earlier)).answers() == earlier


async def test_earlier_answers_that_no_longer_hold(whole: RunningSandbox) -> None:
    found = await suggested(whole, catalog="main", schema="x", llm_model="databricks-claude-opus-4")
    assert found.catalog == "workspace"
    assert found.schema.startswith("mlflow_demo")
    assert found.llm_model == "databricks-claude-3-7-sonnet"


async def test_a_large_company(start: Starter) -> None:
    server = start("enterprise")
    with trouble(server, NO_EXPERIMENT):
        found = await suggested(server)
    assert found.catalog == "zz_you"
    assert "own it" in found.reasons["catalog"]


async def test_where_nothing_may_be_made(start: Starter) -> None:
    server = start("locked-down")
    with trouble(server, NO_EXPERIMENT):
        found = await suggested(server)
    assert found.catalog == ""
    assert found.reasons["catalog"].endswith("in none of them you may create a schema.")
    assert found.llm_model


async def test_without_apps_the_notebooks(start: Starter) -> None:
    server = start("no-apps")
    with trouble(server, NO_EXPERIMENT):
        found = await suggested(server)
    assert found.mode == "notebook_only"
    assert "cannot be used here" in found.reasons["mode"]
    assert found.catalog == "workspace"


async def test_an_empty_workspace(start: Starter) -> None:
    server = start("empty")
    with trouble(server, NO_EXPERIMENT):
        found = await suggested(server)
    assert found.llm_model == ""
    assert found.reasons["llm_model"].startswith("No chat endpoint answers here")


async def test_a_part_that_fails_leaves_the_others(start: Starter) -> None:
    server = start("no-apps")
    broken = fault("GET /api/2.0/serving-endpoints", status=400, message="Endpoints are off.")
    with trouble(server, NO_EXPERIMENT, broken):
        found = await suggested(server)
    assert found.llm_model == ""
    assert "Endpoints are off." in found.reasons["llm_model"]
    assert found.catalog == "workspace"
