"""What is found in a workspace: catalogs, schemas, apps, chat models."""

from __future__ import annotations

import pytest

from services.environment_detector import EnvironmentDetector, ModelInfo
from services.permissions import Permissions
from services.workspace.errors import Denied, NotFound
from services.workspace.gateway import Workspace
from tests.sandbox.running import RunningSandbox
from tests.services.trouble import fault, trouble

INVOKE = "POST /serving-endpoints/support-assistant/invocations"


@pytest.fixture
def detector(workspace: Workspace) -> EnvironmentDetector:
    return EnvironmentDetector(workspace, Permissions(workspace, None))


async def test_catalogs_that_can_hold_nothing_say_why(detector: EnvironmentDetector) -> None:
    found = {each.name: each async for page in detector.catalogs() for each in page}
    assert {name: each.why_not for name, each in found.items()} == {
        "crm_postgres": "a foreign catalog, read only",
        "main": "",
        "reference_data": "",
        "samples": "shared by Delta Sharing, read only",
        "system": "a system catalog",
        "workspace": "",
    }
    assert found["workspace"].owner == "platform-admins"


async def test_schemas_are_without_the_information_schema(detector: EnvironmentDetector) -> None:
    found = await detector.schemas("workspace")
    assert "workspace.default" in {each.full_name for each in found}
    assert "information_schema" not in {each.name for each in found}
    with pytest.raises(NotFound):
        await detector.schemas("nowhere")


async def test_apps_of_others_are_listed(detector: EnvironmentDetector) -> None:
    found = await detector.apps()
    assert found
    assert all(app.name and app.compute and app.creator for app in found)


async def test_chat_models_only_ready_and_preferred_first(detector: EnvironmentDetector) -> None:
    found = await detector.models()
    names = [model.name for model in found]
    assert names[0] == "databricks-claude-3-7-sonnet"
    assert "databricks-bge-large-en" not in names
    assert found[-1] == ModelInfo("contract-reader", False, "llm/v1/chat", "not ready")


async def test_a_model_answers(detector: EnvironmentDetector) -> None:
    reply = await detector.try_model("databricks-claude-3-7-sonnet", max_tokens=20)
    assert reply.text
    assert reply.latency_seconds >= 0


async def test_a_model_that_is_listed_and_refuses(detector: EnvironmentDetector) -> None:
    with pytest.raises(Denied, match="rate limit of 0") as told:
        await detector.try_model("databricks-claude-opus-4")
    assert "Choose another one" in told.value.advice


async def test_a_model_that_is_not_there(detector: EnvironmentDetector) -> None:
    with pytest.raises(NotFound):
        await detector.try_model("no-such-model")


async def test_a_model_that_stumbles_is_asked_again(
    detector: EnvironmentDetector, workspace_server: RunningSandbox
) -> None:
    with trouble(workspace_server, fault(INVOKE, times=1, drop="before")):
        assert (await detector.try_model("support-assistant")).latency_seconds >= 0
