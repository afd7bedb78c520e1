"""The real wizard under a Pilot: its project in a temporary folder, a real sandbox behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from app.sandbox_process import use_sandbox
from app.wizard import Wizard
from screens.flow import Flow, FlowStart
from tests.sandbox.running import RunningSandbox, environment

S = TypeVar("S", bound=Screen[Any])
PATIENCE_SECONDS = 120.0
FRAMES = "█▌▐▏│┃|"
"""What stands at the edge of a panel, between the words of its lines."""


@dataclass
class Driver:
    """Presses keys and waits for what a person would wait for."""

    pilot: Pilot[int]
    wizard: Wizard

    @property
    def flow(self) -> Flow:
        return self.wizard.flow

    @property
    def shown(self) -> str:
        """The name of the screen on top."""
        return type(self.wizard.screen).__name__

    @property
    def copied(self) -> str:
        """What was last put into the clipboard."""
        return self.wizard.clipboard

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds; no timing is judged, a deadline only ends a broken test."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_SECONDS
        while not holds():
            assert loop.time() < deadline, f"{what} did not come; {self.shown}:\n{self.text()}"
            await self.pilot.pause(0.02)
        await self.pilot.pause()

    async def reach(self, screen: type[S]) -> S:
        """Wait for a screen to be on top; the screen."""
        await self.until(lambda: isinstance(self.wizard.screen, screen), screen.__name__)
        return cast("S", self.wizard.screen)

    async def reads(self, text: str) -> None:
        """Wait until the screen on top shows this text, wherever its lines end."""

        def shown() -> bool:
            lines = self.text()
            return text in lines or text in " ".join(w for w in lines.split() if w not in FRAMES)

        await self.until(shown, repr(text))

    def text(self) -> str:
        """What the screen on top shows, line by line, as a terminal would have it."""
        lines = self.wizard.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage]
        return "\n".join(strip.text.rstrip() for strip in lines)

    def static(self, selector: str) -> str:
        return str(self.wizard.screen.query_one(selector, Static).content)


def small_project(folder: Path) -> Path:
    """A checkout of the demo's shape with nothing to install and a first script that can fail."""
    (folder / "setup").mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nname = "small"\nversion = "0"\n')
    script = (
        "import pathlib, sys\n"
        "print('[bold]a line that is no markup[/]')\n"
        "if not pathlib.Path('good').exists():\n"
        "    sys.exit('the file named good is missing')\n"
        'print(\'{"counts": {"prompts": 1}}\')\n'
    )
    (folder / "setup" / "1_load_prompts.py").write_text(script)
    notebooks = folder / "mlflow_demo" / "notebooks"
    notebooks.mkdir(parents=True)
    (notebooks / "0_demo_overview.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    return folder


@asynccontextmanager
async def driven(
    project: Path,
    sandbox: RunningSandbox,
    *,
    size: tuple[int, int] = (100, 30),
    answers: Mapping[str, str] | None = None,
    in_sandbox: bool = True,
    environ: Mapping[str, str] | None = None,
    resume: bool = False,
    own_sandbox: bool = False,
) -> AsyncGenerator[Driver]:
    """The wizard as --sandbox has it (or in a workspace, with the sandbox's profiles).

    `sandbox` runs already, so that it need not be started each time; with `own_sandbox` the wizard
    starts one as it does for a person.
    """
    given = environment({"LANG": "C.UTF-8", "LC_ALL": "", **(environ or {})})
    if not in_sandbox:
        given.setdefault("DATABRICKS_CONFIG_FILE", str(sandbox.config_file))

    async def start_sandbox(on_line: Callable[[str], None]) -> None:
        on_line(f"The sandbox workspace is at {sandbox.host}")
        given["DATABRICKS_CONFIG_FILE"] = str(sandbox.config_file)

    start = FlowStart(
        project=project,
        environ=given,
        start_sandbox=partial(use_sandbox, environ=given) if own_sandbox else start_sandbox,
        answers=answers or {},
        sandbox=in_sandbox,
        resume=resume,
    )
    wizard = Wizard(Flow(start))
    async with wizard.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        try:
            yield Driver(pilot, wizard)
        finally:
            await wizard.flow.close()
