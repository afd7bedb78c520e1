"""Something only a person can do: what, why, the numbered steps, the link, and the check."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Footer, Static

from screens import commands
from screens.dialog import Dialog, DialogButton
from screens.manual_desk import ManualDesk
from services.events import ManualAction
from services.manual import Decision
from services.vocabulary import STEP_TITLES


class ManualScreen(Dialog[None]):
    """Stays up while the check runs; the desk closes it when the action is settled."""

    CSS_PATH = "manual.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        commands.CHECK_AGAIN,
        commands.SKIP_MANUAL,
        commands.COPY_STATEMENT,
        commands.OPEN_LINK,
        commands.STOP_HERE,
    ]

    def __init__(self, action: ManualAction, desk: ManualDesk) -> None:
        super().__init__()
        self._action = action
        self._desk = desk
        self._checking = False

    def compose(self) -> ComposeResult:
        action = self._action
        with Vertical(id="dialog"):
            step = STEP_TITLES[action.step]
            yield Static(f"{step} needs a person", id="dialog-title", markup=False)
            with VerticalScroll(id="manual-text"):
                yield Static(f"{action.title}\n{action.why}", classes="dialog-text", markup=False)
                numbered = [f"{n}. {text}" for n, text in enumerate(action.instructions, 1)]
                yield Static("\n".join(numbered), classes="dialog-text", markup=False)
                for statement in action.statements:
                    yield Static(statement, classes="statement", markup=False)
                if action.link:
                    yield Static(action.link, classes="dialog-text", markup=False)
            yield Static(id="manual-state", classes="quiet", markup=False)
            with Horizontal(classes="row"):
                yield DialogButton("Check again", id="check", variant="primary", compact=True)
                if action.may_skip:
                    yield DialogButton("Skip", id="skip", compact=True)
                yield DialogButton("Stop", id="stop", compact=True)
        yield Footer(compact=True)

    def on_mount(self) -> None:
        self.query_one("#check").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "skip":
            return self._action.may_skip
        if action == "open":
            return bool(self._action.link)
        return super().check_action(action, parameters)

    def ask_again(self) -> None:
        self._checking = False
        told = "Looked: it does not hold yet. Do the steps, then check again."
        self.query_one("#manual-state", Static).update(told)

    def close(self) -> None:
        if not self.is_attached:
            return
        if self.is_current:
            self.dismiss()
        else:
            self.app.call_later(self._close_when_on_top)

    def _close_when_on_top(self) -> None:
        """Help or a question may lie above it."""
        while self in self.app.screen_stack:
            self.app.pop_screen()

    @on(Button.Pressed, "#check")
    def action_check(self) -> None:
        if not self._checking:
            self._checking = True
            self.query_one("#manual-state", Static).update("Looking whether it is done...")
            self._desk.decide(Decision.CHECK)

    @on(Button.Pressed, "#skip")
    def action_skip(self) -> None:
        self._desk.decide(Decision.SKIP)

    @on(Button.Pressed, "#stop")
    def action_stop(self) -> None:
        if self._checking:
            told = "Looking whether it is done; it stops here unless it is..."
            self.query_one("#manual-state", Static).update(told)
        self._desk.decide(Decision.STOP)

    def action_copy(self) -> None:
        text = "\n".join(self._action.statements) or self._action.link
        if text:
            self.app.copy_to_clipboard(text)
            self.notify("Copied. If your terminal does not take it, select it with the mouse.")

    def action_open(self) -> None:
        self.app.open_url(self._action.link)
