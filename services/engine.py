"""The step engine: runs the steps whose needs are met side by side, and saves around each.

A step that fails stops only what needs it; the others go on. A step found `in_progress` was
interrupted and runs again: steps adopt what an earlier try made. Steps found completed are
checked against the workspace before anything is built on them; what has vanished is done again,
and so is everything that was built on it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from services.errors import RunStopped, SetupError, StepFailed
from services.events import StepChanged
from services.session import Session
from services.steps.context import StepContext
from services.steps.step import SkipStep, Step
from services.vocabulary import StepId, StepStatus

OTHER = "not part of"
"""How the reason of a step begins that its mode leaves out."""
BY_A_PERSON = "left out by you after it failed"
"""The reason of a step that a person left out. It stays so whatever is done again around it."""


@dataclass(frozen=True)
class Outcome:
    """What came of a run: failures in the order they happened; empty means all is met."""

    failures: tuple[tuple[StepId, SetupError], ...]
    stopped: bool = False


class Engine:
    def __init__(self, steps: Sequence[Step], session: Session) -> None:
        self._steps = {step.id: step for step in steps}
        self._session = session
        self._tracker = session.tracker
        self._failures: list[tuple[StepId, SetupError]] = []
        self._tasks: dict[asyncio.Task[None], StepId] = {}

    def dependents(self, roots: Iterable[StepId]) -> list[StepId]:
        """The steps built, directly or not, on any of `roots`; in the steps' order."""
        found = set(roots)
        grew = True
        while grew:
            more = {s.id for s in self._steps.values() if found.intersection(s.needs)} - found
            found |= more
            grew = bool(more)
        return [step for step in self._steps if step in found - set(roots)]

    async def align_with_mode(self, ids: Collection[StepId]) -> None:
        """Make pending what the mode decides anew: steps skipped by another mode that apply now,
        and steps done in another mode that do not."""
        mode = self._session.mode
        again: list[StepId] = []
        for step in (self._steps[i] for i in ids):
            record = self._tracker.record(step.id)
            applies = mode in step.modes
            if applies and record.status is StepStatus.SKIPPED and record.reason.startswith(OTHER):
                again.append(step.id)
            if not applies and record.status is not StepStatus.SKIPPED:
                again.append(step.id)
        await self._tracker.make_pending(again)

    async def recheck(self, ids: Collection[StepId]) -> list[StepId]:
        """Check, side by side, the completed ones among `ids`; make pending what does not stand,
        with all that was built on it. Returns what will be done again."""
        done = [i for i in ids if self._tracker.record(i).status is StepStatus.COMPLETED]
        stands = await asyncio.gather(*(self._stands(step) for step in done))
        gone = [step for step, ok in zip(done, stands, strict=True) if not ok]
        again = [s for s in self._steps if s in {*gone, *self.dependents(gone)}]
        again = [s for s in again if self._may_be_done_again(s)]
        await self._tracker.make_pending(again)
        for step in again:
            self._session.emit(StepChanged(step, StepStatus.PENDING))
        return again

    def _may_be_done_again(self, step: StepId) -> bool:
        record = self._tracker.record(step)
        left_out = record.status is StepStatus.SKIPPED and record.reason == BY_A_PERSON
        return record.status is not StepStatus.PENDING and not left_out

    async def _stands(self, step: StepId) -> bool:
        context = StepContext(step, self._session, self._session.emit)
        stands = await self._steps[step].still_stands(context, self._tracker.result(step))
        if not stands:
            context.log("What this step made is no longer there; it is done again.")
        return stands

    async def run(self, ids: Collection[StepId]) -> Outcome:
        """Run those of `ids` that are not met yet. Cancelling it cancels the running steps and
        leaves them `in_progress`: interrupted, to be taken up again."""
        self._failures = []
        try:
            while True:
                self._start_ready(ids)
                if not self._tasks:
                    break
                done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    del self._tasks[task]
                    task.result()
        finally:
            await self._cancel_rest()
        stopped = any(isinstance(error, RunStopped) for _, error in self._failures)
        return Outcome(tuple(self._failures), stopped)

    def _start_ready(self, ids: Collection[StepId]) -> None:
        if any(isinstance(error, RunStopped) for _, error in self._failures):
            return
        busy = {*self._tasks.values(), *(step for step, _ in self._failures)}
        for step in self._steps.values():
            if step.id not in ids or step.id in busy or self._met(step.id):
                continue
            if all(self._met(need) for need in step.needs):
                task = asyncio.create_task(self._run_one(step), name=step.id.value)
                self._tasks[task] = step.id

    def _met(self, step: StepId) -> bool:
        return self._tracker.record(step).status.met

    async def _cancel_rest(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    async def _run_one(self, step: Step) -> None:
        mode = self._session.mode
        if mode is not None and mode not in step.modes:
            await self._end(step, StepStatus.SKIPPED, reason=f"{OTHER} {mode.value}")
            return
        await self._tracker.start(step.id)
        self._session.emit(StepChanged(step.id, StepStatus.IN_PROGRESS))
        began = time.monotonic()
        context = StepContext(step.id, self._session, self._session.emit)
        try:
            result = await step.run(context)
        except SkipStep as skip:
            await self._end(step, StepStatus.SKIPPED, began, reason=str(skip))
        except RunStopped as stop:
            self._failures.append((step.id, stop))
        except SetupError as error:
            await self._fail(step, error, began)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
            # A bug of ours or an answer of a shape nobody saw: told with its place, not swallowed.
            self._session.trace_bug(step.id, error)
            failed = StepFailed(
                f"Unexpected {type(error).__name__}: {error}.",
                "The session log has the details. Resume to try again.",
            )
            await self._fail(step, failed, began)
        else:
            await self._end(step, StepStatus.COMPLETED, began, result=dict(result))

    async def _fail(self, step: Step, error: SetupError, began: float) -> None:
        self._failures.append((step.id, error))
        clean = self._session.redactor.clean
        await self._end(
            step, StepStatus.FAILED, began, reason=clean(error.message), advice=clean(error.advice)
        )

    async def _end(
        self,
        step: Step,
        status: StepStatus,
        began: float | None = None,
        *,
        result: dict[str, object] | None = None,
        reason: str = "",
        advice: str = "",
    ) -> None:
        took = None if began is None else round(time.monotonic() - began, 3)
        await self._tracker.finish(
            step.id, status, duration_seconds=took, result=result, reason=reason, advice=advice
        )
        self._session.emit(
            StepChanged(step.id, status, took, reason, advice, self._tracker.result(step.id))
        )

    async def leave_out(self, step: StepId) -> None:
        """A person leaves a failed step out."""
        await self._end(self._steps[step], StepStatus.SKIPPED, reason=BY_A_PERSON)
