"""What only somebody with other rights can do: shown over the plan and over the run."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from screens.catalog import CatalogScreen
from screens.help import HelpScreen
from screens.manual import ManualScreen
from screens.preview import PreviewScreen
from screens.progress import ProgressScreen
from services.vocabulary import StepId, StepStatus
from tests.sandbox.running import RunningSandbox
from tests.screens.conftest import Scenario
from tests.screens.driving import Driver, driven
from tests.screens.notebooks import answers, to_plan
from tests.services.trouble import fault, trouble

STATEMENT = "GRANT USE CATALOG, CREATE SCHEMA ON CATALOG `main` TO `you@sandbox.local`;"


@pytest.fixture
def locked_down(scenario: Scenario) -> Generator[RunningSandbox]:
    """Where the person may for now create a schema in main."""
    sandbox = scenario("locked-down")
    change(sandbox, add=["USE_CATALOG", "CREATE_SCHEMA"])
    yield sandbox
    change(sandbox, remove=["USE_CATALOG", "CREATE_SCHEMA"])


def change(sandbox: RunningSandbox, **privileges: list[str]) -> None:
    """What an admin gives the person on main, or takes back."""
    change_on(sandbox, "main", "you@sandbox.local", **privileges)


def change_on(
    sandbox: RunningSandbox, catalog: str, principal: str, **privileges: list[str]
) -> None:
    with sandbox.http(sandbox.token_of("admin@sandbox.local")) as admin:
        body = {"changes": [{"principal": principal, **privileges}]}
        answer = admin.patch(f"/api/2.1/unity-catalog/permissions/catalog/{catalog}", json=body)
        answer.raise_for_status()


async def to_manual(driver: Driver, sandbox: RunningSandbox) -> ManualScreen:
    """The right is taken away while the plan is looked at."""
    await to_plan(driver)
    change(sandbox, remove=["CREATE_SCHEMA"])
    await driver.press("r")
    return await driver.reach(ManualScreen)


async def test_a_right_taken_away_is_asked_for_over_the_plan(
    project: Path, locked_down: RunningSandbox
) -> None:
    async with driven(project, locked_down, answers=answers("asked-for"), size=(80, 24)) as driver:
        await to_manual(driver, locked_down)
        await driver.reads("You may not create a schema in the catalog main.")
        await driver.reads(STATEMENT)
        assert "Skip" not in driver.text()
        await driver.press("y")
        assert driver.copied == STATEMENT
        await driver.press("enter")
        await driver.reads("Looked: it does not hold yet.")
        await driver.press("question_mark")
        await driver.reach(HelpScreen)
        await driver.reads("It is done: look whether it is.")
        await driver.reads("Press the highlighted button")
        await driver.press("escape")
        await driver.reach(ManualScreen)
        change(locked_down, add=["CREATE_SCHEMA"])
        await driver.press("enter")
        await driver.reach(PreviewScreen)
        await driver.reads("schema main.asked_for")
        # /Shared is closed here, so the experiment of the given name goes elsewhere.
        assert driver.flow.value("experiment_path") == "/Users/you@sandbox.local/asked-for"


async def test_stopping_there_leads_back_to_the_plan_where_another_answer_helps(
    project: Path, locked_down: RunningSandbox
) -> None:
    async with driven(project, locked_down, answers=answers("stopped-at")) as driver:
        await to_manual(driver, locked_down)
        await driver.press("escape")
        await driver.reach(PreviewScreen)
        await driver.reads("Stopped at a manual step.")
        await driver.press("2")
        await driver.reach(CatalogScreen)
        await driver.reads("none usable")


async def test_a_stop_while_it_looks_counts_once_it_has_looked(
    project: Path, locked_down: RunningSandbox
) -> None:
    async with driven(project, locked_down, answers=answers("stopped-looking")) as driver:
        await to_manual(driver, locked_down)
        slow = fault("GET /api/2.1/unity-catalog/catalogs/main", latency_ms=500)
        with trouble(locked_down, slow):
            await driver.press("enter", "escape")
            await driver.reads("it stops here unless it is")
            await driver.reach(PreviewScreen)
        await driver.reads("Stopped at a manual step.")


async def test_a_grant_for_the_app_may_be_left_out_and_is_named(
    project: Path, scenario: Scenario
) -> None:
    """In a catalog one may build in and not grant on, while other steps go on."""
    given = {
        "mode": "full_deployment",
        "catalog": "supply_test_0337",
        "schema": "by_hand",
        "app_name": "by-hand",
    }
    sandbox = scenario("enterprise")
    change_on(sandbox, given["catalog"], "account users", remove=["USE_CATALOG"])
    async with driven(project, sandbox, answers=given) as driver:
        await to_plan(driver)
        await driver.press("enter")
        await driver.reach(ManualScreen)
        await driver.reads("Grant permissions needs a person")
        await driver.reads("Grant USE_CATALOG on supply_test_0337")
        await driver.press("y")
        assert driver.copied.startswith("GRANT USE CATALOG ON CATALOG `supply_test_0337` TO `")
        await driver.press("s")
        await driver.reach(ProgressScreen)
        await driver.until(lambda: not driver.flow.running, "the end of the run")
        snapshot = driver.flow.setup.session.tracker.snapshot
        assert snapshot.steps[StepId.SETUP_PERMISSIONS].status is StepStatus.COMPLETED
        assert driver.flow.result is not None
        assert driver.flow.result.left_out == ("Grant USE_CATALOG on supply_test_0337",)
