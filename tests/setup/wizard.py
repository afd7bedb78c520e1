"""The wizard as a process without a screen, in a project of the test's own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.sandbox.running import ROOT, environment

Event = dict[str, Any]
STEPS = (
    "validate_prerequisites",
    "detect_environment",
    "collect_user_input",
    "validate_config",
    "create_catalog_schema",
    "create_experiment",
    "create_app",
    "generate_env_file",
    "install_dependencies",
    "load_sample_data",
    "validate_local_setup",
    "deploy_app",
    "setup_permissions",
    "validate_deployment",
    "run_integration_tests",
)


def copy_demo(target: Path, customers: int | None = None) -> Path:
    """The bundled demo as a fresh clone has it: what is committed or would be.

    With `customers` only the first of them, where a test is about something else than the data.
    """
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "demo"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in listed.stdout.splitlines():
        source, copy = ROOT / name, target / name.removeprefix("demo/")
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
    if customers is not None:
        data = target / "mlflow_demo/data/customers.jsonl"
        data.write_text("".join(data.read_text().splitlines(keepends=True)[:customers]))
    return target


def step_is(step: str, status: str = "in_progress") -> Callable[[Event], bool]:
    def reached(event: Event) -> bool:
        return event["event"] == "step" and (event["step"], event["status"]) == (step, status)

    return reached


def log_has(step: str, text: str) -> Callable[[Event], bool]:
    def reached(event: Event) -> bool:
        return event["event"] == "log" and event["step"] == step and text in event["line"]

    return reached


@dataclass
class Ended:
    """What a run wrote and how it ended."""

    code: int
    events: list[Event]
    stderr: str
    text: str

    @property
    def result(self) -> Event:
        assert self.events, self.stderr
        assert self.events[-1]["event"] == "result", self.events[-1]
        return self.events[-1]

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["event"] == kind]

    def started(self) -> list[str]:
        """The steps that did any work in this run."""
        return [e["step"] for e in self.of("step") if e["status"] == "in_progress"]

    def log(self, step: str) -> str:
        return "\n".join(e["line"] for e in self.of("log") if e["step"] == step)


@dataclass
class Wizard:
    """Runs `python auto-setup.py` against a workspace's config file."""

    project: Path
    config_file: Path
    environ: Mapping[str, str] = field(default_factory=dict[str, str])

    def run(self, *arguments: str, as_json: bool = True, timeout: float = 1500) -> Ended:
        process = self._start(arguments, as_json)
        out, err = process.communicate(timeout=timeout)
        events = [json.loads(line) for line in out.splitlines()] if as_json else []
        return Ended(process.returncode, events, err, out)

    def kill_when(
        self, reached: Callable[[Event], bool], *arguments: str, timeout: float = 1500
    ) -> list[Event]:
        """kill -9 the wizard, and nothing else, as soon as an event is reached."""
        process = self._start(arguments, True)
        watchdog = threading.Timer(timeout, process.kill)
        watchdog.start()
        events: list[Event] = []
        assert process.stdout is not None
        try:
            for line in process.stdout:
                events.append(json.loads(line))
                if reached(events[-1]):
                    os.kill(process.pid, signal.SIGKILL)
                    break
            else:
                raise AssertionError(f"never reached; the run ended with {events[-1:]}")
        finally:
            watchdog.cancel()
            process.communicate()
        assert process.returncode == -signal.SIGKILL
        return events

    def statuses(self) -> dict[str, str]:
        """Each step's status in the progress file."""
        body = json.loads((self.project / ".setup_progress.json").read_text())
        return {name: step["status"] for name, step in body["steps"].items()}

    def _start(self, arguments: Sequence[str], as_json: bool) -> subprocess.Popen[str]:
        more = {"DATABRICKS_CONFIG_FILE": str(self.config_file), **self.environ}
        flags = ["--headless", "--project", str(self.project), *(["--json"] if as_json else [])]
        return subprocess.Popen(
            [sys.executable, "auto-setup.py", *flags, *arguments],
            cwd=ROOT,
            env=environment(more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
