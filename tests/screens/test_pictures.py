"""How each screen looks: at 80x24 and 120x40, dark, light, and without colours."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from app.themes import DARK, LIGHT
from screens.app_name import AppNameScreen
from screens.catalog import CatalogScreen
from screens.checks import ChecksScreen
from screens.details import DetailsScreen
from screens.done import DoneScreen
from screens.help import HelpScreen
from screens.mode import ModeScreen
from screens.model import ModelScreen
from screens.preview import PreviewScreen
from screens.progress import ProgressScreen
from screens.roll_back import RollBackScreen
from screens.schema import SchemaScreen
from screens.sign_in import SignInScreen
from screens.welcome import WelcomeScreen
from tests.sandbox.running import RunningSandbox
from tests.screens.album import Album, stop_clocks
from tests.screens.conftest import Scenario
from tests.screens.driving import driven, small_project
from tests.screens.notebooks import answers
from tests.screens.test_manual import change, to_manual
from tests.screens.test_sign_in import write

# They lie in docs/pictures and not beside this file.
pytestmark = [
    pytest.mark.pictures,
    pytest.mark.filterwarnings("ignore:\\s*Can not relate snapshot:UserWarning"),
]
COLOURS = {"dark": DARK.name, "light": LIGHT.name}
PLAIN = {"no-color": DARK.name}


@pytest.fixture
def sandbox(scenario: Scenario) -> RunningSandbox:
    """One in which no other test made anything."""
    return scenario("default")


@pytest.fixture(params=["colours", "NO_COLOR"])
def looks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    stop_clocks(monkeypatch)
    if request.param == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")
        return PLAIN
    return COLOURS


async def test_the_questions_and_the_plan(
    project: Path, sandbox: RunningSandbox, looks: dict[str, str], snapshot: SnapshotAssertion
) -> None:
    async with driven(project, sandbox) as driver:
        album = Album(driver, snapshot, looks)
        await driver.reach(WelcomeScreen)
        await album.take("welcome")
        await driver.press("question_mark")
        await driver.reach(HelpScreen)
        await album.take("help")
        await driver.press("escape", "enter")
        await driver.reach(ModeScreen)
        await album.take("mode")
        for screen, name in (
            (CatalogScreen, "catalog"),
            (SchemaScreen, "schema"),
            (AppNameScreen, "app_name"),
            (ModelScreen, "model"),
        ):
            await driver.press("enter")
            await driver.reach(screen)
            await driver.until(
                lambda: not any(w in driver.static("#state") for w in ("checked", "looking")),
                "the whole list",
            )
            await album.take(name)
        await driver.press("enter")
        await driver.reach(PreviewScreen)
        await driver.until(lambda: driver.flow.plan is not None, "the plan")
        await album.take("preview")


async def test_the_run_and_its_end(
    project: Path, sandbox: RunningSandbox, looks: dict[str, str], snapshot: SnapshotAssertion
) -> None:
    # Each look has names of its own: both runs share a workspace.
    name = "plain" if looks is PLAIN else "coloured"
    answers = {"mode": "notebook_only", "schema": name, "app_name": name}
    async with driven(project, sandbox, answers=answers) as driver:
        album = Album(driver, snapshot, looks)
        await driver.press("enter")
        for screen in (ModeScreen, CatalogScreen, SchemaScreen, AppNameScreen, ModelScreen):
            await driver.reach(screen)
            await driver.press("enter")
        await driver.reach(PreviewScreen)
        await driver.until(lambda: driver.flow.plan is not None, "the plan")
        await driver.press("enter")
        await driver.reach(ProgressScreen)
        await driver.reads("Mend the cause, then retry")
        await driver.until(lambda: not driver.flow.running, "the end of the run")
        await album.take("failed")
        (project / "good").touch()
        await driver.press("r")
        # The small project loads no prompt, so the last step fails, and may be left out.
        await driver.reads("has no alias")
        await driver.press("s")
        await driver.reach(DoneScreen)
        await album.take("done")
        await driver.press("b")
        await driver.reach(RollBackScreen)
        await driver.reads(name)
        await album.take("roll_back")


@pytest.fixture
def config_file(sandbox: RunningSandbox) -> Generator[Path]:
    """The sandbox's, at a path that is as long in every run."""
    path = Path(tempfile.gettempdir(), "pictures.databrickscfg")
    path.write_text(sandbox.config_file.read_text())
    yield path
    path.unlink()


EXPIRED = "[expired]\nhost = {host}\ntoken = dapi" + "0" * 32 + "\n[no-host]\ntoken = x\n"


@pytest.mark.parametrize(("name", "profiles"), [("sign_in", ""), ("sign_in_failed", EXPIRED)])
async def test_who_signs_in(
    project: Path,
    sandbox: RunningSandbox,
    config_file: Path,
    looks: dict[str, str],
    snapshot: SnapshotAssertion,
    name: str,
    profiles: str,
) -> None:
    """With the sandbox's profiles, or with some that cannot."""
    if profiles:
        write(config_file, profiles.format(host=sandbox.host))
    environ = {"DATABRICKS_CONFIG_FILE": str(config_file)}
    async with driven(project, sandbox, in_sandbox=False, environ=environ) as driver:
        album = Album(driver, snapshot, looks)
        await driver.press("enter")
        await driver.reach(SignInScreen)
        await driver.until(lambda: "checking" not in driver.text().lower(), "each profile's state")
        await album.take(name)


async def test_a_tool_is_missing(
    monkeypatch: pytest.MonkeyPatch,
    project: Path,
    sandbox: RunningSandbox,
    config_file: Path,
    looks: dict[str, str],
    snapshot: SnapshotAssertion,
) -> None:
    environ = {
        "DATABRICKS_CONFIG_FILE": str(config_file),
        "HOME": "/nonexistent",
        "PATH": "/nonexistent",
        "AUTO_SETUP_UV": "",
        "AUTO_SETUP_BUN": "",
    }
    # Not this machine's.
    monkeypatch.setattr("services.tools.sys.executable", "/usr/bin/python3")
    monkeypatch.setattr("services.tools.platform.python_version", lambda: "3.12.4")
    async with driven(project, sandbox, in_sandbox=False, environ=environ) as driver:
        album = Album(driver, snapshot, looks)
        await driver.press("enter")
        await driver.reach(SignInScreen)
        await driver.reads("you@sandbox.local")
        await driver.press("enter")
        await driver.reach(ChecksScreen)
        await driver.reads("Missing:")
        await album.take("checks")


async def test_what_is_lacking(
    project: Path, scenario: Scenario, looks: dict[str, str], snapshot: SnapshotAssertion
) -> None:
    """In a workspace where nothing may be made; then the right that an admin gave is gone again."""
    sandbox = scenario("locked-down")
    async with driven(project, sandbox) as driver:
        album = Album(driver, snapshot, looks)
        await driver.press("enter")
        await driver.reach(ModeScreen)
        await album.take("mode_lacking")
        await driver.press("enter")
        await driver.reach(CatalogScreen)
        await driver.reads("none usable")
        await album.take("catalog_lacking")
    change(sandbox, add=["USE_CATALOG", "CREATE_SCHEMA"])
    project = small_project(project.parent / "another")
    async with driven(project, sandbox, answers=answers("lacking")) as driver:
        album = Album(driver, snapshot, looks)
        await to_manual(driver, sandbox)
        await album.take("manual")
        await driver.press("escape")
        await driver.reach(PreviewScreen)
        await album.take("preview_failed")
    change(sandbox, remove=["USE_CATALOG", "CREATE_SCHEMA"])
    async with driven(project, sandbox) as driver:
        album = Album(driver, snapshot, looks)
        await driver.reach(WelcomeScreen)
        await album.take("welcome_under_way")
        await driver.press("j", "enter")
        await driver.reach(DetailsScreen)
        await album.take("details")
