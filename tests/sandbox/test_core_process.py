"""The sandbox as a process: kept state, kept port, kill -9, and refusals in one sentence."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.sandbox.running import ROOT, environment, sandbox_command, serving


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with serving(state, "--without-mlflow") as first:
        token = first.token()
        first.client().schemas.create("kept", "workspace")
        config = first.config_file.read_text()
        assert first.stop() == 0
    with serving(state, "--without-mlflow") as second:
        assert second.host == first.host
        assert second.config_file.read_text() == config
        with second.http(token) as http:
            assert http.get("/api/2.1/unity-catalog/schemas/workspace.kept").is_success


def test_kill_9_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    """And takes the MLflow server with it; the next start has all of it again."""
    state = tmp_path / "state"
    with serving(state) as first:
        children = psutil.Process(first.process.pid).children(recursive=True)
        assert children
        first.client().schemas.create("kept", "workspace")
        first.process.kill()
        assert first.process.wait(30) == -signal.SIGKILL
        _, alive = psutil.wait_procs(children, timeout=30)
        assert alive == []
    with serving(state) as second:
        assert (second.host, second.mlflow_url) == (first.host, first.mlflow_url)
        assert second.client().schemas.get("workspace.kept").name == "kept"
        children = psutil.Process(second.process.pid).children(recursive=True)
        second.process.send_signal(signal.SIGINT)
        assert second.process.wait(60) == 0
        _, alive = psutil.wait_procs(children, timeout=0)
        assert alive == []


def test_a_second_one_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with serving(state, "--without-mlflow") as first:
        refused = sandbox_command("serve", "--state-dir", str(state), "--without-mlflow")
        assert refused.returncode == 2
        assert "already running" in refused.stderr
        assert first.client().current_user.me().user_name


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = sandbox_command("serve", "--state-dir", str(tmp_path / "s"), f"--port={port}")
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Port {port} on 127.0.0.1 cannot be used")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["serve", "start", "status", "stop"])
def test_a_state_dir_that_is_a_file_is_one_sentence(tmp_path: Path, command: str) -> None:
    file = tmp_path / "file"
    file.touch()
    refused = sandbox_command(command, "--state-dir", str(file))
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"The state directory {file} cannot be")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("--port=x", "a port: a whole number from 0 to 65535"),
        ("--port=70000", "a port: a whole number from 0 to 65535"),
        ("--latency-ms=-1", "milliseconds: a whole number"),
        ("--idle-hours=nan", "hours: a number above 0"),
        ("--scenario=none", "locked-down"),
    ],
)
def test_a_wrong_flag_is_told(tmp_path: Path, flag: str, words: str) -> None:
    refused = sandbox_command("serve", "--state-dir", str(tmp_path / "state"), flag)
    assert refused.returncode == 2
    assert words in refused.stderr
    assert not (tmp_path / "state").exists()


def test_a_broken_state_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "sandbox.db").write_text("this is no database, and long enough to be read as one")
    refused = sandbox_command("serve", "--state-dir", str(tmp_path), "--without-mlflow")
    assert refused.returncode == 2
    assert "--erase" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_background_sandbox_is_reused_and_stopped(tmp_path: Path) -> None:
    state = tmp_path / "state"
    where = ("--state-dir", str(state))
    assert sandbox_command("status", *where).returncode == 1
    started = sandbox_command("start", *where, "--without-mlflow")
    assert started.returncode == 0, started.stderr
    about = json.loads(started.stdout)
    try:
        assert set(about) == {"host", "config_file", "mlflow_url"}
        assert json.loads(sandbox_command("start", *where).stdout) == about
        status = sandbox_command("status", *where)
        told = json.loads(status.stdout)
        assert status.returncode == 0
        assert told["apps"] == []
        assert (told["running"], told["ready"], told["host"]) == (True, True, about["host"])
        process = psutil.Process(told["pid"])
    finally:
        stopped = sandbox_command("stop", *where)
    assert stopped.returncode == 0
    psutil.wait_procs([process], timeout=0)
    assert not process.is_running()
    assert json.loads(sandbox_command("status", *where).stdout)["running"] is False
    assert sandbox_command("stop", *where, "--erase").returncode == 0
    assert not state.exists()


def test_two_starts_at_once_get_the_same_one(tmp_path: Path) -> None:
    where = ("--state-dir", str(tmp_path / "state"))
    try:
        with ThreadPoolExecutor(2) as pool:
            starts = [
                pool.submit(sandbox_command, "start", *where, "--without-mlflow") for _ in range(2)
            ]
            first, second = (json.loads(start.result().stdout) for start in starts)
        assert first == second
    finally:
        sandbox_command("stop", *where)


def test_it_can_be_ended_while_it_starts(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "serve", "--state-dir", str(tmp_path / "state")],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "MLflow" in process.stderr.readline()
    children = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    _, alive = psutil.wait_procs(children, timeout=0)
    assert alive == []


def test_what_is_not_a_sandbox_is_not_erased(tmp_path: Path) -> None:
    keep = tmp_path / "keep.txt"
    keep.write_text("mine")
    refused = sandbox_command("stop", "--erase", "--state-dir", str(tmp_path))
    assert refused.returncode == 2
    assert keep.read_text() == "mine"


def test_it_ends_by_itself_when_unused(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with serving(state, "--without-mlflow", "--idle-hours=0.0005") as sandbox:
        assert sandbox.process.wait(60) == 0
    assert "nobody used the sandbox" in (state / "sandbox.log").read_text()


def test_another_scenario_later_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with serving(state, "--without-mlflow", "--scenario", "empty"):
        pass
    refused = sandbox_command("serve", "--state-dir", str(state), "--scenario", "default")
    assert refused.returncode == 2
    assert "made for the scenario empty, not default" in refused.stderr


def test_no_secret_is_in_the_log(tmp_path: Path) -> None:
    with serving(tmp_path / "state", "--without-mlflow") as sandbox:
        token = sandbox.token()
        sandbox.client("pat").current_user.me()
        text = (sandbox.state_dir / "sandbox.log").read_text()
        secrets = [
            line.partition("=")[2].strip()
            for line in sandbox.config_file.read_text().splitlines()
            if line.startswith(("client_secret", "token"))
        ]
    assert len(secrets) == 2
    assert not [secret for secret in (token, *secrets) if secret in text]
