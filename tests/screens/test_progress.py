"""The run: what fails is told on top, retried, left out; what is left out is said at the end."""

from __future__ import annotations

from pathlib import Path

from screens.confirm import Confirm
from screens.done import DoneScreen
from screens.progress import ProgressScreen
from screens.roll_back import RollBackScreen
from screens.welcome import WelcomeScreen
from screens.widgets.step_list import StepList
from screens.widgets.step_log import StepLog
from services.vocabulary import StepId
from tests.sandbox.running import RunningSandbox
from tests.screens.driving import driven
from tests.screens.notebooks import MISSING, NO_ALIAS, answers, to_progress, ways


async def test_a_failure_is_told_retried_and_left_out(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox, answers=answers("left-out")) as driver:
        await to_progress(driver)
        await driver.reads(MISSING)
        await driver.reads("Mend the cause, then retry")
        await driver.reads("(free; f follows)")
        assert driver.wizard.screen.query_one(StepList).step is StepId.LOAD_SAMPLE_DATA
        # What the script wrote is text, not markup.
        await driver.reads("[bold]a line that is no markup[/]")
        await driver.press("slash", *"markup", "enter")
        assert driver.wizard.focused is driver.wizard.screen.query_one(StepLog)
        await driver.reads("Found in 2 lines; n and N move.")
        # Escape closes the search first, wherever the keys are, and does not leave.
        await driver.press("escape")
        assert not driver.wizard.screen.query_one("#search").display
        assert driver.shown == "ProgressScreen"
        await driver.press("t")
        await driver.reads("0.0 s")
        await driver.press("t")
        (project / "good").touch()
        await driver.press("r")
        await driver.reads(NO_ALIAS)
        await driver.press("s")
        await driver.reach(DoneScreen)
        await driver.reads("Setup completed; left out: Test end to end.")
        assert driver.flow.exit_code == 0


async def test_what_was_made_is_removed_from_the_end(
    project: Path, sandbox: RunningSandbox
) -> None:
    (project / "good").touch()
    async with driven(project, sandbox, answers=answers("taken-back")) as driver:
        await to_progress(driver)
        await driver.reads(NO_ALIAS)
        await driver.press("s")
        await driver.reach(DoneScreen)
        await driver.press("b")
        await driver.reach(RollBackScreen)
        await driver.reads("taken_back")
        await driver.press("enter")
        await driver.reach(Confirm)
        await driver.press("y")
        await driver.reads("0 failed. Escape leads back to the start.")
        await driver.press("escape")
        await driver.reach(WelcomeScreen)
        # Nothing of ours is left to take back, and what was asked for is done.
        await driver.until(lambda: ways(driver) == ["sandbox", "quit"], "no roll back")
        await driver.press("j", "enter")
    assert driver.wizard.return_value == 0
    left = [schema.name for schema in sandbox.client().schemas.list("workspace")]
    assert "taken_back" not in left


async def test_a_failed_setup_is_resumed_from_the_start(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox, answers=answers("resumed")) as driver:
        await to_progress(driver)
        await driver.reads(MISSING)
        await driver.press("escape")
    async with driven(project, sandbox) as driver:
        await driver.reach(WelcomeScreen)
        await driver.reads("A setup is under way")
        await driver.reads("Load sample data failed")
        (project / "good").touch()
        await driver.press("enter")
        await driver.reach(ProgressScreen)
        await driver.reads(NO_ALIAS)
        assert driver.flow.setup.session.config is not None
        assert driver.flow.setup.session.config.app_name == "resumed"
