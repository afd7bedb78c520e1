"""The pickers: filtering, names that are not listed, and why a row cannot be chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens import picker
from screens.app_name import AppNameScreen
from screens.catalog import CatalogScreen
from screens.mode import ModeScreen
from screens.model import ModelScreen
from screens.schema import SchemaScreen
from screens.widgets.resource_list import ResourceList
from tests.sandbox.running import RunningSandbox
from tests.screens.conftest import Scenario
from tests.screens.driving import Driver, driven

LISTED_IN_ENTERPRISE = 1800
"""Of its 2,000 catalogs at least so many may be browsed; the others are not listed."""


async def to_catalog(driver: Driver) -> CatalogScreen:
    await driver.press("enter")
    await driver.reach(ModeScreen)
    await driver.press("enter")
    screen = await driver.reach(CatalogScreen)
    await driver.until(lambda: "being checked" not in driver.static("#state"), "all rights")
    return screen


def names(driver: Driver) -> list[str]:
    return [row.key for row in driver.wizard.screen.query_one(ResourceList).rows]


async def test_a_letter_starts_the_filter_and_escape_ends_it(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox) as driver:
        await to_catalog(driver)
        everything = names(driver)
        assert everything[0] == "workspace"
        await driver.press("s", "a")
        # Fuzzy: both hold an s and later an a. What can be used stays first, what is typed last.
        assert names(driver) == ["workspace", "samples", "sa"]
        await driver.press("escape")
        assert names(driver) == everything
        await driver.press("j")
        assert driver.wizard.screen.query_one(ResourceList).cursor == 1


async def test_enter_at_once_takes_the_suggestion(
    project: Path, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list is there with the screen: nobody waits for it to be drawn again."""
    monkeypatch.setattr(picker, "REDRAW_SECONDS", 3600.0)
    async with driven(project, sandbox) as driver:
        await driver.press("enter")
        await driver.reach(ModeScreen)
        await driver.press("enter")
        await driver.reach(CatalogScreen)
        await driver.press("enter")
        await driver.reach(SchemaScreen)
        assert driver.flow.value("catalog") == "workspace"


async def test_a_row_that_cannot_be_chosen_says_why(project: Path, sandbox: RunningSandbox) -> None:
    async with driven(project, sandbox) as driver:
        await to_catalog(driver)
        await driver.press(*"main")
        await driver.reads("You may not create a schema in it: no CREATE SCHEMA.")
        await driver.press("enter")
        await driver.reads("main cannot be used. Choose another.")
        assert driver.shown == "CatalogScreen"


async def test_a_new_catalog_needs_the_right_to_create_one(
    project: Path, scenario: Scenario
) -> None:
    async with driven(project, scenario("empty")) as driver:
        await to_catalog(driver)
        await driver.reads("none usable. y copies the request for an admin, r looks again.")
        await driver.press("slash", *"brandnew", "enter")
        await driver.reads("you may not create catalogs here")
        assert driver.shown == "CatalogScreen"


async def test_what_is_lacking_is_asked_of_an_admin_and_goes_on_once_granted(
    project: Path, scenario: Scenario
) -> None:
    sandbox = scenario("locked-down")
    grant = "/api/2.1/unity-catalog/permissions/catalog/main"
    privileges = ["USE_CATALOG", "CREATE_SCHEMA"]
    async with driven(project, sandbox) as driver:
        await to_catalog(driver)
        await driver.reads("none usable. y copies the request for an admin, r looks again.")
        # What an admin can change comes before what nobody can.
        assert names(driver)[0] == "main"
        await driver.press("y")
        statement = "GRANT USE CATALOG, CREATE SCHEMA ON CATALOG `main` TO `you@sandbox.local`;"
        assert driver.copied == statement
        with sandbox.http(sandbox.token_of("admin@sandbox.local")) as admin:
            change = {"principal": "you@sandbox.local", "add": privileges}
            admin.patch(grant, json={"changes": [change]}).raise_for_status()
        await driver.press("r")
        await driver.reads("may create schemas")
        await driver.press("enter")
        await driver.reach(SchemaScreen)
        # Nothing could be suggested while no catalog was usable.
        await driver.until(lambda: names(driver)[:1] == ["mlflow_demo"], "a schema")
        await driver.press("enter")
        await driver.reach(AppNameScreen)


async def test_where_catalogs_may_be_created_a_new_one_is_offered(
    project: Path, scenario: Scenario
) -> None:
    sandbox = scenario("empty")
    async with driven(project, sandbox) as driver:
        await to_catalog(driver)
        await driver.press("y")
        assert driver.copied == "GRANT CREATE CATALOG ON METASTORE TO `you@sandbox.local`;"
        metastore = sandbox.client().metastores.summary().metastore_id
        with sandbox.http(sandbox.token_of("admin@sandbox.local")) as admin:
            grant = f"/api/2.1/unity-catalog/permissions/metastore/{metastore}"
            change = {"principal": "you@sandbox.local", "add": ["CREATE_CATALOG"]}
            admin.patch(grant, json={"changes": [change]}).raise_for_status()
        await driver.press("r")
        await driver.reads("new, created for you")
        for screen in (SchemaScreen, AppNameScreen, ModelScreen):
            await driver.press("enter")
            await driver.reach(screen)
        await driver.reads("No chat endpoint is here")
        await driver.press("y")
        assert "you@sandbox.local a serving endpoint for chat" in driver.copied


async def test_what_is_chosen_is_proven_and_leaves_nothing_behind(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox) as driver:
        await to_catalog(driver)
        await driver.press("enter")
        await driver.reach(SchemaScreen)
        kinds = [(e.kind, e.state) for e in driver.flow.setup.session.ledger.entries]
        assert kinds == [("probe", "removed")]
    left = [schema.name or "" for schema in sandbox.client().schemas.list("workspace")]
    assert not [name for name in left if name.startswith("setup_probe")]


async def test_app_names_are_checked_as_they_are_typed(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox) as driver:
        await to_catalog(driver)
        await driver.press("enter")
        await driver.reach(SchemaScreen)
        await driver.press("enter")
        await driver.reach(AppNameScreen)
        await driver.press("slash", *"My_App")
        await driver.reads("try my-app")
        await driver.press("escape", "slash", *"my-own-app", "enter")
        await driver.reach(ModelScreen)
        assert driver.flow.value("app_name") == "my-own-app"
        assert driver.flow.value("experiment_path") == "/Shared/my-own-app"


async def test_a_model_is_tried(project: Path, sandbox: RunningSandbox) -> None:
    async with driven(project, sandbox) as driver:
        await to_catalog(driver)
        for screen in (SchemaScreen, AppNameScreen, ModelScreen):
            await driver.press("enter")
            await driver.reach(screen)
        await driver.reads("not ready")
        await driver.press("t")
        await driver.reads("answered in")


async def test_two_thousand_catalogs(project: Path, scenario: Scenario) -> None:
    """The list fills while it is checked; a filter finds one among all."""
    async with driven(project, scenario("enterprise")) as driver:
        await driver.press("enter")
        await driver.reach(ModeScreen)
        await driver.press("enter")
        await driver.reach(CatalogScreen)
        await driver.until(lambda: len(names(driver)) >= LISTED_IN_ENTERPRISE, "all catalogs")
        await driver.press("slash", *"zzz_nothing")
        await driver.until(lambda: names(driver) == ["zzz_nothing"], "the typed name alone")
        await driver.press("escape")
        await driver.until(lambda: len(names(driver)) >= LISTED_IN_ENTERPRISE, "all catalogs again")
        assert driver.wizard.screen.query_one(ResourceList).rows[0].suggested


async def test_without_apps_only_notebooks_can_be_chosen(project: Path, scenario: Scenario) -> None:
    async with driven(project, scenario("no-apps")) as driver:
        await driver.press("enter")
        await driver.reach(ModeScreen)
        assert driver.flow.value("mode") == "notebook_only"
        await driver.press("left", "enter")
        await driver.pilot.pause()
        assert driver.shown == "ModeScreen"
        await driver.press("right", "enter")
        await driver.reach(CatalogScreen)
