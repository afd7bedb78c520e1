"""Signing in: every profile is checked, what is wrong is told, and it can be mended meanwhile."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

import pytest

from screens.checks import ChecksScreen
from screens.profile_check import mend_command
from screens.sign_in import SignInScreen
from screens.widgets.problem import ProblemPanel
from screens.widgets.resource_list import ResourceList
from tests.sandbox.running import RunningSandbox
from tests.screens.driving import Driver, driven

WRONG = "dapi" + "0" * 32


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    return tmp_path / "databrickscfg"


@pytest.fixture
def environ(config_file: Path) -> dict[str, str]:
    return {"DATABRICKS_CONFIG_FILE": str(config_file)}


def write(config_file: Path, text: str) -> None:
    config_file.write_text(text)


def profile(name: str, sandbox: RunningSandbox, token: str = "") -> str:
    """A section of the config file; with a token that works unless another one is given."""
    if not token:
        good = ConfigParser()
        good.read(sandbox.config_file)
        token = good["pat"]["token"]
    return f"[{name}]\nhost = {sandbox.host}\ntoken = {token}\n"


def a_program(path: Path) -> Path:
    path.parent.mkdir()
    path.touch(0o755)
    return path


async def to_sign_in(driver: Driver) -> SignInScreen:
    await driver.press("enter")
    screen = await driver.reach(SignInScreen)
    await all_checked(driver)
    return screen


async def all_checked(driver: Driver) -> None:
    rows = driver.wizard.screen.query_one(ResourceList)
    problem = driver.wizard.screen.query_one(ProblemPanel)
    await driver.until(
        lambda: (
            problem.has_class("-shown")
            or (bool(rows.rows) and all(row.note != "checking" for row in rows.rows))
        ),
        "what became of each profile",
    )


async def highlight(driver: Driver, name: str) -> None:
    rows = driver.wizard.screen.query_one(ResourceList)
    while rows.row is None or rows.row.key != name:
        assert rows.cursor < len(rows.rows) - 1, name
        await driver.press("j")


async def test_each_profile_is_checked_and_what_is_wrong_is_told(
    project: Path, sandbox: RunningSandbox, config_file: Path, environ: dict[str, str]
) -> None:
    write(
        config_file,
        profile("a-first", sandbox)
        + profile("expired", sandbox, WRONG)
        + "[no-host]\ntoken = x\n"
        + "[unsafe]\nhost = http://workspace.example.com\ntoken = x\n"
        + profile("DEFAULT", sandbox),
    )
    async with driven(project, sandbox, in_sandbox=False, environ=environ, size=(80, 24)) as driver:
        await to_sign_in(driver)
        # What can be used comes first, DEFAULT before all.
        rows = driver.wizard.screen.query_one(ResourceList)
        assert [row.key for row in rows.rows[:2]] == ["DEFAULT", "a-first"]
        assert rows.row is not None
        assert (rows.row.key, rows.row.suggested) == ("DEFAULT", True)
        await driver.reads(f"you@sandbox.local at {sandbox.host}, by profile DEFAULT")
        for name, told, command in (
            (
                "expired",
                "cannot sign in",
                f"databricks auth login --host {sandbox.host} --profile expired",
            ),
            ("no-host", "names no host", "databricks auth login --profile no-host"),
            ("unsafe", "unencrypted", "databricks auth login --profile unsafe"),
        ):
            await highlight(driver, name)
            await driver.reads(told)
            await driver.press("y")
            assert driver.copied == command
            await driver.press("enter")
            await driver.reads(f"{name} cannot sign in.")
            assert driver.shown == "SignInScreen"
        assert WRONG not in driver.text()


async def test_without_a_config_file_the_first_command_is_told_and_then_it_goes_on(
    project: Path, sandbox: RunningSandbox, config_file: Path, environ: dict[str, str]
) -> None:
    async with driven(project, sandbox, in_sandbox=False, environ=environ) as driver:
        await to_sign_in(driver)
        await driver.reads("There is no sign-in to a workspace")
        await driver.press("y")
        assert driver.copied == "databricks auth login --profile DEFAULT"
        write(config_file, profile("DEFAULT", sandbox))
        await driver.press("r")
        await driver.reads("you@sandbox.local")
        assert not driver.wizard.screen.query_one(ProblemPanel).has_class("-shown")
        await driver.press("enter")
        await driver.reach(ChecksScreen)
        assert driver.flow.sign_in is not None
        assert driver.flow.sign_in.profile == "DEFAULT"


async def test_a_mended_profile_is_looked_at_again_and_one_that_left_goes(
    project: Path, sandbox: RunningSandbox, config_file: Path, environ: dict[str, str]
) -> None:
    write(config_file, profile("DEFAULT", sandbox, WRONG) + profile("other", sandbox, WRONG))
    async with driven(project, sandbox, in_sandbox=False, environ=environ) as driver:
        await to_sign_in(driver)
        await driver.press("enter")
        await driver.reads("DEFAULT cannot sign in.")
        write(config_file, profile("DEFAULT", sandbox))
        await driver.press("r")
        await driver.reads("you@sandbox.local")
        assert [r.key for r in driver.wizard.screen.query_one(ResourceList).rows] == ["DEFAULT"]
        await driver.press("enter")
        await driver.reach(ChecksScreen)


async def test_a_broken_config_file_is_named_and_can_be_mended(
    project: Path, sandbox: RunningSandbox, config_file: Path, environ: dict[str, str]
) -> None:
    write(config_file, f"[DEFAULT]\n{WRONG}\n")
    async with driven(project, sandbox, in_sandbox=False, environ=environ) as driver:
        await to_sign_in(driver)
        await driver.reads("cannot be read at line 2")
        assert WRONG not in driver.text()
        await driver.press("y")
        assert driver.copied == "databricks auth login --profile DEFAULT"
        write(config_file, profile("DEFAULT", sandbox))
        await driver.press("r")
        await driver.reads("you@sandbox.local")


async def test_where_no_terminal_can_be_lent_the_login_is_told(
    project: Path,
    sandbox: RunningSandbox,
    tmp_path: Path,
    config_file: Path,
    environ: dict[str, str],
) -> None:
    """As in a browser: there the CLI cannot ask its questions."""
    program = a_program(tmp_path / "bin" / "databricks")
    environ["PATH"] = str(program.parent)
    write(config_file, profile("expired", sandbox, WRONG))
    async with driven(project, sandbox, in_sandbox=False, environ=environ) as driver:
        await to_sign_in(driver)
        await driver.press("l")
        await driver.reads("In a terminal, run: databricks")
        assert driver.shown == "SignInScreen"


@pytest.mark.parametrize(
    ("advice", "command"),
    [
        ("Run: a --profile X. Without a workspace, do.", "a --profile X"),
        ("Run: a --host https://b.c.d --profile X", "a --host https://b.c.d --profile X"),
        ("Run: a --profile x.y.", "a --profile x.y"),
        ("Run: a --profile X, or start with b.", "a --profile X"),
        ("Run: a --profile X (or put a token into [X]).", "a --profile X"),
        ("Move it away and run: a b; then c.", "a b"),
        ("It is wrong.\nRun: a b\nThen start.", "a b"),
        ("Correct the file.", ""),
    ],
)
def test_the_command_ends_where_its_sentence_goes_on(advice: str, command: str) -> None:
    assert mend_command(advice) == command
