"""Make a thing exactly once, whatever happens to the answer.

A create is written into the ledger first and carries a marker in its comment, description or tag.
When its answer is lost, or something of that name is met, the marker tells whether it is ours: then
it is adopted; otherwise it counts as found, is used, and is never rolled back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.ledger import Kind, LedgerEntry
from services.steps.context import StepContext
from services.workspace.errors import AlreadyExists, NotFound, Unreachable

T = TypeVar("T")


@dataclass(frozen=True)
class Made(Generic[T]):
    """The thing, and whether this project made it (now or in an earlier try)."""

    thing: T
    ours: bool
    fresh: bool
    """True when this call made it."""


async def make_once(
    context: StepContext,
    kind: Kind,
    name: str,
    *,
    find: Callable[[], Awaitable[T]],
    create: Callable[[str], Awaitable[T]],
    marker_of: Callable[[T], str],
) -> Made[T]:
    """Find `name` or create it, with a ledger entry before and after.

    `find` raises NotFound when it is not there; `create` gets the marker to carry. Errors other
    than a name that is taken or a lost answer go up, and the intent stays in the ledger.
    """
    found = await _find(find)
    if found is not None:
        return await _adopt(context, kind, name, found, marker_of)
    entry = await context.intend(kind, name)
    try:
        thing = await create(entry.marker)
    except (AlreadyExists, Unreachable):
        found = await _find(find)
        if found is None:
            raise
        return await _adopt(context, kind, name, found, marker_of)
    await context.settle(kind, name, "done")
    context.log(f"Created {kind} {name}.")
    return Made(thing, ours=True, fresh=True)


async def _find(find: Callable[[], Awaitable[T]]) -> T | None:
    try:
        return await find()
    except NotFound:
        return None


async def _adopt(
    context: StepContext, kind: Kind, name: str, thing: T, marker_of: Callable[[T], str]
) -> Made[T]:
    entry = context.session.ledger.find(kind, name)
    if entry is not None and carries(marker_of(thing), entry):
        if entry.state != "done":
            await context.settle(kind, name, "done")
            context.log(f"Took over {kind} {name}, made before the interruption.")
        return Made(thing, ours=True, fresh=False)
    await context.settle(kind, name, "found")
    context.log(f"Using the existing {kind} {name}.")
    return Made(thing, ours=False, fresh=False)


def carries(text: str, entry: LedgerEntry) -> bool:
    """Whether a comment or description says that this ledger entry's session made it."""
    return entry.made_by_us and bool(entry.marker) and entry.marker in text
