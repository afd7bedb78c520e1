"""The first screen: what will happen, and what is under way. Reads nothing but one file."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens import commands
from screens.base import WizardScreen
from screens.profile_check import has_profile_for
from services.errors import SetupError
from services.progress_file import ProgressSnapshot
from services.vocabulary import STEP_TITLES, StepId, StepStatus
from services.workspace.credentials import is_loopback

WHAT_HAPPENS = """\
This sets up the MLflow GenAI demo: a sales-email generator with tracing, evaluation and feedback.
You choose a catalog, a schema, a name and a model, see the whole plan, and confirm once.
Then it creates, loads and deploys everything, and proves that it works: 3 to 10 minutes.
You can leave at any time and go on later; what it makes can be rolled back."""


class Ways(OptionList):
    """The choices; its Enter is named in the footer."""

    BINDINGS: ClassVar[list[BindingType]] = [commands.SELECT]


class WelcomeScreen(WizardScreen):
    name_on_way = "welcome"
    heading = "MLflow demo setup"
    CSS_PATH = "welcome.tcss"
    AUTO_FOCUS = "Ways"
    BINDINGS: ClassVar[list[BindingType]] = [
        commands.DOWN,
        commands.UP,
    ]

    def content(self) -> ComposeResult:
        yield Static(WHAT_HAPPENS, classes="intro", markup=False)
        yield Static(id="under-way", markup=False)
        yield Ways(id="ways", markup=False, compact=True)
        yield Static(id="notices", classes="quiet", markup=False)

    def on_mount(self) -> None:
        self.show_state()

    def on_screen_resume(self) -> None:
        self.work(self._let_go())

    async def _let_go(self) -> None:
        """Back at the start nothing is open, so that the project's lock is free."""
        await self.flow.close()
        self.show_state()

    def show_state(self) -> None:
        snapshot, wrong = self.flow.saved()
        self._snapshot = snapshot if snapshot and snapshot.started else None
        self._tell("#under-way", self._under_way(wrong))
        options = self._options(self._snapshot)
        ways = self.query_one("#ways", OptionList)
        at = ways.highlighted or 0
        ways.clear_options()
        ways.add_options([Option(Content(text), id=key) for key, text in options.items()])
        ways.highlighted = min(at, len(options) - 1)
        self._tell("#notices", "\n".join(self.flow.notices))

    def _tell(self, where: str, text: str) -> None:
        target = self.query_one(where, Static)
        target.update(text)
        target.set_class(bool(text), "-shown")

    def _under_way(self, wrong: str) -> str:
        snapshot = self._snapshot
        if wrong:
            return f"{wrong} It will be set aside, never overwritten."
        if snapshot is None:
            return ""
        met = sum(record.status.met for record in snapshot.steps.values())
        where = snapshot.host or "a workspace that was not recorded"
        glyphs = self.flow.glyphs
        signs = " ".join(glyphs.of(snapshot.steps[step].status) for step in StepId)
        if snapshot.finished:
            return f"Set up on {where}, all steps done.\n{signs}"
        lines = [f"A setup is under way on {where}: {met} of {len(StepId)} steps done.", signs]
        for step, record in snapshot.steps.items():
            if record.status is StepStatus.FAILED:
                lines.append(f"{STEP_TITLES[step]} failed: {record.reason}")
            elif record.status is StepStatus.IN_PROGRESS:
                lines.append(f"{STEP_TITLES[step]} was interrupted.")
        return "\n".join(lines)

    def _options(self, snapshot: ProgressSnapshot | None) -> dict[str, str]:
        options: dict[str, str] = {}
        if snapshot is not None:
            word = "See what was set up" if snapshot.finished else "Resume where it stopped"
            options["resume"] = word
            options["details"] = "Details: the answers and each step"
        if not self.flow.start.sandbox:
            options["workspace"] = "Set up in a Databricks workspace"
        options["sandbox"] = "Set up in the local sandbox (no account needed)"
        if snapshot is not None:
            options["over"] = "Start over (the progress is set aside)"
        if self.flow.has_made_something:
            options["roll_back"] = "Roll back what was made"
        options["quit"] = "Quit"
        return options

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.problem(None)
        match event.option_id:
            case "resume" | "roll_back":
                rolling_back = event.option_id == "roll_back"
                self.work(self._return(rolling_back=rolling_back), "return")
            case "workspace" | "sandbox":
                self.flow.resuming = self.flow.rolling_back = False
                self.flow.sandbox = event.option_id == "sandbox"
                self.forward()
            case "details":
                self._show_details()
            case "over":
                self._start_over()
            case _:
                self.app.exit(self.flow.exit_code)

    def _show_details(self) -> None:
        from screens.details import DetailsScreen

        if self._snapshot is not None:
            self.app.push_screen(DetailsScreen(self._snapshot, self.flow.glyphs))

    async def _return(self, *, rolling_back: bool) -> None:
        """To where the setup under way is: to go on with it, or to take it back."""
        self.flow.resuming, self.flow.rolling_back = not rolling_back, rolling_back
        self.flow.sandbox = await self._was_sandbox()
        self.forward()

    async def _was_sandbox(self) -> bool:
        """A workspace on this machine is the local sandbox, unless the person has a profile for it:
        another sandbox would know nothing of this setup."""
        start, host = self.flow.start, self._snapshot.host if self._snapshot else ""
        if start.sandbox or start.profile or not is_loopback(host):
            return start.sandbox
        return not await has_profile_for(host, start.environ)

    def _start_over(self) -> None:
        try:
            kept = self.flow.start_over()
        except SetupError as error:
            self.problem(error)
            return
        if kept is not None:
            self.flow.notices.append(f"The earlier progress was kept as {kept.name}.")
        self.show_state()

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing behind the first screen; Quit leaves."""
        return action != "back" and super().check_action(action, parameters)
