"""Deployments that really run: what an app sees, what replaces it, how it fails."""

from __future__ import annotations

import json
from pathlib import Path

import psutil
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import OperationFailed, ResourceConflict
from databricks.sdk.service.apps import App, AppDeployment, AppDeploymentState, ApplicationState

from tests.sandbox.app_sources import WEB, address, ask, begun, deploy, running_app, until, upload
from tests.sandbox.running import RunningSandbox

OWN_BACKEND = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def state(client: WorkspaceClient, name: str) -> ApplicationState | None:
    status = client.apps.get(name).app_status
    return status.state if status else None


def test_an_app_sees_what_the_platform_sets_and_no_more(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    app = running_app(client, "run-environment")
    seen = ask(app, "/environment", workspace_server.token()).json()
    assert seen["DATABRICKS_APP_NAME"] == "run-environment"
    assert seen["DATABRICKS_HOST"] == workspace_server.host
    assert seen["DATABRICKS_CLIENT_ID"] == app.service_principal_client_id
    assert not {"DATABRICKS_CONFIG_FILE", "DATABRICKS_TOKEN", "SANDBOX_STATE_DIR"} & set(seen)
    assert str(Path(seen["HOME"])).startswith(str(workspace_server.state_dir))
    identity = WorkspaceClient(
        host=seen["DATABRICKS_HOST"],
        client_id=seen["DATABRICKS_CLIENT_ID"],
        client_secret=seen["DATABRICKS_CLIENT_SECRET"],
    )
    assert identity.current_user.me().user_name == app.service_principal_client_id


def test_app_yaml_gives_command_and_variables(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    files = {
        "server/main.py": WEB,
        "app.yaml": "command: [python, server/main.py, --port, '8000', --host, 0.0.0.0]\n"
        "env:\n- name: VERSION\n  value: from-yaml\n",
    }
    app = running_app(client, "run-yaml", files)
    token = workspace_server.token()
    assert ask(app, "/", token).json()["version"] == "from-yaml"
    path = app.active_deployment.source_code_path if app.active_deployment else None
    body = {"source_code_path": path, "env_vars": [{"name": "VERSION", "value": "sent"}]}
    made = workspace_server.call("POST", "/api/2.0/apps/run-yaml/deployments", body)
    client.apps.wait_get_deployment_app_succeeded("run-yaml", made["deployment_id"])
    assert ask(app, "/", token).json()["version"] == "sent"


def test_a_new_deployment_replaces_the_process(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    app = running_app(client, "run-replace")
    token = workspace_server.token()
    first = ask(app, "/", token).json()
    again = deploy(
        client, "run-replace", {"app.py": WEB.replace('"VERSION", "1"', '"VERSION", "2"')}
    )
    second = ask(app, "/", token).json()
    assert (first["version"], second["version"]) == ("1", "2")
    assert again.url == app.url
    assert not psutil.pid_exists(first["pid"])
    kept = workspace_server.state_dir / "apps/run-replace"
    assert len(list((kept / "deployments").iterdir())) == 1
    assert len(list((kept / "environments").iterdir())) == 1
    listed = list(client.apps.list_deployments("run-replace"))
    assert [one.status.state for one in listed if one.status] == [AppDeploymentState.SUCCEEDED] * 2
    assert listed[0].deployment_id == (
        again.active_deployment and again.active_deployment.deployment_id
    )


def test_a_crash_at_the_start_is_told_with_its_last_words(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    client.apps.create_and_wait(App(name="run-crash"))
    path = upload(client, "run-crash", {"app.py": "raise SystemExit('no prompt in the registry')"})
    with pytest.raises(OperationFailed, match="no prompt in the registry"):
        client.apps.deploy_and_wait("run-crash", AppDeployment(source_code_path=path))
    app = client.apps.get("run-crash")
    assert app.app_status is not None and app.app_status.state is ApplicationState.CRASHED
    assert (app.active_deployment, app.pending_deployment) == (None, None)
    answer = ask(app, "/", workspace_server.token())
    assert (answer.status_code, "not running" in answer.text) == (503, True)
    assert "no prompt in the registry" in ask(app, "/logz", workspace_server.token()).text


def test_a_crash_later_is_seen_and_a_new_deployment_mends_it(
    workspace_server: RunningSandbox,
) -> None:
    client = workspace_server.client()
    app = running_app(client, "run-later")
    assert ask(app, "/crash", workspace_server.token()).status_code == 502
    until(lambda: state(client, "run-later") is ApplicationState.CRASHED, "CRASHED")
    told = client.apps.get("run-later").app_status
    assert told is not None and "going down on purpose" in (told.message or "")
    deploy(client, "run-later", {})
    assert ask(app, "/", workspace_server.token()).status_code == 200


def test_a_build_that_fails_leaves_the_old_app_running(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    app = running_app(client, "run-build")
    path = upload(client, "run-build", {"requirements.txt": "./no-such-package\n"})
    with pytest.raises(OperationFailed, match="Error installing packages"):
        client.apps.deploy_and_wait("run-build", AppDeployment(source_code_path=path))
    assert state(client, "run-build") is ApplicationState.RUNNING
    assert ask(app, "/", workspace_server.token()).status_code == 200


@pytest.mark.parametrize(
    ("name", "files", "told"),
    [
        ("run-bad-1", {"app.yaml": "command: [python"}, "not valid YAML"),
        ("run-bad-2", {"notes.md": "nothing"}, "There is nothing to run"),
        ("run-bad-3", {"app.yaml": "command: [no-such-program]"}, "no-such-program"),
        (
            "run-bad-4",
            {"app.py": "", "app.yaml": "env: [{name: A, valueFrom: experiment}]"},
            "does not declare",
        ),
        ("run-bad-5", {"app.py": "", "big.bin": "x" * (10 * 1024 * 1024 + 1)}, "10 MB"),
    ],
)
def test_a_source_that_cannot_run_is_explained(
    workspace_server: RunningSandbox, name: str, files: dict[str, str], told: str
) -> None:
    client = workspace_server.client()
    client.apps.create_and_wait(App(name=name))
    path = upload(client, name, {key: text for key, text in files.items() if key != "big.bin"})
    if "big.bin" in files:
        with workspace_server.http() as http:
            target = f"/api/2.0/workspace-files/import-file{path}/big.bin?overwrite=true"
            assert http.post(target, content=files["big.bin"].encode()).is_success
    with pytest.raises(OperationFailed, match=told):
        client.apps.deploy_and_wait(name, AppDeployment(source_code_path=path))


def test_requirements_are_installed_and_kept(workspace_server: RunningSandbox) -> None:
    """A package from the source folder itself, built by a backend of its own: no network."""
    client = workspace_server.client()
    files = {
        "app.py": WEB.replace("VERSION = ", "import greeting\nVERSION = greeting.WORD + "),
        "requirements.txt": "./greeting\n",
        "greeting/pyproject.toml": OWN_BACKEND + '[project]\nname = "greeting"\nversion = "1"\n',
        "greeting/backend.py": _BACKEND,
    }
    app = running_app(client, "run-requirements", files)
    assert ask(app, "/", workspace_server.token()).json()["version"] == "hello1"
    environments = workspace_server.state_dir / "apps/run-requirements/environments"
    before = [path.name for path in environments.iterdir()]
    deploy(client, "run-requirements", {"app.yaml": "env: [{name: VERSION, value: two}]"})
    assert ask(app, "/", workspace_server.token()).json()["version"] == "hellotwo"
    assert [path.name for path in environments.iterdir()] == before


def test_a_lock_file_is_installed_by_uv_sync(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    files = {
        "app.py": WEB,
        "pyproject.toml": '[project]\nname = "x"\nversion = "0.1.0"\nrequires-python = ">=3.10"\n'
        "[tool.uv]\npackage = false\n",
        "uv.lock": 'version = 1\nrequires-python = ">=3.10"\n\n[[package]]\nname = "x"\n'
        'version = "0.1.0"\nsource = { virtual = "." }\n',
    }
    app = running_app(client, "run-lock", files)
    assert "what uv.lock holds" in ask(app, "/logz", workspace_server.token()).text
    assert ask(app, "/", workspace_server.token()).status_code == 200


def test_a_package_json_in_the_root_is_built(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    script = "node -e \\\"require('fs').writeFileSync('built.txt', 'by npm')\\\""
    files = {
        "app.py": WEB.replace("VERSION = ", "VERSION = open('built.txt').read() + "),
        "package.json": f'{{"name": "x", "version": "1.0.0", "scripts": {{"build": "{script}"}}}}',
    }
    json.loads(files["package.json"])
    app = running_app(client, "run-npm", files)
    assert ask(app, "/", workspace_server.token()).json()["version"] == "by npm1"


def test_one_deployment_at_a_time_and_stop_cancels_it(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    client.apps.create_and_wait(App(name="run-pending"))
    path = upload(client, "run-pending", {"app.py": "import time\ntime.sleep(600)"})
    pending = begun(client, "run-pending", path)
    with pytest.raises(ResourceConflict, match="active deployment in progress"):
        client.apps.deploy("run-pending", AppDeployment(source_code_path=path))
    shown = client.apps.get("run-pending").pending_deployment
    assert shown is not None and shown.deployment_id == pending
    client.apps.stop_and_wait("run-pending")
    ended = client.apps.get_deployment("run-pending", pending)
    assert ended.status is not None and ended.status.state is AppDeploymentState.CANCELLED


def test_stop_ends_the_process_and_start_brings_it_back(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    app = running_app(client, "run-stop")
    token = workspace_server.token()
    pid = ask(app, "/", token).json()["pid"]
    client.apps.stop_and_wait("run-stop")
    assert not psutil.pid_exists(pid)
    assert ask(app, "/", token).status_code == 503
    client.apps.start_and_wait("run-stop")
    until(lambda: state(client, "run-stop") is ApplicationState.RUNNING, "RUNNING")
    assert ask(app, "/", token).json()["pid"] != pid


def test_delete_ends_the_process_and_frees_the_address(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    app = running_app(client, "run-delete")
    pid = ask(app, "/", workspace_server.token()).json()["pid"]
    client.apps.delete("run-delete")
    until(lambda: "run-delete" not in {one.name for one in client.apps.list()}, "deleted")
    assert not psutil.pid_exists(pid)
    assert not (workspace_server.state_dir / "apps/run-delete").exists()
    found = list(
        client.service_principals.list(
            filter=f'applicationId eq "{app.service_principal_client_id}"'
        )
    )
    assert found == []
    assert address(app)


_BACKEND = r"""
import zipfile


def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "greeting-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{directory}/{name}", "w") as wheel:
        wheel.writestr("greeting.py", "WORD = 'hello'\n")
        wheel.writestr(
            "greeting-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1\n"
        )
        wheel.writestr(
            "greeting-1.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr("greeting-1.dist-info/RECORD", "")
    return name
"""
