"""The first line of every screen: where one is, and which workspace it is about."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from screens.flow import Flow


class Heading(Horizontal):
    def __init__(self, title: str, place: str, flow: Flow) -> None:
        super().__init__()
        self._title = title
        self._place = place
        self._flow = flow

    def compose(self) -> ComposeResult:
        place = f"  {self._place}" if self._place else ""
        yield Static(f"{self._title}{place}", id="heading-title", markup=False)
        yield Static(self._flow.place, id="heading-place", markup=False)

    def refresh_place(self) -> None:
        """The workspace became known while the screen was up."""
        self.query_one("#heading-place", Static).update(self._flow.place)
