"""The plan before anything is made: open its entries, change answers, export it, confirm once."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static, Tree

from screens import commands
from screens.base import WizardScreen
from screens.confirm import Confirm
from screens.durations import about
from screens.journey import ANSWERS, build
from screens.labels import ANSWER_LABELS
from screens.widgets.plan_tree import PlanTree
from services.plan import Plan
from services.private_files import write_private


class ClickTarget(Button, can_focus=False):
    """A button that takes no focus, so that Enter stays the screen's."""


class PreviewScreen(WizardScreen):
    name_on_way = "preview"
    heading = "Preview"
    CSS_PATH = "preview.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        commands.START,
        commands.EDIT_MODE,
        commands.EDIT_CATALOG,
        commands.EDIT_SCHEMA,
        commands.EDIT_APP,
        commands.EDIT_MODEL,
        commands.OPEN_PLAN,
        commands.EXPORT,
        commands.PLAN_AGAIN,
    ]

    def content(self) -> ComposeResult:
        yield Static(id="answers", markup=False)
        yield Static(id="summary", markup=False)
        yield PlanTree()
        yield Static(id="detail", classes="quiet", markup=False)
        with Horizontal(id="buttons", classes="row"):
            # For the mouse: the keyboard has Enter and e, whatever is focused.
            yield ClickTarget("Start setup", id="start", variant="primary", compact=True)
            yield ClickTarget("Export", id="export", compact=True)

    def on_mount(self) -> None:
        self._fresh = False
        self._outdated = True
        """An answer may have been changed, or something made, since the plan was made."""

    def on_screen_resume(self) -> None:
        """A dialog that closes changes nothing; another screen may."""
        if self._outdated:
            self.action_again()

    def action_again(self) -> None:
        self._fresh = self._outdated = False
        self.problem(None)
        self._show_answers()
        self.query_one("#start", Button).disabled = True
        told = f"Checking your answers and making the plan{self.flow.glyphs.ellipsis}"
        self.query_one("#summary", Static).update(told)
        self.work(self._prepare(), "prepare")

    async def _prepare(self) -> None:
        plan = await self.flow.prepare()
        self._fresh = True
        self.query_one(PlanTree).show(plan)
        self._show_answers()
        self.query_one("#summary", Static).update(self._summary(plan))
        button = self.query_one("#start", Button)
        button.disabled = False
        # While it was disabled, Textual handed the focus on to the next button.
        if self.is_current and (self.focused is None or self.focused.id == "export"):
            button.focus()

    def failed(self, error: object) -> None:
        del error
        told = "Nothing was made. Change an answer with 1 to 5, or look again with r."
        self.query_one("#summary", Static).update(told)

    def _show_answers(self) -> None:
        lines = [
            Content.assemble(
                Content(f"{number} ").stylize("$primary"),
                Content(f"{ANSWER_LABELS[name]:<12}"),
                Content(self.flow.value(name) or "-").stylize("bold"),
            )
            for number, name in enumerate(ANSWERS, 1)
        ]
        path = self.flow.value("experiment_path") or "-"
        lines.append(Content(f"  {ANSWER_LABELS['experiment_path']:<12}{path}"))
        self.query_one("#answers", Static).update(Content("\n").join(lines))

    def _summary(self, plan: Plan) -> str:
        time = about(plan.estimate_seconds) if plan.estimate_seconds else "3 to 10 minutes"
        return f"{plan.summary()}. Takes {time}. Nothing is made before you start."

    @on(Tree.NodeHighlighted)
    def _tell_detail(self, event: Tree.NodeHighlighted[str]) -> None:
        self.query_one("#detail", Static).update(event.node.data or "")

    def action_plan(self) -> None:
        self.query_one(PlanTree).focus()

    def action_back(self) -> None:
        """Escape first leaves the plan's entries, then the screen."""
        if self.focused is not None:
            self.set_focus(None)
            return
        super().action_back()

    def action_edit(self, name: str) -> None:
        self._outdated = True
        self.app.push_screen(build(name, self.flow, editing=True))

    def action_export(self) -> None:
        if self.flow.plan is not None:
            self.work(self._export(self.flow.plan), "export")

    @on(Button.Pressed, "#export")
    def _export_pressed(self) -> None:
        self.action_export()

    async def _export(self, plan: Plan) -> None:
        """Beside the project's state: names that begin with .setup_ are never uploaded."""
        files = {
            self.flow.paths.root / ".setup_plan.md": plan.to_markdown(),
            self.flow.paths.root / ".setup_plan.json": plan.to_json(),
        }
        for path, text in files.items():
            await asyncio.to_thread(write_private, path, text)
        names = " and ".join(str(path) for path in files)
        self.notify(f"Written: {names}", markup=False)

    @on(Button.Pressed, "#start")
    def action_start(self) -> None:
        if not self._fresh:
            return
        name = self.flow.takes_over()
        if not name:
            self._confirmed(True)
            return
        told = (
            f"The app {name} was not made by this setup. Its code will be replaced by the demo's."
        )
        self.app.push_screen(Confirm("Replace this app?", told, typed=name), self._confirmed)

    def _confirmed(self, yes: bool | None) -> None:
        if yes:
            self._outdated = True
            self.forward()
