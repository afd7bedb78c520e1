"""The run: the steps on the left, the log of one on the right, what remains above."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import ContentSwitcher, Input, ProgressBar, Static

from screens import commands
from screens.base import WizardScreen
from screens.confirm import Confirm
from screens.durations import about
from screens.journey import build, screen_after
from screens.widgets.problem import ProblemPanel
from screens.widgets.step_list import StepList
from screens.widgets.step_log import StepLog
from screens.widgets.timeline import Timeline
from services.vocabulary import STEP_TITLES, StepId, StepStatus

REDRAW_SECONDS = 0.25


class ProgressScreen(WizardScreen):
    name_on_way = "progress"
    heading = "Progress"
    CSS_PATH = "progress.tcss"
    AUTO_FOCUS = "StepList"
    BINDINGS: ClassVar[list[BindingType]] = [
        commands.RETRY,
        commands.SKIP,
        commands.EDIT,
        commands.GO_TO_END,
        commands.SEARCH,
        commands.FOLLOW,
        commands.COPY_LOG,
        commands.TIMELINE,
        commands.NEXT_MATCH,
        commands.PREVIOUS_MATCH,
        commands.LEAVE,
    ]

    def content(self) -> ComposeResult:
        yield ProgressBar(total=len(StepId), show_eta=False, show_percentage=False, id="bar")
        yield Static(id="remaining", classes="quiet", markup=False)
        with Horizontal(id="panes"):
            yield StepList(self.flow.run_view, self.flow.glyphs)
            with Vertical(id="right"):
                yield Static(id="log-title", markup=False)
                with ContentSwitcher(initial="log", id="views"):
                    yield StepLog()
                    yield Timeline(self.flow.run_view, self.flow.glyphs)
                yield Input(placeholder="Search this log", id="search", compact=True)

    def on_mount(self) -> None:
        self._follow = True
        self._seen = -1
        self.flow.run_view.load(self.flow.setup.session.tracker.snapshot)
        self.query_one(StepLog).show(self.flow.run_view.steps[self._selected])
        self.set_interval(REDRAW_SECONDS, self._redraw)
        self.action_retry()

    @property
    def _selected(self) -> StepId:
        return self.query_one(StepList).step

    def action_retry(self) -> None:
        if not self.flow.running:
            self.query_one("#problem", ProblemPanel).show(None)
            self._follow = True
            self.work(self._run(), "run")

    async def _run(self) -> None:
        self.flow.running = True
        self.refresh_bindings()
        result = await self.flow.run()
        self._redraw()
        self.refresh_bindings()
        if result.ok:
            self.app.push_screen(screen_after(self.name_on_way, self.flow))
            return
        told = [error.message for _, error in result.failures]
        advice = dict.fromkeys(error.advice for _, error in result.failures if error.advice)
        names = [STEP_TITLES[step] for step, _ in result.failures]
        what = "\n".join(f"{name}: {text}" for name, text in zip(names, told, strict=True))
        self.query_one("#problem", ProblemPanel).tell(what, "\n".join(advice))
        if result.failures:
            self._follow = False
            self._go_to(result.failures[0][0])
            # Also where that step was shown already: the log is free now, and its title says so.
            self._seen = -1
            self._redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        running = self.flow.running
        if action in ("retry", "edit"):
            return not running and not self._finished
        if action == "skip":
            return not running and self._may_skip is not None
        if action == "go_to_end":
            return not running and self._finished
        return super().check_action(action, parameters)

    @property
    def _finished(self) -> bool:
        return self.flow.result is not None and self.flow.result.ok

    @property
    def _may_skip(self) -> StepId | None:
        return next((s for s in self.flow.run_view.failed if self.flow.may_skip(s)), None)

    def action_skip(self) -> None:
        if (step := self._may_skip) is not None:
            self.work(self._skip(step), "skip")

    async def _skip(self, step: StepId) -> None:
        await self.flow.setup.leave_out(step)
        self.action_retry()

    def action_edit(self) -> None:
        """Back to the plan: it lies below, except when the setup was resumed."""
        below = self.app.screen_stack[-2]
        if isinstance(below, WizardScreen) and below.name_on_way == "preview":
            self.app.pop_screen()
        else:
            self.app.pop_screen()
            self.app.push_screen(build("preview", self.flow))

    def action_go_to_end(self) -> None:
        self.app.push_screen(screen_after(self.name_on_way, self.flow))

    def action_leave(self) -> None:
        """A search box that is shown is closed first; n and N still move between its matches."""
        search = self.query_one("#search", Input)
        if search.has_class("-shown"):
            if self.focused is search:
                self.query_one(StepList).focus()
            search.remove_class("-shown")
            return
        if not self.flow.running:
            self.app.exit(int(self.flow.exit_code))
            return
        told = (
            "What runs is brought to a clean end and saved. "
            "Go on later with ./auto-setup.sh --resume, or by starting it again."
        )
        question = Confirm("Stop the setup?", told, yes="Stop and leave", no="Keep going")
        self.app.push_screen(question, self._leave)

    action_back = action_leave

    def _leave(self, yes: bool | None) -> None:
        if yes:
            self.app.run_worker(self._stop_and_leave(), exit_on_error=True)

    async def _stop_and_leave(self) -> None:
        from screens.leaving import stop_cleanly

        self.query_one("#remaining", Static).update("Stopping: what runs is brought to an end.")
        await stop_cleanly(self.flow)
        self.app.exit(int(self.flow.exit_code))

    def _go_to(self, step: StepId) -> None:
        steps = self.query_one(StepList)
        if steps.step is not step:
            steps.select(step)
            self.query_one(StepLog).show(self.flow.run_view.steps[step])
            self._seen = -1

    @on(StepList.Selected)
    def _selected_by_hand(self, event: StepList.Selected) -> None:
        self._follow = False
        self.query_one(StepLog).show(self.flow.run_view.steps[event.step])
        self._seen = -1
        self._redraw()

    def _redraw(self) -> None:
        view = self.flow.run_view
        if view.revision == self._seen and not view.running:
            return
        self._seen = view.revision
        running = view.running
        if self._follow and running and self._selected not in running:
            self._go_to(running[0])
        self.query_one("#bar", ProgressBar).update(progress=view.met)
        self.query_one("#remaining", Static).update(self._remaining())
        self.query_one(StepList).refresh()
        self.query_one("#log-title", Static).update(self._title())
        self.query_one(StepLog).feed()
        if self.query_one("#views", ContentSwitcher).current == "timeline":
            self.query_one(Timeline).draw()

    def _remaining(self) -> str:
        view = self.flow.run_view
        left = len(StepId) - view.met
        plan = self.flow.plan
        told = f"{view.met} of {len(StepId)} steps done"
        if left and view.running:
            names = ", ".join(STEP_TITLES[step] for step in view.running)
            told = f"{told}. Now: {names}"
            if plan is not None and plan.estimate_seconds and not view.met:
                told = f"{told}. {about(plan.estimate_seconds)} in all"
        return told

    def _title(self) -> str:
        step = self._selected
        view = self.flow.run_view.steps[step]
        doing = view.doing() if view.status is StepStatus.IN_PROGRESS else view.status.value
        follow = "" if self._follow else "  (free; f follows)"
        return f"{STEP_TITLES[step]}  {doing}{follow}"

    def action_follow(self) -> None:
        self._follow = not self._follow
        log = self.query_one(StepLog)
        log.auto_scroll = self._follow
        if self._follow:
            log.scroll_end(animate=False)
        self._seen = -1
        self._redraw()

    def action_timeline(self) -> None:
        views = self.query_one("#views", ContentSwitcher)
        views.current = "timeline" if views.current == "log" else "log"
        self.call_after_refresh(self.query_one(Timeline).draw)

    def action_copy(self) -> None:
        report = self.flow.run_view.report() if not self.flow.running else ""
        self.copy(report or self.query_one(StepLog).text(), "The report" if report else "The log")

    def action_search(self) -> None:
        search = self.query_one("#search", Input)
        search.add_class("-shown")
        search.focus()

    @on(Input.Submitted, "#search")
    def _search(self, event: Input.Submitted) -> None:
        count = self.query_one(StepLog).search(event.value)
        self._follow = self._follow and not count
        told = f"Found in {count} line{'' if count == 1 else 's'}; n and N move."
        self.notify(told if count else "Nothing in this log holds it.", timeout=3)
        self.query_one(StepLog).focus()

    def action_match(self, direction: int) -> None:
        self.query_one(StepLog).action_match(direction)
