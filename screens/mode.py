"""The seed's two experiences, side by side, with what each needs and whether it can be had."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from screens import commands
from screens.base import WizardScreen
from services.vocabulary import DeploymentMode

TEXTS = {
    DeploymentMode.FULL_DEPLOYMENT: (
        "Full App Deployment",
        (
            "Complete web application with interactive UI",
            "Deployed as a Databricks App for sharing",
            "The notebooks too",
            "Requires app deployment permissions",
            "The app's compute bills while it runs",
        ),
    ),
    DeploymentMode.NOTEBOOK_ONLY: (
        "Notebook-Only Experience",
        (
            "Interactive Jupyter notebooks in the workspace",
            "No app deployment required",
            "Perfect for learning and experimentation",
        ),
    ),
}


class ModeCard(Static, can_focus=True):
    """One experience. Focus is the highlight."""

    class Chosen(Message):
        def __init__(self, mode: DeploymentMode) -> None:
            super().__init__()
            self.mode = mode

    def __init__(self, mode: DeploymentMode, state: str) -> None:
        title, points = TEXTS[mode]
        lines = [Content(title).stylize("bold"), Content("")]
        lines += [Content(f"- {point}") for point in points]
        lines += [Content(""), Content(state).stylize("$text-muted")]
        super().__init__(Content("\n").join(lines), id=f"mode-{mode.value}")
        self.mode = mode

    def on_click(self) -> None:
        self.post_message(self.Chosen(self.mode))


class ModeScreen(WizardScreen):
    name_on_way = "mode"
    heading = "Choose your experience"
    CSS_PATH = "mode.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        commands.CHOOSE,
        commands.LEFT,
        commands.RIGHT,
    ]

    def content(self) -> ComposeResult:
        with Horizontal(id="cards"):
            for mode in DeploymentMode:
                yield ModeCard(mode, self._state(mode))
        yield Static(self._lacking(), id="lacking", markup=False)

    def on_mount(self) -> None:
        self.query_one(f"#mode-{self.flow.mode.value}").focus()

    @property
    def _apps(self) -> bool | None:
        finding = self.flow.findings.get("Databricks Apps")
        return finding.ok if finding else None

    def _state(self, mode: DeploymentMode) -> str:
        suggested = "Suggested. " if self.flow.mode is mode else ""
        if mode is DeploymentMode.NOTEBOOK_ONLY:
            return f"{suggested}Needs no app."
        if self._apps is False:
            detail = self.flow.findings["Databricks Apps"].detail
            return f"Not in this workspace: {detail}"
        told = "This workspace has Databricks Apps." if self._apps else "Not known."
        return f"{suggested}{told}"

    def _lacking(self) -> str:
        """What neither can do without, and could not be suggested; two lines at 80 columns."""
        needed = {"a catalog": "catalog", "a chat model": "llm_model"}
        lacking = [thing for thing, name in needed.items() if not self.flow.value(name)]
        if not lacking or self.flow.suggestions is None:
            return ""
        things = " and ".join(lacking)
        return f"Both need {things} that you may use, and none was found. The next screens say why."

    def action_choose(self) -> None:
        if isinstance(self.focused, ModeCard):
            self._take(self.focused.mode)

    @on(ModeCard.Chosen)
    def _clicked(self, event: ModeCard.Chosen) -> None:
        self._take(event.mode)

    def _take(self, mode: DeploymentMode) -> None:
        if mode is DeploymentMode.FULL_DEPLOYMENT and self._apps is False:
            self.query_one("#problem").remove_class("-shown")
            self.notify(self._state(mode), severity="warning", markup=False)
            return
        self.work(self._answer(mode))

    async def _answer(self, mode: DeploymentMode) -> None:
        await self.flow.answer("mode", mode.value)
        self.forward()

    def action_left(self) -> None:
        self.query_one(f"#mode-{DeploymentMode.FULL_DEPLOYMENT.value}").focus()

    def action_right(self) -> None:
        self.query_one(f"#mode-{DeploymentMode.NOTEBOOK_ONLY.value}").focus()
