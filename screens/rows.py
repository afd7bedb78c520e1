"""The rows of a picker: what is known of each, their order, and which a typed text finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class RowState(IntEnum):
    """In the order in which rows are shown."""

    USABLE = 0
    NEW = 1
    """Not there yet; it will be made."""
    CHECKING = 2
    UNKNOWN = 3
    DENIED = 4
    """Somebody with other rights could change that."""
    UNFIT = 5
    """Nobody could."""


@dataclass(frozen=True)
class Row:
    """One choice. All texts are plain and may come from outside."""

    key: str
    state: RowState
    note: str = ""
    """What is known, in a few words: owner, may create, not ready..."""
    why: str = ""
    """A sentence for the highlighted row: the reason, or why it cannot be chosen."""
    suggested: bool = False
    request: str = ""
    """What to send to whoever may allow it."""

    @classmethod
    def checking(cls, key: str, suggested: bool) -> Row:
        return cls(key, RowState.CHECKING, "checking", suggested=suggested)

    @property
    def may_be_chosen(self) -> bool:
        return self.state not in (RowState.DENIED, RowState.UNFIT)


def match(query: str, name: str) -> int | None:
    """How well `name` fits a typed text, smaller is better; None when it does not.

    A part of the name fits best, the earlier the better; then its letters in this order.
    """
    if not query:
        return 0
    name = name.lower()
    at = name.find(query)
    if at >= 0:
        return at
    position, gaps = -1, 0
    for letter in query:
        found = name.find(letter, position + 1)
        if found < 0:
            return None
        gaps += found - position - 1
        position = found
    return 1000 + gaps


def arranged(rows: Iterable[Row], query: str) -> list[Row]:
    """The rows that fit, in the order in which they are shown."""
    query = query.strip().lower()
    found = [(fit, row) for row in rows if (fit := match(query, row.key)) is not None]
    found.sort(key=lambda pair: (not pair[1].suggested, pair[1].state, pair[0], pair[1].key))
    return [row for _, row in found]
