"""One question before something that cannot be taken back, or before leaving."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Footer, Input, Static

from screens import commands
from screens.dialog import Dialog, DialogButton


class Confirm(Dialog[bool]):
    """Dismisses with the answer. With `typed` this text has to be typed to say yes."""

    BINDINGS: ClassVar[list[BindingType]] = [commands.NO, commands.YES]

    def __init__(
        self, question: str, told: str, *, typed: str = "", yes: str = "Yes", no: str = "No"
    ) -> None:
        super().__init__()
        self._question, self._told, self._typed = question, told, typed
        self._yes, self._no = yes, no

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(self._question, id="dialog-title", markup=False)
            yield Static(self._told, classes="dialog-text", markup=False)
            if self._typed:
                yield Static(f"Type {self._typed} to say yes:", classes="quiet", markup=False)
                yield Input(id="typed", compact=True)
            with Horizontal(classes="row"):
                yield DialogButton(self._no, id="no", variant="primary", compact=True)
                yield DialogButton(self._yes, id="yes", compact=True, disabled=bool(self._typed))
        yield Footer(compact=True)

    def on_mount(self) -> None:
        self.query_one("#typed" if self._typed else "#no").focus()

    @on(Input.Changed)
    def _check(self, event: Input.Changed) -> None:
        self.query_one("#yes", Button).disabled = event.value != self._typed

    @on(Input.Submitted)
    @on(Button.Pressed, "#yes")
    def action_yes(self) -> None:
        typed = self.query_one("#typed", Input).value if self._typed else ""
        if typed == self._typed:
            self.dismiss(True)

    @on(Button.Pressed, "#no")
    def action_no(self) -> None:
        self.dismiss(False)
