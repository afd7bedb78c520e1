"""The MLflow server as a child: back after a crash, gone with the sandbox, at the same address."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

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


def test_a_crowd_of_writers_gets_through_one_after_the_other(sandbox_state: Path) -> None:
    """SQLite takes one writer at a time; the others wait for it and not for a connection."""
    crowd = 30
    with serving(sandbox_state) as sandbox, ThreadPoolExecutor(crowd) as pool:
        server = _server(sandbox)
        database = sandbox_state / "mlflow" / "mlflow.db"
        first = sandbox.call("POST", CREATE, {"name": "/Shared/first"})["experiment_id"]

        def waiting() -> bool:
            opened = [file.path for file in server.open_files()]
            return opened.count(str(database.resolve())) >= crowd

        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            made = [
                pool.submit(sandbox.call, "POST", CREATE, {"name": f"/Shared/one-{number}"})
                for number in range(crowd)
            ]
            _until(waiting)
            # Reading is for all, whoever writes.
            assert sandbox.call("GET", f"/api/2.0/mlflow/experiments/get?experiment_id={first}")
            assert not any(each.done() for each in made)
            other.execute("COMMIT")
        ids = {each.result()["experiment_id"] for each in made}
        assert len(ids) == crowd


def _until(holds: Callable[[], bool]) -> None:
    deadline = monotonic() + 60
    while not holds():
        assert monotonic() < deadline, "the writers never got to the database"
        sleep(0.05)
