"""What a run without a screen writes: plain lines, or JSON events (docs/command-line.md).

In JSON nothing but events goes to stdout, and the last one is always the result.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from services.errors import ConfigurationError, SetupError
from services.events import (
    Event,
    LogLine,
    ManualAction,
    ManualRaised,
    ManualSettled,
    StepChanged,
    StepNote,
)
from services.vocabulary import STEP_TITLES, StepStatus

if TYPE_CHECKING:
    from services.plan import Plan


class Output:
    """Writes events, lines and the result; one of these for a process.

    `on_closed` is called once when nobody reads stdout any more (`| head`).
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.on_closed: Callable[[], None] = _nothing
        self.result_written = False
        self._closed = False

    def line(self, text: str = "") -> None:
        """A line for a person: stdout, or stderr where stdout belongs to JSON."""
        self._write(text, to_stderr=self.as_json)

    def event(self, kind: str, **body: Any) -> None:
        """One JSON event; nothing in plain output, whose caller says it in words."""
        if self.as_json:
            self._write(json.dumps({"event": kind, **body}, ensure_ascii=False))

    def problem(self, error: SetupError) -> None:
        """An error in words, each problem of a configuration on a line of its own."""
        problems = error.problems if isinstance(error, ConfigurationError) else (error.message,)
        for problem in (*problems, error.advice):
            if problem:
                self._write(problem, to_stderr=True)

    def result(
        self,
        exit_code: int,
        *,
        steps: Mapping[str, str] | None = None,
        links: Mapping[str, str] | None = None,
        error: SetupError | None = None,
        **more: Any,
    ) -> None:
        """The last event. `error` tells a program what the words on stderr tell a person."""
        if error is not None:
            more["error"] = {"message": error.message, "advice": error.advice}
        self.result_written = True
        self.event(
            "result",
            ok=exit_code == 0,
            exit_code=int(exit_code),
            steps=dict(steps or {}),
            links=dict(links or {}),
            **more,
        )

    def plan(self, plan: Plan) -> None:
        self.event(
            "plan",
            resources=plan.entries(),
            host=plan.host,
            user=plan.user_name,
            answers=plan.config.answers(),
            notices=list(plan.notices),
        )
        if self.as_json:
            return
        self.line(f"Plan for {plan.host}, as {plan.user_name}: {plan.summary()}")
        for name, value in plan.config.answers().items():
            self.line(f"  {name:<16} {value}")
        for entry in plan.resources:
            told = f"  {entry.action.value:<8} {entry.kind:<14} {entry.name}"
            self.line(f"{told}  ({entry.detail})" if entry.detail else told)
        for notice in plan.notices:
            self.line(f"  note: {notice}")

    def _write(self, text: str, *, to_stderr: bool = False) -> None:
        if self._closed and not to_stderr:
            return
        stream = sys.stderr if to_stderr else sys.stdout
        try:
            stream.write(text + "\n")
            stream.flush()
        except BrokenPipeError:
            # Python would complain again when it flushes at exit: give it somewhere to write.
            sink = os.open(os.devnull, os.O_WRONLY)
            os.dup2(sink, stream.fileno())
            os.close(sink)
            if not to_stderr:
                self._closed = True
                self.on_closed()


class RunPrinter:
    """Listens to a run and writes what happens."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._last_note: dict[str, str] = {}

    def __call__(self, event: Event) -> None:
        match event:
            case StepChanged():
                self._step(event)
            case LogLine():
                self._log(event.step.value, event.line)
            case StepNote():
                self._note(event)
            case ManualRaised():
                self._manual(event.action)
            case ManualSettled():
                self._output.event("manual", id=event.action.id, state=event.outcome)
                if not self._output.as_json:
                    self._output.line(f"  {event.outcome}: {event.action.title}")
            case _:
                # The plan is written where it is asked for, once.
                pass

    def _step(self, event: StepChanged) -> None:
        more = {"reason": event.reason, "advice": event.advice}
        self._output.event(
            "step",
            step=event.step.value,
            status=event.status.value,
            duration_seconds=event.duration_seconds,
            **{name: value for name, value in more.items() if value},
        )
        if self._output.as_json:
            return
        word = _WORDS[event.status]
        took = "" if event.duration_seconds is None else f" ({event.duration_seconds:.1f} s)"
        told = f"{word:<8} {STEP_TITLES[event.step]} [{event.step.value}]{took}"
        self._output.line(f"{told}: {event.reason}" if event.reason else told)
        if event.advice:
            self._output.line(f"         {event.advice}")

    def _note(self, event: StepNote) -> None:
        """A note as a log line, where its text is new: counts would flood a CI log."""
        step = event.step.value
        if self._last_note.get(step) == event.text:
            return
        self._last_note[step] = event.text
        self._log(step, event.text)

    def _log(self, step: str, line: str) -> None:
        self._output.event("log", step=step, line=line)
        if not self._output.as_json:
            self._output.line(f"         {step}: {line}")

    def _manual(self, action: ManualAction) -> None:
        self._output.event(
            "manual",
            id=action.id,
            state="needed",
            step=action.step.value,
            title=action.title,
            why=action.why,
            instructions=list(action.instructions),
            statements=list(action.statements),
            link=action.link,
            may_skip=action.may_skip,
        )
        if self._output.as_json:
            return
        self._output.line(f"A person is needed: {action.title}")
        self._output.line(f"  {action.why}")
        for number, instruction in enumerate(action.instructions, 1):
            self._output.line(f"  {number}. {instruction}")
        self._lines("     ", action.statements)
        self._lines("  ", [action.link] if action.link else [])

    def _lines(self, indent: str, lines: Sequence[str]) -> None:
        for line in lines:
            self._output.line(f"{indent}{line}")


_WORDS = {
    StepStatus.PENDING: "pending",
    StepStatus.IN_PROGRESS: "start",
    StepStatus.COMPLETED: "done",
    StepStatus.FAILED: "failed",
    StepStatus.SKIPPED: "skipped",
}


def _nothing() -> None:
    pass
