"""The quick way to a run: notebooks only, with a project that has nothing to install."""

from __future__ import annotations

from textual.widgets import OptionList

from screens.app_name import AppNameScreen
from screens.catalog import CatalogScreen
from screens.done import DoneScreen
from screens.mode import ModeScreen
from screens.model import ModelScreen
from screens.preview import PreviewScreen
from screens.progress import ProgressScreen
from screens.schema import SchemaScreen
from screens.welcome import WelcomeScreen
from tests.screens.driving import Driver

MISSING = "the file named good is missing"
"""The last words of the small project's script before that file is made."""
NO_ALIAS = "has no alias"
"""Why the last step fails: the small project's script loads no prompt."""


def answers(name: str) -> dict[str, str]:
    """Names of the test's own, since tests of a file share a workspace."""
    return {"mode": "notebook_only", "schema": name.replace("-", "_"), "app_name": name}


def ways(driver: Driver) -> list[str]:
    """What the first screen offers."""
    options = driver.wizard.screen.query_one("#ways", OptionList).options
    return [str(option.id) for option in options]


async def to_plan(driver: Driver) -> PreviewScreen:
    """From the start, every suggestion taken."""
    await driver.reach(WelcomeScreen)
    for screen in (ModeScreen, CatalogScreen, SchemaScreen, AppNameScreen, ModelScreen):
        await driver.press("enter")
        await driver.reach(screen)
    await driver.press("enter")
    preview = await driver.reach(PreviewScreen)
    await driver.until(lambda: driver.flow.plan is not None, "the plan")
    return preview


async def to_progress(driver: Driver) -> ProgressScreen:
    await to_plan(driver)
    await driver.press("enter")
    return await driver.reach(ProgressScreen)


async def to_done(driver: Driver) -> DoneScreen:
    """The project's file named good is there; the last step is left out."""
    await to_progress(driver)
    await driver.reads(NO_ALIAS)
    await driver.press("s")
    return await driver.reach(DoneScreen)
