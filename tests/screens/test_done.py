"""The end of a setup: its link, its summary, and what can still be done from there."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from screens.confirm import Confirm
from screens.done import DoneScreen
from screens.roll_back import RollBackScreen
from tests.sandbox.running import RunningSandbox
from tests.screens.driving import Driver, driven
from tests.screens.notebooks import answers, to_done


@asynccontextmanager
async def done(project: Path, sandbox: RunningSandbox, name: str) -> AsyncGenerator[Driver]:
    (project / "good").touch()
    async with driven(project, sandbox, answers=answers(name), size=(80, 24)) as driver:
        await to_done(driver)
        yield driver


async def test_the_link_is_copied_and_opened_and_what_was_made_is_shown(
    project: Path, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with done(project, sandbox, "at-the-end") as driver:
        await driver.reads("Unity Catalog: workspace.at_the_end")
        await driver.reads("Open the demo notebook")
        await driver.press("y")
        link = driver.copied
        assert link.startswith(f"{sandbox.host}/#workspace/")
        assert link.endswith("/at-the-end/mlflow_demo/notebooks/0_demo_overview")
        opened: list[str] = []
        monkeypatch.setattr(driver.wizard, "open_url", opened.append)
        await driver.press("o")
        assert opened == [link]
        await driver.press("m")
        await driver.reads("What this setup made:")
        await driver.reads("workspace.at_the_end")
        # There is no app to stop: the key does nothing, and nothing names it.
        assert "Stop app" not in driver.text()
        await driver.press("x")
        assert driver.shown == "DoneScreen"
        await driver.press("enter")
    assert driver.wizard.return_value == 0


async def test_rolling_back_asks_first_and_no_leads_back(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with done(project, sandbox, "kept-after-all") as driver:
        await driver.press("b")
        await driver.reach(RollBackScreen)
        await driver.reads("kept_after_all")
        await driver.press("enter")
        await driver.reach(Confirm)
        await driver.reads("are removed for good")
        # Enter is No: what cannot be taken back is never one key away.
        await driver.press("enter")
        await driver.reach(RollBackScreen)
        await driver.press("escape")
        await driver.reach(DoneScreen)
    assert "kept_after_all" in [s.name for s in sandbox.client().schemas.list("workspace")]
