"""The keys of the screen one came from, read from its own bindings."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from screens import commands
from screens.dialog import Dialog

NAMES = {"question_mark": "?", "slash": "/", "escape": "esc", "pagedown": "pgdn", "pageup": "pgup"}


def key_lines(screen: Screen[Any]) -> list[tuple[str, str]]:
    """`(keys, what they do)` for each command that can be used now, in the order of binding."""
    told: dict[str, list[str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.enabled and binding.tooltip:
            told.setdefault(binding.tooltip, []).append(NAMES.get(binding.key, binding.key))
    return [(", ".join(keys), text) for text, keys in told.items()]


class HelpScreen(Dialog[None], inherit_bindings=False):
    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        commands.CLOSE_HELP,
        commands.QUIT,
        commands.INTERRUPT,
    ]

    def __init__(self, about: Screen[Any]) -> None:
        super().__init__()
        self._lines = key_lines(about)

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static("Keys", id="dialog-title")
            with VerticalScroll(id="keys"):
                lines = [
                    Content.assemble(Content(f"{keys:<14} ").stylize("$primary"), Content(text))
                    for keys, text in self._lines
                ]
                yield Static(Content("\n").join(lines), markup=False)
        yield Footer(compact=True)

    def action_close(self) -> None:
        self.dismiss()
