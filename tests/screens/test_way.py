"""The way through the questions by keys alone: forward, back, with nothing lost."""

from __future__ import annotations

from pathlib import Path

from textual.events import AppBlur, AppFocus

from screens.app_name import AppNameScreen
from screens.catalog import CatalogScreen
from screens.help import HelpScreen
from screens.mode import ModeScreen
from screens.model import ModelScreen
from screens.preview import PreviewScreen
from screens.schema import SchemaScreen
from screens.welcome import WelcomeScreen
from screens.widgets.resource_list import ResourceList
from services.errors import SetupError
from services.progress_file import read_status
from tests.sandbox.running import RunningSandbox
from tests.screens.driving import Driver, driven


async def to_preview(driver: Driver) -> PreviewScreen:
    """Enter all the way: every default is taken."""
    await driver.reach(WelcomeScreen)
    for screen in (ModeScreen, CatalogScreen, SchemaScreen, AppNameScreen, ModelScreen):
        await driver.press("enter")
        await driver.reach(screen)
        if screen is not ModeScreen:
            await driver.until(lambda: "being checked" not in driver.static("#state"), "the list")
    await driver.press("enter")
    preview = await driver.reach(PreviewScreen)
    await driver.until(lambda: driver.flow.plan is not None, "the plan")
    return preview


async def test_enter_takes_every_default_to_the_plan(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox) as driver:
        await to_preview(driver)
        await driver.reads("create 5")
        plan = driver.flow.plan
        assert plan is not None
        assert plan.config.catalog == "workspace"
        assert plan.config.mode.value == "full_deployment"


async def test_escape_goes_back_and_loses_nothing(project: Path, sandbox: RunningSandbox) -> None:
    async with driven(project, sandbox) as driver:
        await driver.press("enter")
        await driver.reach(ModeScreen)
        await driver.press("right", "enter")
        await driver.reach(CatalogScreen)
        await driver.press("escape")
        await driver.reach(ModeScreen)
        assert driver.flow.value("mode") == "notebook_only"
        assert driver.wizard.focused is not None
        assert driver.wizard.focused.id == "mode-notebook_only"
        await driver.press("enter")
        await driver.reach(CatalogScreen)


async def test_answers_survive_leaving(project: Path, sandbox: RunningSandbox) -> None:
    async with driven(project, sandbox) as driver:
        await driver.press("enter")
        await driver.reach(ModeScreen)
        await driver.press("right", "enter")
        await driver.reach(CatalogScreen)
    async with driven(project, sandbox) as driver:
        await driver.reach(WelcomeScreen)
        await driver.reads("2 of 15 steps done")
        await driver.press("enter")
        preview = await driver.reach(PreviewScreen)
        await driver.until(lambda: driver.flow.plan is not None, "the plan")
        assert driver.flow.value("mode") == "notebook_only"
        assert preview.flow.plan is not None


async def test_an_answer_is_changed_from_the_plan(project: Path, sandbox: RunningSandbox) -> None:
    async with driven(project, sandbox) as driver:
        await to_preview(driver)
        await driver.press("3")
        await driver.reach(SchemaScreen)
        await driver.press("slash", *"my_own", "enter")
        await driver.reach(PreviewScreen)
        await driver.until(
            lambda: (
                driver.flow.plan is not None and driver.flow.plan.config.schema_name == "my_own"
            ),
            "the plan with the new schema",
        )
        await driver.reads("schema workspace.my_own")
        saved = read_status(driver.flow.paths)
        assert saved is not None
        assert saved.answers["schema"] == "my_own"


async def test_the_plan_is_exported(project: Path, sandbox: RunningSandbox) -> None:
    async with driven(project, sandbox) as driver:
        await to_preview(driver)
        await driver.press("e")
        markdown = project / ".setup_plan.md"
        await driver.until(markdown.exists, "the Markdown file")
        await driver.until((project / ".setup_plan.json").exists, "the JSON file")
        assert "| create | schema |" in markdown.read_text()


async def test_help_names_the_keys_of_the_screen(project: Path, sandbox: RunningSandbox) -> None:
    async with driven(project, sandbox) as driver:
        await to_preview(driver)
        await driver.press("question_mark")
        await driver.reach(HelpScreen)
        await driver.reads("Write the plan as Markdown and as JSON.")
        await driver.press("escape")
        await driver.reach(PreviewScreen)


async def test_a_small_terminal_says_what_it_needs(project: Path, sandbox: RunningSandbox) -> None:
    async with driven(project, sandbox, size=(60, 18)) as driver:
        await driver.reach(WelcomeScreen)
        await driver.reads("This needs a terminal of 70 by 20 or more.")
        await driver.pilot.resize_terminal(80, 24)
        await driver.reads("This sets up the MLflow GenAI demo")


async def test_a_terminal_made_smaller_and_larger_keeps_the_keys(
    project: Path, sandbox: RunningSandbox
) -> None:
    """Also beside a problem on top, which no style may bring back."""
    async with driven(project, sandbox) as driver:
        await driver.press("enter")
        await driver.reach(ModeScreen)
        await driver.press("enter")
        catalog = await driver.reach(CatalogScreen)
        catalog.problem(SetupError("Something failed.", "Do something."))
        await driver.reads("Something failed.")
        await driver.pilot.resize_terminal(60, 18)
        await driver.reads("Make it larger to go on.")
        assert "failed" not in driver.text()
        await driver.pilot.resize_terminal(80, 24)
        await driver.reads("Something failed.")
        assert driver.wizard.focused is catalog.query_one(ResourceList)


async def test_a_screen_that_opens_while_nobody_looks_has_the_keys(
    project: Path, sandbox: RunningSandbox
) -> None:
    """A terminal that tells of its focus sends these; so does a page of `--web`."""
    async with driven(project, sandbox) as driver:
        first = await driver.reach(WelcomeScreen)
        driver.wizard.post_message(AppBlur())
        await driver.pilot.pause()
        driver.wizard.push_screen(WelcomeScreen(driver.flow))
        await driver.until(lambda: driver.wizard.screen is not first, "the other screen")
        driver.wizard.post_message(AppFocus())
        await driver.press("enter")
        await driver.reach(ModeScreen)
