"""The prerequisites: each with its fix, mended without leaving, and on by itself when all hold."""

from __future__ import annotations

import sys
from pathlib import Path

from screens.catalog import CatalogScreen
from screens.checks import ChecksScreen
from screens.mode import ModeScreen
from services.paths import ProjectPaths
from tests.sandbox.running import RunningSandbox
from tests.screens.conftest import Scenario
from tests.screens.driving import driven
from tests.screens.notebooks import answers, to_plan
from tests.services.trouble import ME, fault, trouble


def tool(path: Path, version: str) -> None:
    path.write_text(f"#!{sys.executable}\nprint({version!r})\n")
    path.chmod(0o755)


async def test_a_tool_that_is_missing_is_named_with_its_fix_and_can_be_mended(
    project: Path, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    home, tools = tmp_path / "home", tmp_path / "bin"
    home.mkdir()
    tools.mkdir()
    tool(tools / "uv", "uv 0.1.0")
    environ = {"HOME": str(home), "PATH": str(tools), "AUTO_SETUP_UV": "", "AUTO_SETUP_BUN": ""}
    async with driven(project, sandbox, environ=environ, size=(80, 24)) as driver:
        await driver.press("enter")
        await driver.reach(ChecksScreen)
        await driver.reads("Missing: uv, bun. Mend what is marked above, then r looks again.")
        await driver.reads("0.7.0")
        await driver.reads("curl -LsSf https://astral.sh/uv/install.sh | sh")
        await driver.reads("curl -fsSL https://bun.sh/install | bash")
        # What is missing comes first, what holds stays in sight.
        assert driver.text().index("uv ") < driver.text().index("you@sandbox.local")
        await driver.press("enter")
        assert driver.shown == "ChecksScreen"
        tool(tools / "uv", "uv 0.9.0")
        tool(tools / "bun", "1.3.0")
        await driver.press("r")
        await driver.reach(ModeScreen)


async def test_a_workspace_that_stopped_answering_is_told_and_asked_again(
    project: Path, scenario: Scenario
) -> None:
    sandbox = scenario("default")
    async with driven(project, sandbox) as driver:
        refused = fault("GET /api/2.1/unity-catalog/current-metastore-assignment", status=404)
        with trouble(sandbox, refused):
            await driver.press("enter")
            await driver.reach(ChecksScreen)
            await driver.reads("Ask an account admin to attach this workspace")
            assert driver.shown == "ChecksScreen"
        await driver.press("r")
        await driver.reach(ModeScreen)
        # The way back leads over the checks, which stay as they were.
        await driver.press("escape")
        await driver.reach(ChecksScreen)
        await driver.reads("All is well. Enter goes on.")
        await driver.press("enter")
        await driver.reach(ModeScreen)


async def test_looking_again_while_it_looks_begins_anew(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox) as driver:
        with trouble(sandbox, fault(ME, latency_ms=1000, times=1)):
            await driver.press("enter")
            await driver.reach(ChecksScreen)
            # Its programs are running: they have to end before others are started.
            await driver.press("r", "r", "r")
            await driver.reach(ModeScreen)


async def test_without_apps_the_check_says_what_that_means(
    project: Path, scenario: Scenario
) -> None:
    async with driven(project, scenario("no-apps")) as driver:
        await driver.press("enter")
        await driver.reach(ModeScreen)
        await driver.press("escape")
        await driver.reach(ChecksScreen)
        await driver.reads("Needed for full_deployment only.")


async def test_saved_answers_that_do_not_hold_any_more_lead_to_the_questions(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox, answers=answers("outdated")) as driver:
        await to_plan(driver)
    progress = ProjectPaths(project).progress
    progress.write_text(progress.read_text().replace('"workspace"', '"main"'))
    async with driven(project, sandbox) as driver:
        await driver.press("enter")
        await driver.reach(ChecksScreen)
        await driver.reads("You may not create a schema in the catalog main.")
        await driver.press("escape")
        await driver.reads("Enter goes to the questions.")
        await driver.press("enter")
        await driver.reach(ModeScreen)
        await driver.press("enter")
        await driver.reach(CatalogScreen)
