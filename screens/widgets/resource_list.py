"""A list of rows that draws only what is seen, so that thousands cost nothing."""

from __future__ import annotations

from collections.abc import Sequence
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
from screens.glyphs import Glyphs
from screens.rows import Row, RowState

_STYLES = {
    RowState.USABLE: "resource--usable",
    RowState.NEW: "resource--new",
    RowState.CHECKING: "resource--quiet",
    RowState.UNKNOWN: "resource--quiet",
    RowState.DENIED: "resource--denied",
    RowState.UNFIT: "resource--denied",
}


class ResourceList(ScrollView, can_focus=True):
    """Shows rows and tells which one is highlighted. Names are drawn as they are, never parsed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        commands.DOWN,
        commands.UP,
        commands.TOP,
        commands.BOTTOM,
        commands.PAGE_DOWN,
        commands.PAGE_UP,
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {*_STYLES.values(), "resource--cursor"}

    @dataclass
    class Highlighted(Message):
        row: Row | None

    @dataclass
    class Clicked(Message):
        row: Row

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self.rows: Sequence[Row] = ()
        self.cursor = 0
        self._moved = False

    @property
    def row(self) -> Row | None:
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def show(self, rows: Sequence[Row], *, to_top: bool = False) -> None:
        """Show these. The highlight stays with its row once somebody moved it, else on top."""
        kept = self.row.key if self.row and self._moved and not to_top else None
        self.rows = rows
        self.cursor = next((i for i, row in enumerate(rows) if row.key == kept), 0)
        if to_top:
            self._moved = False
        self._fit_rows()
        self.refresh()
        self._settle()

    def _fit_rows(self) -> None:
        """Rows are cut to the width there is, so that nothing scrolls sideways."""
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.rows))

    def on_resize(self) -> None:
        self._fit_rows()

    def move_to(self, index: int) -> None:
        if not self.rows:
            return
        self._moved = True
        self.cursor = max(0, min(index, len(self.rows) - 1))
        self.refresh()
        self._settle()

    def _settle(self) -> None:
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)
        self.post_message(self.Highlighted(self.row))

    def action_down(self) -> None:
        self.move_to(self.cursor + 1)

    def action_up(self) -> None:
        self.move_to(self.cursor - 1)

    def action_top(self) -> None:
        self.move_to(0)

    def action_bottom(self) -> None:
        self.move_to(len(self.rows) - 1)

    def action_page(self, direction: int) -> None:
        self.move_to(self.cursor + direction * max(1, self.size.height - 1))

    def on_click(self, event: events.Click) -> None:
        index = event.get_content_offset_capture(self).y + self.scroll_offset.y
        if 0 <= index < len(self.rows):
            again = index == self.cursor
            self.move_to(index)
            if again and self.row is not None:
                self.post_message(self.Clicked(self.row))

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if index >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        row = self.rows[index]
        style = self.get_component_rich_style(_STYLES[row.state])
        pointer = " "
        if index == self.cursor:
            style = style + self.get_component_rich_style("resource--cursor")
            pointer = self._glyphs.pointer
        sign = self._glyphs.star if row.suggested else self._sign(row.state)
        name_width = max(12, min(max(30, width // 2), width - 24))
        note = row.note if width > 40 else ""
        text = f"{pointer} {sign} {self._fit(row.key, name_width)}  {note}"
        return Strip([Segment(self._fit(text, width), style)], width)

    def _sign(self, state: RowState) -> str:
        return {
            RowState.USABLE: self._glyphs.done,
            RowState.NEW: self._glyphs.new,
            RowState.CHECKING: self._glyphs.waiting,
            RowState.UNKNOWN: self._glyphs.unknown,
            RowState.DENIED: self._glyphs.failed,
            RowState.UNFIT: self._glyphs.failed,
        }[state]

    def _fit(self, text: str, width: int) -> str:
        """Exactly `width` cells, control characters made visible, a cut one marked."""
        clean = "".join(letter if letter.isprintable() else "?" for letter in text)
        if len(clean) > width:
            return set_cell_size(clean, width - 1) + self._glyphs.ellipsis
        return set_cell_size(clean, width)
