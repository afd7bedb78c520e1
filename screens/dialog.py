"""What every dialog has: help on its keys, and the keys of everywhere, which stop at a modal."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual import getters
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import Button

from screens import commands
from screens.shell import Shell

Result = TypeVar("Result")


class DialogButton(Button):
    """Its Enter is named in footer and help."""

    BINDINGS: ClassVar[list[BindingType]] = [commands.PRESS]


class Dialog(ModalScreen[Result]):
    BINDINGS: ClassVar[list[BindingType]] = [commands.HELP, commands.QUIT, commands.INTERRUPT]
    app = getters.app(Shell)

    def action_help(self) -> None:
        from screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    async def action_leave(self) -> None:
        await self.app.run_action("app.leave")

    async def action_interrupt(self) -> None:
        """The same key copies a selection; Textual's own binding for that is replaced here."""
        try:
            self.action_copy_text()
        except SkipAction:
            await self.app.run_action("app.interrupt")
