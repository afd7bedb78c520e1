"""The wizard in a real terminal, by keys alone, from a shell prompt and back to it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.sandbox.running import ROOT, RunningSandbox, environment, serving
from tests.screens.driving import small_project
from tests.screens.notebooks import MISSING, NO_ALIAS
from tests.terminal.tmux import PROMPT, Terminal, terminal

SUGGESTED = "❯ ★"
"""The highlighted row is the suggested one."""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox]:
    with serving(tmp_path_factory.mktemp("terminal") / "state") as running:
        yield running


@pytest.fixture
def shell(tmp_path: Path, sandbox: RunningSandbox) -> Generator[Terminal]:
    home = tmp_path / "home"
    home.mkdir()
    config = {"DATABRICKS_CONFIG_FILE": str(sandbox.config_file)}
    # Some shells export the size they began with; a resize counts all the same.
    size = {"COLUMNS": "80", "LINES": "24"}
    more = {"HOME": str(home), "LC_ALL": "C.UTF-8", **config, **size}
    with terminal(tmp_path, environment(more)) as running:
        running.reads(PROMPT)
        yield running


def wizard(project: Path, *flags: str) -> str:
    start = [sys.executable, str(ROOT / "auto-setup.py"), "--project", str(project)]
    return shlex.join([*start, "--profile", "pat", *flags]) + '; echo "ended with $?"'


def test_left_after_a_failure_and_resumed_to_the_end(tmp_path: Path, shell: Terminal) -> None:
    project = small_project(tmp_path / "project")
    before = settings(shell, "before")
    names = ("--mode", "notebook_only", "--schema", "by_keys", "--app-name", "by-keys")
    shell.type(wizard(project, *names))
    for place, ready in (
        (1, "Set up in a Databricks workspace"),
        (2, "you@sandbox.local"),
        (4, "Suggested."),
        *((picker, SUGGESTED) for picker in (5, 6, 7, 8)),
        (9, "create 4, reuse 1, upload 1"),
    ):
        shell.reads(f"{place} of 11", ready)
        shell.keys("Enter")
    shell.reads("10 of 11", MISSING, "r Retry")

    shell.size(59, 19)
    shell.reads("Make it larger to go on.")
    shell.size(140, 45)
    shell.reads(MISSING)
    shell.keys("Escape")
    shell.reads(PROMPT, "Go on with: ./auto-setup.sh --resume", "ended with 1")
    assert settings(shell, "after") == before

    (project / "good").touch()
    shell.type(wizard(project))
    shell.reads("1 of 11", "Resume where it stopped", "10 of 15 steps done")
    shell.keys("Enter")
    shell.reads("10 of 11", NO_ALIAS, "s Skip")
    shell.keys("s")
    shell.reads("Setup completed; left out: Test end to end.")
    shell.keys("Enter")
    shell.reads(PROMPT, "ended with 0")


def settings(shell: Terminal, when: str) -> str:
    """A checksum of the terminal's settings."""
    shell.type(f'echo "{when} $(stty -g | cksum)"')
    lines = shell.reads(f"\n{when} ").splitlines()
    return next(line for line in lines if line.startswith(f"{when} ")).removeprefix(when)
