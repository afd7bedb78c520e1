"""The first screen: nothing under way, something under way in each state, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import OptionList

from screens.details import DetailsScreen
from screens.mode import ModeScreen
from screens.sign_in import SignInScreen
from screens.welcome import WelcomeScreen
from services.paths import ProjectPaths
from services.progress_file import ProgressSnapshot, StepRecord, new_snapshot, with_step
from services.project_lock import ProjectLock
from services.vocabulary import StepId, StepStatus
from tests.sandbox.running import RunningSandbox
from tests.screens.driving import Driver, driven
from tests.screens.notebooks import ways

HOST = "https://dbc-0123.cloud.databricks.com"


def under_way(host: str = HOST, **statuses: StepStatus) -> ProgressSnapshot:
    snapshot = replace(new_snapshot(host, "you@sandbox.local"), answers={"catalog": "workspace"})
    for name, status in statuses.items():
        record = StepRecord(status, 2.5, reason="[b]no[/b] more room", advice="Make room.")
        snapshot = with_step(snapshot, StepId(name), record)
    return snapshot


def write(project: Path, snapshot: ProgressSnapshot) -> None:
    ProjectPaths(project).progress.write_text(snapshot.to_json())


def set_aside(project: Path) -> list[Path]:
    return list(project.glob(".setup_progress.archived-*"))


async def take(driver: Driver, way: str) -> None:
    """Move to a way by keys, and take it."""
    while (at := driver.wizard.screen.query_one("#ways", OptionList)).highlighted is not None:
        if at.options[at.highlighted].id == way:
            break
        await driver.press("j")
    await driver.press("enter")


async def test_at_first_there_is_nothing_to_go_on_with(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox, in_sandbox=False, size=(80, 24)) as driver:
        await driver.reach(WelcomeScreen)
        assert ways(driver) == ["workspace", "sandbox", "quit"]
        assert "Back" not in driver.text()
        await driver.press("escape")
        assert driver.shown == "WelcomeScreen"


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ({"create_app": StepStatus.IN_PROGRESS}, "Create the app was interrupted."),
        ({"create_app": StepStatus.FAILED}, "Create the app failed: [b]no[/b] more room"),
        (dict.fromkeys([step.value for step in StepId], StepStatus.COMPLETED), "all steps done"),
    ],
)
async def test_what_is_under_way_is_told_with_resume_first(
    project: Path, sandbox: RunningSandbox, statuses: Mapping[str, StepStatus], told: str
) -> None:
    write(project, under_way(**statuses))
    async with driven(project, sandbox, in_sandbox=False, size=(80, 24)) as driver:
        await driver.reads(told)
        await driver.reads(HOST)
        assert ways(driver) == ["resume", "details", "workspace", "sandbox", "over", "quit"]


async def test_the_details_name_answers_steps_and_what_failed(
    project: Path, sandbox: RunningSandbox
) -> None:
    write(project, under_way(create_experiment=StepStatus.COMPLETED, create_app=StepStatus.FAILED))
    async with driven(project, sandbox, in_sandbox=False, size=(80, 24)) as driver:
        await take(driver, "details")
        await driver.reach(DetailsScreen)
        await driver.reads("Signed in as   you@sandbox.local")
        await driver.reads("Catalog        workspace")
        await driver.press("end")
        await driver.reads("MLflow experiment      2.5 s")
        await driver.reads("[b]no[/b] more room")
        await driver.reads("Make room.")
        await driver.press("escape")
        await driver.reach(WelcomeScreen)


async def test_starting_over_keeps_the_progress_aside(
    project: Path, sandbox: RunningSandbox
) -> None:
    write(project, under_way(create_app=StepStatus.FAILED))
    async with driven(project, sandbox, in_sandbox=False) as driver:
        await take(driver, "over")
        await driver.reads("The earlier progress was kept as .setup_progress.archived-")
        assert ways(driver) == ["workspace", "sandbox", "quit"]
    assert len(set_aside(project)) == 1


async def test_starting_over_beside_another_wizard_is_refused(
    project: Path, sandbox: RunningSandbox
) -> None:
    write(project, under_way(create_app=StepStatus.FAILED))
    async with driven(project, sandbox, in_sandbox=False) as driver:
        await driver.reach(WelcomeScreen)
        with ProjectLock(ProjectPaths(project)):
            await take(driver, "over")
            await driver.reads("Another setup is running in")
        assert "resume" in ways(driver)


@pytest.mark.parametrize("in_sandbox", [True, False])
async def test_resuming_waits_for_another_wizard_to_end(
    project: Path, sandbox: RunningSandbox, in_sandbox: bool
) -> None:
    """As after a page was reloaded, or a terminal closed: the first one still stops."""
    write(project, under_way(sandbox.host, create_app=StepStatus.FAILED))
    async with driven(project, sandbox, in_sandbox=in_sandbox) as driver:
        with ProjectLock(ProjectPaths(project)):
            await take(driver, "resume")
            await driver.reads("Another setup is running in")
            await driver.reads("This goes on as soon as it has ended.")
            await driver.press("escape")
            await driver.reach(WelcomeScreen)
            await take(driver, "resume")
            await driver.reads("This goes on as soon as it has ended.")
        await driver.until(lambda: driver.flow.is_open, "the project opened")
        await driver.until(lambda: driver.shown != "SignInScreen", "the next screen")


@pytest.mark.parametrize("content", ["", "[]", '{"steps": 3}', "\x00", '{"steps": {'])
async def test_a_progress_file_that_cannot_be_read_is_named(
    project: Path, sandbox: RunningSandbox, content: str
) -> None:
    ProjectPaths(project).progress.write_text(content)
    async with driven(project, sandbox, in_sandbox=False, size=(80, 24)) as driver:
        await driver.reads("It will be set aside, never overwritten.")
        assert ways(driver) == ["workspace", "sandbox", "quit"]


async def test_resuming_goes_to_the_workspace_of_the_setup(
    project: Path, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    """Also where it runs on this machine: a profile names it, so no other sandbox is started. And
    where another profile is the default; nothing needs to be asked."""
    write(project, under_way(sandbox.host, validate_prerequisites=StepStatus.COMPLETED))
    config_file = tmp_path / "databrickscfg"
    sections = sandbox.config_file.read_text().replace("[DEFAULT]", "[ours]")
    config_file.write_text(f"{sections}\n[DEFAULT]\nhost = {HOST}\ntoken = dapi0\n")
    environ = {"DATABRICKS_CONFIG_FILE": str(config_file)}
    async with driven(project, sandbox, in_sandbox=False, environ=environ) as driver:
        await take(driver, "resume")
        await driver.until(lambda: driver.flow.is_open, "the project opened")
        assert driver.flow.sign_in is not None
        assert driver.flow.sign_in.host == sandbox.host
        assert not driver.flow.sandbox


async def test_resuming_without_a_profile_for_it_starts_the_sandbox(
    project: Path, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    write(project, under_way(sandbox.host, validate_prerequisites=StepStatus.COMPLETED))
    environ = {"DATABRICKS_CONFIG_FILE": str(tmp_path / "none")}
    async with driven(project, sandbox, in_sandbox=False, environ=environ) as driver:
        await take(driver, "resume")
        await driver.until(lambda: driver.flow.is_open, "the project opened")
        assert driver.flow.sandbox


async def test_another_workspace_is_asked_for(project: Path, sandbox: RunningSandbox) -> None:
    async with driven(project, sandbox, in_sandbox=False) as driver:
        await take(driver, "workspace")
        await driver.reach(SignInScreen)
        await driver.reads("you@sandbox.local")
        await driver.press("enter")
        await driver.reach(ModeScreen)
