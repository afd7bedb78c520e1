"""The Prompt Registry of Unity Catalog by the unmodified client, and who may use it."""

from __future__ import annotations

from typing import Any

import pytest
from databricks.sdk.errors.base import DatabricksError

from tests.sandbox.mlflow_client import run_client
from tests.sandbox.running import RunningSandbox

BASE = "/api/2.0/mlflow/unity-catalog/prompts"
TALE = """
from mlflow import MlflowClient
name = "workspace.prompt_tests.email"
first = mlflow.genai.register_prompt(
    name=name, template="Write to {{name}}.", commit_message="one", tags={"stage": "draft"}
)
second = mlflow.genai.register_prompt(name=name, template='Say "hi" to {{name}}.')
chat = [{"role": "user", "content": "About {{topic}}"}]
mlflow.genai.register_prompt(name="workspace.prompt_tests.chat", template=chat)
answer["versions"] = [first.version, second.version]
mlflow.genai.set_prompt_alias(name=name, alias="production", version=1)
loaded = mlflow.genai.load_prompt(f"prompts:/{name}@production")
answer["by_alias"] = [loaded.version, loaded.template, loaded.commit_message, loaded.tags]
mlflow.genai.set_prompt_alias(name=name, alias="production", version=2)
loaded = mlflow.genai.load_prompt(f"prompts:/{name}@production", cache_ttl_seconds=0)
answer["moved"] = [loaded.version, loaded.template, loaded.format(name="Ann")]
answer["chat"] = mlflow.genai.load_prompt("workspace.prompt_tests.chat", version=1).template
found = mlflow.genai.search_prompts("catalog = 'workspace' AND schema = 'prompt_tests'")
answer["found"] = sorted(prompt.name for prompt in found)
client = MlflowClient()
versions = client.search_prompt_versions(name)
answer["listed"] = [int(v.version) for v in getattr(versions, "prompt_versions", versions)]
mlflow.genai.set_prompt_tag(name, "owner", "sales")
answer["tags"] = mlflow.genai.get_prompt_tags(name)
answer["missing"] = mlflow.genai.load_prompt(f"{name}_not", version=1, allow_missing=True)
mlflow.set_experiment("/Shared/prompt_tests")

@mlflow.trace
def use():
    return mlflow.genai.load_prompt(f"prompts:/{name}@production").format(name="Bo")

use()
trace = mlflow.get_trace(mlflow.get_last_active_trace_id())
answer["linked"] = json.loads(trace.info.tags.get("mlflow.linkedPrompts", "[]"))
mlflow.genai.delete_prompt_alias(name, "production")
answer["no_alias"] = client.get_prompt_version_by_alias(name, "production") is None
"""


@pytest.fixture(scope="module")
def told(sandbox_server: RunningSandbox) -> dict[str, Any]:
    sandbox_server.client().schemas.create("prompt_tests", "workspace")
    return run_client(sandbox_server, TALE)


def test_versions_count_up_and_keep_their_text(told: dict[str, Any]) -> None:
    assert told["versions"] == [1, 2]
    version, template, message, tags = told["by_alias"]
    assert (version, template, message) == (1, "Write to {{name}}.", "one")
    assert tags["stage"] == "draft"
    assert told["chat"] == [{"role": "user", "content": "About {{topic}}"}]


def test_an_alias_can_be_moved_and_removed(told: dict[str, Any]) -> None:
    assert told["moved"] == [2, 'Say "hi" to {{name}}.', 'Say "hi" to Ann.']
    assert told["no_alias"]


def test_prompts_and_versions_are_listed(told: dict[str, Any]) -> None:
    assert told["found"] == ["workspace.prompt_tests.chat", "workspace.prompt_tests.email"]
    assert told["listed"] == [2, 1]
    assert told["tags"]["owner"] == "sales"
    assert told["missing"] is None


def test_a_trace_knows_the_prompt_it_used(told: dict[str, Any]) -> None:
    assert told["linked"] == [{"name": "workspace.prompt_tests.email", "version": "2"}]


@pytest.mark.usefixtures("told")
def test_a_schema_that_holds_prompts_is_not_empty(sandbox_server: RunningSandbox) -> None:
    with pytest.raises(DatabricksError, match="not empty") as refused:
        sandbox_server.client().schemas.delete("workspace.prompt_tests")
    assert refused.value.error_code == "SCHEMA_NOT_EMPTY"


@pytest.mark.usefixtures("told")
def test_reading_and_changing_want_privileges(sandbox_server: RunningSandbox) -> None:
    application_id, application = sandbox_server.application("prompt reader")
    token = application.config.authenticate()["Authorization"].removeprefix("Bearer ")
    path = f"{BASE}/workspace.prompt_tests.email"

    def grant(kind: str, name: str, *privileges: str) -> None:
        change = {"changes": [{"principal": application_id, "add": list(privileges)}]}
        sandbox_server.call("PATCH", f"/api/2.1/unity-catalog/permissions/{kind}/{name}", change)

    with sandbox_server.http(token) as http:
        refused = http.get(path)
        assert (refused.status_code, refused.json()["error_code"]) == (403, "PERMISSION_DENIED")
        grant("catalog", "workspace", "USE_CATALOG")
        grant("schema", "workspace.prompt_tests", "USE_SCHEMA", "EXECUTE")
        assert http.get(path).json()["name"] == "workspace.prompt_tests.email"
        assert http.post(f"{path}/aliases/production", json={"version": "1"}).status_code == 403
        made = {"name": "workspace.prompt_tests.mine", "prompt": {"description": ""}}
        assert http.post(BASE, json=made).status_code == 403
        grant("schema", "workspace.prompt_tests", "CREATE_FUNCTION", "MANAGE")
        assert http.post(BASE, json=made).status_code == 200
        assert http.post(f"{path}/aliases/staging", json={"version": "1"}).status_code == 200
        assert http.delete(f"{BASE}/workspace.prompt_tests.mine").status_code == 200


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("email", 400, "INVALID_PARAMETER_VALUE"),
        ("nowhere.default.email", 404, "CATALOG_DOES_NOT_EXIST"),
        ("workspace.nowhere.email", 404, "SCHEMA_DOES_NOT_EXIST"),
        ("workspace.prompt_tests.email", 409, "ALREADY_EXISTS"),
    ],
)
@pytest.mark.usefixtures("told")
def test_a_prompt_that_cannot_be_made_is_told(
    sandbox_server: RunningSandbox, name: str, status: int, code: str
) -> None:
    with sandbox_server.http() as http:
        answer = http.post(BASE, json={"name": name, "prompt": {}})
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)


def test_a_forced_schema_delete_takes_its_prompts_along(sandbox_server: RunningSandbox) -> None:
    client = sandbox_server.client()
    client.schemas.create("prompt_gone", "workspace")
    prompt = {"name": "workspace.prompt_gone.email", "prompt": {"description": ""}}
    version = {"prompt_version": {"template": '"one"'}}
    sandbox_server.call("POST", BASE, prompt)
    sandbox_server.call("POST", f"{BASE}/workspace.prompt_gone.email/versions", version)
    with sandbox_server.http() as http:
        left = http.delete(f"{BASE}/workspace.prompt_gone.email")
        assert left.status_code == 400 and "versions" in left.json()["message"]
    client.schemas.delete("workspace.prompt_gone", force=True)
    client.schemas.create("prompt_gone", "workspace")
    sandbox_server.call("POST", BASE, prompt)
    made = sandbox_server.call("POST", f"{BASE}/workspace.prompt_gone.email/versions", version)
    assert made["version"] == "1"
