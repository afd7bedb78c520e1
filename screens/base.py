"""What every screen of the wizard has: heading, problem line, footer, help, the way back."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, ClassVar

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Static

from screens import commands
from screens.flow import Flow
from screens.journey import place_of, screen_after
from screens.shell import Shell
from screens.widgets.heading import Heading
from screens.widgets.problem import ProblemPanel
from services.errors import SetupError

NEEDED = (70, 20)
"""Columns and rows below which a screen says that it needs more."""


class WizardScreen(Screen[None]):
    """A screen on the way. Subclasses set `name_on_way` and `heading`, and yield `content`."""

    BINDINGS: ClassVar[list[BindingType]] = [commands.BACK, commands.HELP]
    app = getters.app(Shell)
    name_on_way: ClassVar[str] = ""
    heading: ClassVar[str] = ""

    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self.flow = flow
        self.editing = False
        """Opened to change one answer: it returns instead of going on."""
        self._focused_before: Widget | None = None
        """What had the keys before the terminal became too small for it."""

    def content(self) -> ComposeResult:
        yield from ()

    def compose(self) -> ComposeResult:
        yield Heading(self.heading, place_of(self.name_on_way), self.flow)
        yield ProblemPanel(id="problem")
        yield from self.content()
        yield Footer(compact=True)
        columns, rows = NEEDED
        told = f"This needs a terminal of {columns} by {rows} or more.\nMake it larger to go on."
        yield Static(told, id="too-small", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        columns, rows = NEEDED
        too_small = event.size.width < columns or event.size.height < rows
        if too_small and not self.has_class("-too-small"):
            self._focused_before = self.focused
        self.set_class(too_small, "-too-small")
        self.set_class(event.size.width >= 110, "-wide")
        if not too_small and self._focused_before is not None:
            # What is hidden loses the focus.
            self.set_focus(self._focused_before, scroll_visible=False)
            self._focused_before = None

    def action_back(self) -> None:
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()

    def action_help(self) -> None:
        from screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    def forward(self) -> None:
        """Go on to the next screen, or return from changing one answer."""
        if self.editing:
            self.app.pop_screen()
        else:
            self.app.push_screen(screen_after(self.name_on_way, self.flow))

    def problem(self, error: SetupError | None) -> None:
        """Show what went wrong and what to do next; None takes it away."""
        self.query_one("#problem", ProblemPanel).show(error)

    def work(self, coroutine: Coroutine[Any, Any, None], group: str = "work") -> None:
        """Run something that takes time; a newer one of the group replaces it. A SetupError is
        shown; anything else is a bug and ends the program with a report."""
        self.run_worker(self._guarded(coroutine), group=group, exclusive=True)

    async def _guarded(self, coroutine: Coroutine[Any, Any, None]) -> None:
        try:
            await coroutine
        except SetupError as error:
            self.problem(error)
            self.failed(error)

    def failed(self, error: SetupError) -> None:
        """Called after `problem` when `work` failed."""
        del error

    def copy(self, text: str, what: str) -> None:
        """To the clipboard by OSC 52, which the terminal may ignore; so say what to look for."""
        self.app.copy_to_clipboard(text)
        self.notify(f"{what} copied. If your terminal does not take it, select it with the mouse.")
