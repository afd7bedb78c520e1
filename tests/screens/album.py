"""Pictures of the screens: SVG of what a terminal would show, without what changes between runs.

They live in docs/pictures, where docs/screens.md shows them. After a change that is meant to be
seen: `uv run pytest tests/screens/test_pictures.py --snapshot-update`, then look at each that
changed before it is committed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.image import SVGImageSnapshotExtension

from tests.sandbox.running import ROOT
from tests.screens.driving import Driver

PAUSE_SECONDS = 0.3
SIZES = ((80, 24), (120, 40))
_FONT_FACES = re.compile(r"@font-face \{.*?\}\n?", re.DOTALL)
_TIME = re.compile(r"\d{4}-\d\d-\d\d(&#160;| )\d\d:\d\d:\d\d")
_SESSION = re.compile(r"\d{8}_\d{6}_[0-9a-f]{4}")
_PORT = re.compile(r"127\.0\.0\.1:\d{5}")


class Picture(SVGImageSnapshotExtension):
    """A file for each picture, named by the test and not after it."""

    @classmethod
    def dirname(cls, *, test_location: Any) -> str:
        del test_location
        return str(ROOT / "docs/pictures")

    @classmethod
    def get_snapshot_name(cls, *, test_location: Any, index: int | str = 0) -> str:
        del test_location
        return str(index)


@dataclass
class Album:
    driver: Driver
    snapshot: SnapshotAssertion
    themes: dict[str, str]
    """The look's name in the file's name, and the theme."""

    async def take(self, name: str) -> None:
        """The screen on top in each size and each look; afterwards it is as it was."""
        wizard, pilot = self.driver.wizard, self.driver.pilot
        size, theme = wizard.size, wizard.theme
        for columns, rows in SIZES:
            await pilot.resize_terminal(columns, rows)
            for look, of_look in self.themes.items():
                wizard.theme = of_look
                picture = f"{name}-{columns}x{rows}-{look}"
                shown = await self._at_rest(name)
                assert shown == self.snapshot(name=picture, extension_class=Picture)
        wizard.theme = theme
        await pilot.resize_terminal(*size)
        await pilot.pause()

    async def _at_rest(self, name: str) -> str:
        """The picture once it stays the same for as long as the slowest timer of a screen."""
        last = ""
        while True:
            await self.driver.pilot.pause(PAUSE_SECONDS)
            shown = _steady(self.driver.wizard.export_screenshot(title=name, simplify=True))
            if shown == last:
                return shown
            last = shown


def _steady(svg: str) -> str:
    """The same for the same screen: no port, time or session of this run, no name that counts what
    is drawn, and no fonts from elsewhere."""
    svg = _PORT.sub("127.0.0.1:50000", _FONT_FACES.sub("", svg))
    svg = _TIME.sub(r"2026-01-01\g<1>12:00:00", svg)
    svg = _SESSION.sub("20260101_120000_0000", svg)
    return re.sub(r"terminal-\d+", "terminal", svg)


def stop_clocks(patch: pytest.MonkeyPatch) -> None:
    """Every step takes no time, so that pictures do not tell how fast this machine is."""

    class Stopped:
        @staticmethod
        def monotonic() -> float:
            return 0.0

        @staticmethod
        def time() -> float:
            return 0.0

    for module in (
        "services.engine",
        "services.environment_detector",
        "screens.run_view",
        "screens.widgets.timeline",
    ):
        patch.setattr(f"{module}.time", Stopped)
