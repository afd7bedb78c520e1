"""What a person answers when a step needs somebody with other rights."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum

from services.events import ManualAction


class Decision(str, Enum):
    CHECK = "check"
    """It is done: look whether it is."""
    SKIP = "skip"
    STOP = "stop"


Person = Callable[[ManualAction], Awaitable[Decision]]
"""Shows the action and waits for the decision. Called again when a check did not hold."""


async def nobody(action: ManualAction) -> Decision:
    """The person of an unattended run: there is none, so the run stops at the action."""
    del action
    return Decision.STOP


async def skip_what_needs_a_person(action: ManualAction) -> Decision:
    """`--skip-manual`: leave out what may be left out."""
    return Decision.SKIP if action.may_skip else Decision.STOP
