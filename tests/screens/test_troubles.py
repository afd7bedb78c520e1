"""Lists that cannot be read, rows that may not be chosen, and a sandbox that does not start."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.apps import App, AppAccessControlRequest, AppPermissionLevel

from screens.app_name import AppNameScreen
from screens.catalog import CatalogScreen
from screens.mode import ModeScreen
from screens.model import ModelScreen
from screens.picker import PickerScreen
from screens.preview import PreviewScreen
from screens.rows import RowState
from screens.schema import SchemaScreen
from screens.sign_in import SignInScreen
from screens.widgets.resource_list import ResourceList
from tests.sandbox.running import ROOT, RunningSandbox, environment
from tests.screens.driving import Driver, driven
from tests.services.trouble import fault, trouble

LISTS: tuple[tuple[type[PickerScreen], str], ...] = (
    (CatalogScreen, "GET /api/2.1/unity-catalog/catalogs"),
    (SchemaScreen, "GET /api/2.1/unity-catalog/schemas"),
    (AppNameScreen, "GET /api/2.0/apps"),
    (ModelScreen, "GET /api/2.0/serving-endpoints"),
)
REFUSED = "Not [b]today[/b]"


async def test_a_list_that_cannot_be_read_says_so_and_is_read_again(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox, size=(80, 24)) as driver:
        await driver.press("enter")
        await driver.reach(ModeScreen)
        for screen, request in LISTS:
            await driver.press("enter")
            await driver.reach(screen)
            await filled(driver)
            with trouble(sandbox, fault(request, status=403, message=REFUSED)):
                await driver.press("r")
                await driver.reads(REFUSED)
                # Nothing is waited for any more, and the list says what to do.
                await driver.reads("The list could not be read. r looks again, / takes a name.")
                rows = driver.wizard.screen.query_one(ResourceList).rows
                assert [row for row in rows if row.state is RowState.CHECKING] == []
            await driver.press("r")
            await filled(driver)
            assert REFUSED not in driver.text()
        await driver.press("enter")
        await driver.reach(PreviewScreen)


async def filled(driver: Driver) -> None:
    """Wait for the whole list."""

    def whole() -> bool:
        told = driver.static("#state")
        return "usable" in told and "being checked" not in told and "looking" not in told

    await driver.until(whole, "the whole list")


@pytest.fixture
def no_sandbox(tmp_path: Path) -> Generator[Path]:
    """A file where the wizard's own sandbox would keep its state; what is started is stopped."""
    state = tmp_path / "state"
    state.write_text("a file where a folder has to be")
    yield state
    stop = [sys.executable, "-m", "sandbox", "stop"]
    subprocess.run(stop, cwd=ROOT, env=environment(own_state(state)), check=True)


def own_state(state: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(state), "SANDBOX_STATE_DIR": ""}


async def test_a_sandbox_that_does_not_start_says_why_and_is_started_again(
    project: Path, sandbox: RunningSandbox, no_sandbox: Path
) -> None:
    environ = own_state(no_sandbox)
    async with driven(project, sandbox, environ=environ, size=(80, 24), own_sandbox=True) as driver:
        await driver.press("enter")
        await driver.reach(SignInScreen)
        await driver.reads("The sandbox workspace did not start: The state directory")
        await driver.reads("cannot be used (Not a directory)")
        await asyncio.to_thread(no_sandbox.unlink)
        await driver.press("r")
        await driver.reach(ModeScreen)
        assert driver.flow.sign_in is not None
        assert driver.flow.sign_in.host != sandbox.host


@pytest.fixture
def anothers(sandbox: RunningSandbox) -> Generator[WorkspaceClient]:
    """A schema and an app that somebody else made, taken away afterwards."""
    admin = sandbox.client_of("admin@sandbox.local")
    admin.schemas.create("anothers", "workspace")
    admin.apps.create(App("anothers-app"), no_compute=True)
    yield admin
    admin.apps.delete("anothers-app")
    admin.schemas.delete("workspace.anothers")


def allow(admin: WorkspaceClient) -> None:
    """The person may open the other's app."""
    entry = AppAccessControlRequest(
        user_name="you@sandbox.local", permission_level=AppPermissionLevel.CAN_USE
    )
    admin.apps.update_permissions("anothers-app", access_control_list=[entry])


async def test_what_is_anothers_says_why_and_whom_to_ask(
    project: Path, sandbox: RunningSandbox, anothers: WorkspaceClient
) -> None:
    async with driven(project, sandbox, size=(80, 24)) as driver:
        await driver.press("enter")
        await driver.reach(ModeScreen)
        await driver.press("enter")
        await driver.reach(CatalogScreen)
        await driver.press("enter")
        await driver.reach(SchemaScreen)
        await filled(driver)
        await driver.press("slash", *"anothers")
        await driver.reads("You may not use it for the demo")
        await driver.press("enter")
        await driver.reads("anothers cannot be used. Choose another.")
        await driver.press("escape", "enter")
        await driver.reach(AppNameScreen)
        await filled(driver)
        await driver.press("slash", *"anothers-app")
        await driver.press("enter")
        await driver.reads("Somebody has an app anothers-app that you may not see.")
        assert driver.shown == "AppNameScreen"
        await driver.press("escape")
        # One that may be seen, and not managed.
        allow(anothers)
        await driver.press("r")
        await driver.until(lambda: "anothers-app" in driver.text(), "the app that may be seen")
        await filled(driver)
        await driver.press("slash", *"anothers-app")
        await driver.reads("You may not manage it. Ask admin@sandbox.local, or use a new name.")
        await driver.press("enter")
        await driver.reads("anothers-app cannot be used. Choose another.")
