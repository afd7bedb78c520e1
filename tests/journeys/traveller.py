"""Somebody at a terminal with the whole demo and a workspace of some scenario."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from services.paths import ProjectPaths
from services.progress_file import read_status
from tests.sandbox.running import ROOT, RunningSandbox, environment, serving
from tests.setup.wizard import copy_demo
from tests.terminal.tmux import PROMPT, Terminal, terminal

PANE = "#{pane_pid}"


@dataclass
class Traveller:
    """Presses keys; every screen that was waited for is kept, to be looked at."""

    shell: Terminal
    sandbox: RunningSandbox
    project: Path
    screens: Path
    seen: list[str] = field(default_factory=list[str])

    def starts(self) -> None:
        program = [sys.executable, str(ROOT / "auto-setup.py"), "--project", str(self.project)]
        self.shell.type(shlex.join(program) + '; echo "ended with $?"')

    def reads(self, name: str, *texts: str) -> str:
        """Wait for these texts, and keep the screen by this name."""
        screen = self.shell.reads(*texts)
        self.seen.append(name)
        kept = self.screens / f"{len(self.seen):02d}-{name}.txt"
        kept.write_text(screen, encoding="utf-8")
        return screen

    def keys(self, *names: str) -> None:
        self.shell.keys(*names)

    def is_killed(self) -> None:
        """kill -9 for the wizard alone; then the shell's user mends the terminal."""
        shell = psutil.Process(int(self.shell.tmux("display-message", "-p", PANE)))
        (wizard,) = shell.children()
        wizard.kill()
        self.shell.reads("ended with 137")
        self.shell.type("reset")
        self.shell.reads(PROMPT)

    def answers(self) -> dict[str, str]:
        snapshot = read_status(ProjectPaths(self.project))
        assert snapshot is not None
        return snapshot.answers

    def admin(self, kind: str, name: str, *privileges: str) -> None:
        """Somebody with more rights grants what was asked for."""
        with self.sandbox.http(self.sandbox.token_of("admin@sandbox.local")) as http:
            change = {"principal": "you@sandbox.local", "add": list(privileges)}
            path = f"/api/2.1/unity-catalog/permissions/{kind}/{name}"
            http.patch(path, json={"changes": [change]}).raise_for_status()


@contextmanager
def travelling(
    folder: Path, scenario: str, columns: int = 80, rows: int = 24
) -> Generator[Traveller]:
    """With JOURNEY_SCREENS the screens are kept below that folder."""
    screens = Path(os.environ.get("JOURNEY_SCREENS") or folder / "screens")
    screens = screens / f"{folder.name}"
    screens.mkdir(parents=True, exist_ok=True)
    home = folder / "home"
    home.mkdir()
    chosen = () if scenario == "default" else ("--scenario", scenario)
    with serving(folder / "state", *chosen) as sandbox:
        config = {"DATABRICKS_CONFIG_FILE": str(sandbox.config_file)}
        environ = environment({"HOME": str(home), "LC_ALL": "C.UTF-8", **config})
        project = copy_demo(folder / "project")
        with terminal(folder, environ, columns=columns, rows=rows) as shell:
            shell.reads(PROMPT)
            yield Traveller(shell, sandbox, project, screens)
