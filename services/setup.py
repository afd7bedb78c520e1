"""One setup in one project directory: what the screens, the headless front end and tests call.

The life of a run: open -> discover (steps 1 and 2) -> answer -> prepare (steps 3 and 4, and the
plan) -> run (the rest) -> close. Each part may be called again: after a failure, with other
answers.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.engine import BY_A_PERSON, Engine, Outcome
from services.errors import ConfigurationError, RunStopped, SetupError
from services.events import Event, PlanMade
from services.ledger import Ledger
from services.links import links_of
from services.manual import Person, nobody, skip_what_needs_a_person
from services.paths import ProjectPaths
from services.plan import Plan
from services.planning import make_plan
from services.progress_tracker import ProgressTracker
from services.project_lock import ProjectLock
from services.redaction import Redactor
from services.session import Session, SetupOptions
from services.session_log import SessionLog
from services.steps import all_steps
from services.stoppable import Stoppable
from services.validation import Finding, check_prerequisites
from services.vocabulary import STEP_TITLES, ExitCode, StepId, StepStatus

if TYPE_CHECKING:
    from services.environment_detector import Suggestions

ASKING = (
    StepId.VALIDATE_PREREQUISITES,
    StepId.DETECT_ENVIRONMENT,
    StepId.COLLECT_USER_INPUT,
    StepId.VALIDATE_CONFIG,
)
"""Steps that only read: done anew in every run, before the plan."""
MAKING = tuple(step for step in StepId if step not in ASKING)


@dataclass(frozen=True)
class RunResult:
    ok: bool
    exit_code: ExitCode
    statuses: dict[StepId, StepStatus]
    links: dict[str, str]
    failures: tuple[tuple[StepId, SetupError], ...]
    left_out: tuple[str, ...]
    """What a person, or --skip-manual, left out: said wherever success is."""


class Setup:
    """Not safe to use from two event loops; `request_stop` may come from a signal handler."""

    def __init__(
        self,
        options: SetupOptions,
        *,
        environ: Mapping[str, str] | None = None,
        persist: bool = True,
    ) -> None:
        paths = ProjectPaths(options.project)
        tracker = ProgressTracker(paths, persist=persist)
        self.session = Session(
            options=options,
            paths=paths,
            tracker=tracker,
            ledger=Ledger(paths, options.sign_in.host, "", persist=persist),
            redactor=Redactor(),
            environ=dict(os.environ if environ is None else environ),
            answers=dict(options.answers),
            persist=persist,
            person=skip_what_needs_a_person if options.skip_manual else nobody,
        )
        self._engine = Engine(all_steps(), self.session)
        self._lock = ProjectLock(paths)
        self._log: SessionLog | None = None
        self._work = Stoppable()

    @property
    def person(self) -> Person:
        return self.session.person

    @person.setter
    def person(self, person: Person) -> None:
        """Somebody who sits in front of it and answers manual actions."""
        self.session.person = person
        self.session.attended = True

    def subscribe(self, listener: Callable[[Event], None]) -> None:
        self.session.listeners.append(listener)

    @property
    def notices(self) -> list[str]:
        """What a person should know of how the files were found."""
        return self.session.tracker.notices

    async def open(self) -> None:
        """Take the project's lock and read its files.

        Raises AlreadyRunning, or ConfigurationError: a folder that is missing or not writable, or
        answers that differ from those of an unfinished run (all named).
        """
        root = self.session.paths.root
        if not root.is_dir():
            raise ConfigurationError(
                [f"There is no project directory {root}."], "Name one with --project."
            )
        if self.session.persist:
            self._lock.take()
        tracker = self.session.tracker
        await asyncio.to_thread(tracker.load)
        await tracker.belongs_to(self.session.options.sign_in.host, "")
        await self._compare_answers()
        await self._bind_ledger()
        if self.session.persist:
            name = f"{tracker.snapshot.session_id}.jsonl"
            self._log = SessionLog(self.session.paths.logs / name, self.session.redactor)
            await self._log.open()
            self.subscribe(self._log.on_event)
            self.session.call_listeners.append(self._log.on_call)

    async def _compare_answers(self) -> None:
        tracker = self.session.tracker
        saved = tracker.snapshot.answers
        given = self.session.options.answers
        differ = [
            name for name in given if given[name] and saved.get(name, given[name]) != given[name]
        ]
        if not differ:
            return
        built = any(tracker.record(step).status is not StepStatus.PENDING for step in MAKING)
        if not built or tracker.snapshot.finished:
            if tracker.snapshot.finished:
                await tracker.start_anew("a new setup with other answers was begun")
            return
        told = [f"{n}: the unfinished run has {saved[n]!r}, given is {given[n]!r}." for n in differ]
        raise ConfigurationError(
            told, "Leave them out to go on with the unfinished run, or start anew with --reset."
        )

    async def _bind_ledger(self) -> None:
        session = self.session
        host = session.options.sign_in.host
        session.ledger = await asyncio.to_thread(
            lambda: Ledger(
                session.paths, host, session.tracker.snapshot.session_id, persist=session.persist
            )
        )

    async def discover(self) -> Suggestions | None:
        """Sign in, run steps 1 and 2; what is suggested. Raises what failed."""
        await self._work.run(self._sign_in())
        await self._ask_anew(ASKING[:2], ASKING)
        return self.session.suggestions

    async def _sign_in(self) -> None:
        """Bind the progress to host and user. A sign-in that fails is told by step 1."""
        from services.workspace.gateway import Workspace

        session = self.session
        try:
            if session.workspace_or_none is None:
                session.workspace_or_none = await Workspace.connect(
                    session.options.sign_in, trace=session.trace
                )
            user = await session.workspace.current_user()
        except SetupError:
            return
        if not await session.tracker.belongs_to(session.workspace.host, user.user_name):
            await self._bind_ledger()

    def answer(self, **answers: str) -> None:
        """Set answers, by their names in config.ANSWER_NAMES; an empty one is taken back."""
        self.session.answers.update(answers)

    async def prepare(self) -> Plan:
        """Run steps 3 and 4 and make the plan, all from reads. Raises what failed."""
        session = self.session
        await self._ask_anew(ASKING[2:], ASKING[2:])
        if session.config is None or session.choices is None:
            raise ConfigurationError(["The answers were not checked."], "Start the setup again.")
        plan = await make_plan(session, session.config, session.choices)
        session.emit(PlanMade(plan))
        return plan

    async def dry_run(self) -> Plan:
        """The plan; nothing is changed anywhere (build the Setup with persist=False)."""
        await self.discover()
        return await self.prepare()

    async def check_prerequisites(self) -> list[Finding]:
        return await self._work.run(check_prerequisites(self.session))

    async def run(self) -> RunResult:
        """All remaining steps, after re-checking those that are done. Never raises SetupError."""
        try:
            outcome = await self._work.run(self._make())
        except RunStopped as stop:
            outcome = Outcome(((self._current(), stop),), stopped=True)
        except SetupError as error:
            outcome = Outcome(((self._current(), error),))
        return self.result(outcome)

    async def _make(self) -> Outcome:
        await self._engine.align_with_mode(MAKING)
        await self._engine.recheck(MAKING)
        return await self._engine.run(MAKING)

    def _current(self) -> StepId:
        records = self.session.tracker.snapshot.steps
        return next((s for s in StepId if not records[s].status.met), StepId.RUN_INTEGRATION_TESTS)

    async def leave_out(self, step: StepId) -> None:
        """A person leaves a failed step out; `run` goes on without it."""
        await self._engine.leave_out(step)

    def result(self, outcome: Outcome) -> RunResult:
        records = self.session.tracker.snapshot.steps
        statuses = {step: records[step].status for step in StepId}
        ok = not outcome.failures and all(status.met for status in statuses.values())
        by_a_person = [STEP_TITLES[s] for s in StepId if records[s].reason == BY_A_PERSON]
        code = ExitCode.DONE
        if outcome.stopped:
            code = ExitCode.INTERRUPTED
        elif not ok:
            code = ExitCode.FAILED
        return RunResult(
            ok=ok,
            exit_code=code,
            statuses=statuses,
            links=self.links(),
            failures=outcome.failures,
            left_out=(*self.session.skipped_manual, *by_a_person),
        )

    def links(self) -> dict[str, str]:
        config = self.session.config
        if config is None:
            return {}
        result = self.session.tracker.result
        return links_of(
            self.session.options.sign_in.host,
            config,
            experiment_id=str(result(StepId.CREATE_EXPERIMENT).get("experiment_id", "")),
            app_url=str(result(StepId.CREATE_APP).get("url", "")),
            tree=str(result(StepId.DEPLOY_APP).get("source_code_path", "")),
        )

    def request_stop(self) -> None:
        """Stop what runs; the call that waits for it ends with RunStopped (run: exit code 130)."""
        self._work.stop()

    async def _ask_anew(self, steps: Collection[StepId], anew: Collection[StepId]) -> None:
        """Run these asking steps; what was found by those in `anew` counts no more."""

        async def ask() -> Outcome:
            await self.session.tracker.make_pending(list(anew))
            return await self._engine.run(steps)

        outcome = await self._work.run(ask())
        if outcome.failures:
            raise outcome.failures[0][1]

    async def close(self) -> None:
        """Save what is left, close the workspace, give the lock back."""
        if self._log is not None:
            await self._log.close()
        if self.session.workspace_or_none is not None:
            await self.session.workspace_or_none.close()
        self._lock.release()
