"""The fifteen steps: state, time, and what is going on now, several at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens import commands
from screens.durations import clock
from screens.glyphs import Glyphs
from screens.run_view import RunView
from services.vocabulary import STEP_TITLES, StepId, StepStatus

STEPS = tuple(StepId)


class StepList(ScrollView, can_focus=True):
    BINDINGS: ClassVar[list[BindingType]] = [
        commands.DOWN,
        commands.UP,
        commands.TOP,
        commands.BOTTOM,
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"step--{status.value}" for status in StepStatus),
        "step--cursor",
    }

    @dataclass
    class Selected(Message):
        """Somebody moved to this step."""

        step: StepId

    def __init__(self, view: RunView, glyphs: Glyphs) -> None:
        super().__init__(id="steps")
        self._view = view
        self._glyphs = glyphs
        self.cursor = 0
        self.virtual_size = Size(20, len(STEPS))

    @property
    def step(self) -> StepId:
        return STEPS[self.cursor]

    def select(self, step: StepId) -> None:
        """Move without telling: the screen follows what runs."""
        self.cursor = STEPS.index(step)
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)
        self.refresh()

    def _move(self, index: int) -> None:
        self.select(STEPS[max(0, min(index, len(STEPS) - 1))])
        self.post_message(self.Selected(self.step))

    def action_down(self) -> None:
        self._move(self.cursor + 1)

    def action_up(self) -> None:
        self._move(self.cursor - 1)

    def action_top(self) -> None:
        self._move(0)

    def action_bottom(self) -> None:
        self._move(len(STEPS) - 1)

    def on_click(self, event: events.Click) -> None:
        self._move(event.get_content_offset_capture(self).y + self.scroll_offset.y)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        if index >= len(STEPS):
            return Strip.blank(width, self.rich_style)
        step = STEPS[index]
        view = self._view.steps[step]
        style = self.get_component_rich_style(f"step--{view.status.value}")
        pointer = " "
        if index == self.cursor:
            style = style + self.get_component_rich_style("step--cursor")
            pointer = self._glyphs.pointer
        took = view.elapsed()
        time = clock(took) if took is not None else ""
        title = f"{pointer} {self._glyphs.of(view.status)} {STEP_TITLES[step]}"
        room = width - len(time) - 1
        line = f"{set_cell_size(title, room)}{time} "
        return Strip([Segment(set_cell_size(line, width), style)], width)
