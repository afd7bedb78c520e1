"""What a step may use: the workspace, the answers, what other steps found, and how to tell."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.errors import NeedsPerson, RunStopped, StepFailed
from services.events import Event, LogLine, ManualAction, ManualRaised, ManualSettled, StepNote
from services.manual import Decision
from services.vocabulary import StepId

if TYPE_CHECKING:
    from services.config import SetupConfig
    from services.ledger import Kind, LedgerEntry, State
    from services.session import Session


@dataclass
class StepContext:
    """One step's view of the session. Everything it tells is labelled with its id."""

    step: StepId
    session: Session
    emit: Callable[[Event], None]
    facts: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def config(self) -> SetupConfig:
        """The checked answers; there from step 4 on."""
        if self.session.config is None:
            raise StepFailed("The answers are not complete yet.", "Start the setup again.")
        return self.session.config

    def result(self, step: StepId) -> Mapping[str, Any]:
        """What an earlier step left as its result_data."""
        return self.session.tracker.result(step)

    def log(self, line: str) -> None:
        """Add to the step's log; secrets are taken out, several lines are split."""
        for part in self.session.redactor.clean(line).splitlines():
            self.emit(LogLine(self.step, part))

    def note(self, text: str, done: int | None = None, total: int | None = None) -> None:
        self.emit(StepNote(self.step, text, done, total))

    async def keep(self, **facts: Any) -> None:
        await self.session.tracker.keep(self.step, **facts)

    async def intend(self, kind: Kind, name: str, /, **details: Any) -> LedgerEntry:
        return await asyncio.to_thread(self.session.ledger.intend, kind, name, **details)

    async def settle(self, kind: Kind, name: str, state: State, /, **details: Any) -> None:
        await asyncio.to_thread(self.session.ledger.settle, kind, name, state, **details)

    async def need_person(self, action: ManualAction, check: Callable[[], Awaitable[bool]]) -> bool:
        """Ask for something only a person can do; True when the check held, False when skipped.

        Raises NeedsPerson when nobody is there to do it, RunStopped when the person stops.
        """
        self.emit(ManualRaised(action))
        while True:
            decision = await self.session.person(action)
            if decision is Decision.STOP:
                if self.session.attended:
                    raise RunStopped("Stopped at a manual step.", "Going on asks for it again.")
                raise NeedsPerson(f"{action.title}. {action.why}", _advice(action))
            if decision is Decision.SKIP:
                self.emit(ManualSettled(action, "skipped"))
                self.session.skipped_manual.append(action.title)
                return False
            self.note("checking again")
            if await check():
                self.emit(ManualSettled(action, "done"))
                return True
            self.log(f"Not yet: {action.title}.")


def _advice(action: ManualAction) -> str:
    return " ".join([*action.instructions, *action.statements, action.link]).strip()
