"""A real sandbox workspace for the services, and our own connection to it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import Any

import pytest
import pytest_asyncio

from services.workspace.gateway import Workspace
from services.workspace.profiles import choose_sign_in
from tests.sandbox.running import RunningSandbox, serving


@pytest.fixture(scope="session")
def workspace_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox]:
    """A sandbox without MLflow, shared: name what you make after your test."""
    with serving(tmp_path_factory.mktemp("workspace") / "state", "--without-mlflow") as sandbox:
        yield sandbox


@pytest.fixture
def calls() -> list[dict[str, Any]]:
    """What `workspace` records of each call it makes."""
    return []


@pytest_asyncio.fixture
async def workspace(
    workspace_server: RunningSandbox, calls: list[dict[str, Any]]
) -> AsyncGenerator[Workspace]:
    """The sandbox through the gateway, as the local person by OAuth."""
    environ = {"DATABRICKS_CONFIG_FILE": str(workspace_server.config_file)}
    connected = await Workspace.connect(choose_sign_in(None, environ), trace=calls.append)
    yield connected
    await connected.close()
