"""The state the screens share: how the wizard was asked for, the open Setup, what was chosen.

Light to import: the Setup and all that is heavy behind it load in a worker thread, after the first
frame.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from screens.glyphs import Glyphs, glyphs_for
from screens.manual_desk import ManualDesk
from screens.run_view import RunView
from services.errors import ConfigurationError, SetupError
from services.events import Event, PrerequisiteChecked
from services.ledger import read_ledger
from services.paths import ProjectPaths
from services.progress_file import ProgressSnapshot, UnreadableProgress, read_status, reset
from services.project_lock import ProjectLock
from services.vocabulary import DeploymentMode, ExitCode, StepId, StepStatus

if TYPE_CHECKING:
    from services.plan import Plan
    from services.rollback import RollbackReport
    from services.setup import RunResult, Setup
    from services.suggestions import Suggestions
    from services.workspace.sign_in import SignIn

StartSandbox = Callable[[Callable[[str], None]], Awaitable[object]]
"""Starts the local sandbox, points `environ` at it, and says line by line what it does."""


@dataclass(frozen=True)
class FlowStart:
    """What the command line asked for."""

    project: Path
    environ: MutableMapping[str, str]
    start_sandbox: StartSandbox
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    profile: str | None = None
    sandbox: bool = False
    resume: bool = False
    skip_manual: bool = False
    notices: tuple[str, ...] = ()


class Flow:
    def __init__(self, start: FlowStart) -> None:
        self.start = start
        self.paths = ProjectPaths(start.project)
        self.glyphs: Glyphs = glyphs_for(start.environ)
        self.sandbox = start.sandbox
        self.resuming = start.resume
        self.rolling_back = False
        """On the way to taking away what was made, not to making it."""
        self.notices = list(start.notices)
        self.run_view = RunView()
        self.desk = ManualDesk()
        self.findings: dict[str, PrerequisiteChecked] = {}
        self.plan: Plan | None = None
        self.result: RunResult | None = None
        self.rolled_back: RollbackReport | None = None
        """Of the last thing done, where that was a rollback."""
        self.sign_in: SignIn | None = None
        self._setup: Setup | None = None
        self.running = False
        """Whether steps that make things run right now."""
        self.ended = asyncio.Event()
        """Set whenever nothing runs."""
        self.ended.set()

    @property
    def setup(self) -> Setup:
        if self._setup is None:
            raise SetupError("No workspace is open.", "Go back and sign in.")
        return self._setup

    @property
    def is_open(self) -> bool:
        return self._setup is not None

    @property
    def place(self) -> str:
        """Where this goes, for the heading."""
        if self.sign_in is None:
            return "sandbox" if self.sandbox else ""
        host = self.sign_in.host.removeprefix("https://").removeprefix("http://")
        return f"sandbox {host}" if self.sandbox else host

    @property
    def confirmed(self) -> bool:
        """Whether the plan was confirmed before: something that makes things was begun."""
        from services.setup import MAKING

        steps = self.setup.session.tracker.snapshot.steps
        return any(steps[step].status is not StepStatus.PENDING for step in MAKING)

    def saved(self) -> tuple[ProgressSnapshot | None, str]:
        """The progress file's content, and what is wrong with it (else empty)."""
        try:
            return read_status(self.paths), ""
        except UnreadableProgress as error:
            return None, error.message

    def start_over(self) -> Path | None:
        """Set the progress file aside. Raises AlreadyRunning or ConfigurationError."""
        with ProjectLock(self.paths):
            return reset(self.paths)

    async def choose_sign_in(self, profile: str | None) -> SignIn:
        """Raises ConfigurationError or PrerequisitesMissing with what mends it."""
        profiles = await asyncio.to_thread(importlib.import_module, "services.workspace.profiles")
        return await asyncio.to_thread(profiles.choose_sign_in, profile, self.start.environ)

    async def open(self, sign_in: SignIn) -> None:
        """Open the project with this sign-in. Raises AlreadyRunning or ConfigurationError."""
        await self.close()
        await asyncio.to_thread(importlib.import_module, "services.setup")
        from services.setup import Setup, SetupOptions

        options = SetupOptions(
            project=self.start.project,
            sign_in=sign_in,
            answers=self.start.answers,
            resume=self.resuming,
            skip_manual=self.start.skip_manual,
            sandbox=self.sandbox,
        )
        setup = Setup(options, environ=self.start.environ)
        setup.subscribe(self._on_event)
        if not self.start.skip_manual:
            setup.person = self.desk
        try:
            await setup.open()
        except SetupError:
            await setup.close()
            raise
        self._setup, self.sign_in = setup, sign_in
        self.rolled_back = None
        self.notices += setup.notices
        self.run_view.load(setup.session.tracker.snapshot)

    def _on_event(self, event: Event) -> None:
        self.run_view(event)
        self.desk.on_event(event)
        if isinstance(event, PrerequisiteChecked):
            self.findings[event.name] = event

    @property
    def suggestions(self) -> Suggestions | None:
        return self._setup.session.suggestions if self._setup else None

    def reason(self, name: str) -> str:
        """Why something is suggested for an answer, or why nothing is."""
        return self.suggestions.reasons.get(name, "") if self.suggestions else ""

    def value(self, name: str) -> str:
        """An answer as it stands: given, saved, or suggested."""
        return self._setup.session.merged_answers().get(name, "") if self._setup else ""

    @property
    def mode(self) -> DeploymentMode:
        value = self.value("mode")
        known = [mode.value for mode in DeploymentMode]
        return DeploymentMode(value) if value in known else DeploymentMode.FULL_DEPLOYMENT

    async def answer(self, name: str, value: str) -> None:
        """Take an answer and save it at once, so that a crash loses none."""
        setup = self.setup
        setup.answer(**{name: value})
        if name == "app_name" and "experiment_path" not in self.start.answers:
            setup.answer(experiment_path=setup.session.experiment_path_for(value))
        if name == "catalog" and self.suggestions and value != self.suggestions.catalog:
            from services.suggestions import suggest_schema

            await suggest_schema(setup.session.detector, value, self.suggestions)
        tracker = setup.session.tracker
        await tracker.save_answers(setup.session.merged_answers())

    async def prepare(self) -> Plan:
        """Check the answers and make the plan. Raises what is wrong with them."""
        self.plan = None
        self.plan = await self.setup.prepare()
        return self.plan

    async def run(self) -> RunResult:
        """All remaining steps; never raises SetupError."""
        self.running = True
        self.ended.clear()
        try:
            self.result = await self.setup.run()
        finally:
            self.running = False
            self.ended.set()
            self.desk.end()
        return self.result

    def may_skip(self, step: StepId) -> bool:
        from services.steps import all_steps

        return any(each.id is step and each.skip_allowed for each in all_steps())

    def request_stop(self) -> None:
        if self._setup is not None:
            self._setup.request_stop()

    async def close(self) -> None:
        setup, self._setup = self._setup, None
        if setup is not None:
            await setup.close()

    def takes_over(self) -> str:
        """The app whose code will be replaced though we did not make it; empty when there is
        none."""
        for entry in self.plan.resources if self.plan else ():
            if entry.kind == "app" and entry.action.value == "reuse" and entry.detail:
                return entry.name
        return ""

    @property
    def has_made_something(self) -> bool:
        """Whether a rollback would find something of ours. Where the ledger cannot be read it may,
        and the rollback says what is wrong with it."""
        try:
            return any(entry.made_by_us for entry in read_ledger(self.paths))
        except ConfigurationError:
            return True

    @property
    def exit_code(self) -> ExitCode:
        """What the program ends with when it is left now."""
        if self.rolled_back is not None:
            return ExitCode.DONE if self.rolled_back.ok else ExitCode.FAILED
        return self.result.exit_code if self.result else ExitCode.INTERRUPTED
