"""The MLflow server as a child: back after a crash, gone with the sandbox, at the same address."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import psutil
import pytest

from tests.sandbox.running import RunningSandbox, serving

CREATE = "/api/2.0/mlflow/experiments/create"


@pytest.fixture
def sandbox_state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def _family(sandbox: RunningSandbox) -> list[psutil.Process]:
    return psutil.Process(sandbox.process.pid).children(recursive=True)


def _server(sandbox: RunningSandbox) -> psutil.Process:
    """The process that listens where MLflow's page is."""
    port = int(sandbox.mlflow_url.rpartition(":")[2])
    for process in _family(sandbox):
        if any(one.laddr.port == port for one in process.net_connections()):
            return process
    raise AssertionError(f"nothing listens on {port}")


def test_it_survives_restarts_crashes_and_leaves_nothing(sandbox_state: Path) -> None:
    with serving(sandbox_state) as sandbox:
        address = sandbox.mlflow_url
        page = httpx.get(address, trust_env=False)
        assert page.status_code == 200 and "MLflow" in page.text
        made = sandbox.call("POST", CREATE, {"name": "/Shared/kept"})["experiment_id"]

        _server(sandbox).kill()
        # The next call waits until the server is there again.
        read = sandbox.call("GET", f"/api/2.0/mlflow/experiments/get?experiment_id={made}")
        assert read["experiment"]["name"] == "/Shared/kept"
        assert sandbox.mlflow_url == address

        family = _family(sandbox)
        assert family
        sandbox.process.send_signal(signal.SIGKILL)
        sandbox.process.wait(30)
        _gone, alive = psutil.wait_procs(family, timeout=60)
        assert not alive

    with serving(sandbox_state) as sandbox:
        assert sandbox.mlflow_url == address
        read = sandbox.call("GET", f"/api/2.0/mlflow/experiments/get?experiment_id={made}")
        assert read["experiment"]["name"] == "/Shared/kept"
        family = _family(sandbox)
        assert sandbox.stop() == 0
        _gone, alive = psutil.wait_procs(family, timeout=60)
        assert not alive

    log = (sandbox_state / "mlflow" / "server.log").read_text()
    assert "Traceback" not in log
    assert (sandbox_state / "mlflow").stat().st_mode & 0o077 == 0
