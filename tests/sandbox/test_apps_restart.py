"""Apps across restarts of the sandbox: nothing outlives it, all of it comes back."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import httpx
import psutil
from databricks.sdk.service.apps import App, ApplicationState, ComputeState

from tests.sandbox.app_sources import WEB, ask, begun, running_app, until, upload
from tests.sandbox.running import RunningSandbox, serving

# A shell that starts Python as a child: both have to go.
BY_SHELL = {"app.py": WEB, "app.yaml": "command: ['sh', '-c', 'python app.py; true']\n"}
WAITS = "import os, time\nwhile not os.path.exists('GO'):\n    time.sleep(0.05)\n"


def descendants(sandbox: RunningSandbox) -> list[psutil.Process]:
    return psutil.Process(sandbox.process.pid).children(recursive=True)


def gone(processes: list[psutil.Process]) -> bool:
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes)


def test_kill_9_takes_the_apps_along_and_a_restart_revives_them(tmp_path: Path) -> None:
    with serving(tmp_path / "state", "--without-mlflow") as sandbox:
        app = running_app(sandbox.client(), "revived", BY_SHELL)
        token = sandbox.token()
        with httpx.Client(follow_redirects=True, trust_env=False) as browser:
            browser.get(app.url or "")
            cookies = list(browser.cookies.jar)
        first = ask(app, "/", token).json()
        children = descendants(sandbox)
        assert len(children) >= 3
        os.kill(sandbox.process.pid, signal.SIGKILL)
        sandbox.process.wait()
        until(lambda: gone(children), "every process is gone")
    with serving(tmp_path / "state", "--without-mlflow") as sandbox:
        found = sandbox.client().apps.get("revived")
        assert found.url == app.url
        assert found.app_status is not None and found.app_status.state is ApplicationState.RUNNING
        second = ask(found, "/", token).json()
        assert second["pid"] != first["pid"]
        sent = {"Cookie": "; ".join(f"{one.name}={one.value}" for one in cookies)}
        assert httpx.get(found.url or "", headers=sent).status_code == 200
        children = descendants(sandbox)
        assert sandbox.stop() == 0
        assert gone(children)


def test_what_was_under_way_goes_on_after_kill_9(tmp_path: Path) -> None:
    """Compute that was starting, a deployment in its middle, an app that was being deleted."""
    waits = WAITS.replace("GO", str(tmp_path / "go"))
    with serving(tmp_path / "state", "--without-mlflow") as sandbox:
        client = sandbox.client()
        client.apps.create_and_wait(App(name="middle"))
        path = upload(client, "middle", {"app.py": waits + WEB})
        deployment = begun(client, "middle", path)
        client.apps.create(App(name="dropped"), no_compute=True)
        client.apps.delete("dropped")
        client.apps.create(App(name="early"))
        os.kill(sandbox.process.pid, signal.SIGKILL)
        sandbox.process.wait()
    (tmp_path / "go").touch()
    with serving(tmp_path / "state", "--without-mlflow") as sandbox:
        client = sandbox.client()
        client.apps.wait_get_deployment_app_succeeded("middle", deployment)
        middle = client.apps.get("middle")
        assert middle.active_deployment is not None
        assert ask(middle, "/", sandbox.token()).status_code == 200
        early = client.apps.wait_get_app_active("early")
        assert early.compute_status is not None
        assert early.compute_status.state is ComputeState.ACTIVE
        until(lambda: "dropped" not in {one.name for one in client.apps.list()}, "dropped is gone")


def test_a_stopped_app_stays_stopped(tmp_path: Path) -> None:
    with serving(tmp_path / "state", "--without-mlflow") as sandbox:
        client = sandbox.client()
        app = running_app(client, "asleep")
        client.apps.stop_and_wait("asleep")
        assert sandbox.stop() == 0
    with serving(tmp_path / "state", "--without-mlflow") as sandbox:
        found = sandbox.client().apps.get("asleep")
        assert found.compute_status is not None
        assert (found.url, found.compute_status.state) == (app.url, ComputeState.STOPPED)
        assert ask(found, "/", sandbox.token()).status_code == 503
