"""The log of one step: fed in batches, followed or free, searched, copied. Plain text only."""

from __future__ import annotations

import re
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.style import Style
from rich.text import Text
from textual.binding import BindingType
from textual.widgets import Log

from screens import commands
from screens.run_view import KEPT_LINES, StepView


class _Marker(Highlighter):
    """Marks what is searched for."""

    def __init__(self) -> None:
        self.pattern: re.Pattern[str] | None = None

    def highlight(self, text: Text) -> None:
        if self.pattern is not None:
            for found in self.pattern.finditer(text.plain):
                text.stylize(Style(reverse=True), *found.span())


class StepLog(Log):
    BINDINGS: ClassVar[list[BindingType]] = [commands.NEXT_MATCH, commands.PREVIOUS_MATCH]

    def __init__(self) -> None:
        super().__init__(id="log", highlight=True, max_lines=KEPT_LINES, auto_scroll=True)
        self._marker = _Marker()
        self.highlighter = self._marker
        self._view: StepView | None = None
        self._seen = 0
        self._at = -1

    def show(self, view: StepView) -> None:
        """Show another step's log, from its newest lines."""
        self._view, self._seen, self._at = view, 0, -1
        self.clear()
        self.feed()

    def feed(self) -> None:
        """Write what is new, all at once: one line at a time would cost a hundred times more."""
        if self._view is None or self._view.written == self._seen:
            return
        new = self._view.newer_than(self._seen)
        self._seen = self._view.written
        self.write_lines([_plain(line) for line in new])

    def search(self, text: str) -> int:
        """Mark a text and go to its last match; how many lines hold it."""
        self._marker.pattern = re.compile(re.escape(text), re.IGNORECASE) if text else None
        self._at = len(self.lines)
        self.notify_style_update()
        self.refresh()
        matches = self._matches()
        if matches:
            self.action_match(-1)
        return len(matches)

    def _matches(self) -> list[int]:
        pattern = self._marker.pattern
        if pattern is None:
            return []
        return [index for index, line in enumerate(self.lines) if pattern.search(line)]

    def action_match(self, direction: int) -> None:
        """Go to the next or the previous match, around the ends."""
        matches = self._matches()
        if not matches:
            return
        self.auto_scroll = False
        later = [index for index in matches if index > self._at]
        earlier = [index for index in matches if index < self._at]
        if direction > 0:
            self._at = later[0] if later else matches[0]
        else:
            self._at = earlier[-1] if earlier else matches[-1]
        self.scroll_to(y=max(0, self._at - self.size.height // 2), animate=False)

    def text(self) -> str:
        return "\n".join(self._view.lines) if self._view else ""


def _plain(line: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in line)
