"""The setup so far in detail: where, with which answers, and how each step stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Footer, Static

from screens import commands
from screens.dialog import Dialog
from screens.durations import spoken
from screens.glyphs import Glyphs
from screens.labels import ANSWER_LABELS
from services.progress_file import ProgressSnapshot
from services.vocabulary import STEP_TITLES, StepId


def detail_lines(snapshot: ProgressSnapshot, glyphs: Glyphs) -> Iterator[str]:
    facts = {
        "Workspace": snapshot.host or "not recorded",
        "Signed in as": snapshot.user or "not recorded",
        "Last change": snapshot.last_updated.replace("T", " ")[:19] or "not recorded",
        "Session": snapshot.session_id,
    }
    facts |= {ANSWER_LABELS.get(name, name): value for name, value in snapshot.answers.items()}
    yield from (f"{name:<14} {value}" for name, value in facts.items())
    yield ""
    for step in StepId:
        record = snapshot.steps[step]
        took = spoken(record.duration_seconds) if record.duration_seconds is not None else ""
        line = f"{glyphs.of(record.status)} {STEP_TITLES[step]:<22} {took}"
        yield line.rstrip()
        yield from (f"    {text}" for text in (record.reason, record.advice) if text)


class DetailsScreen(Dialog[None]):
    CSS_PATH = "details.tcss"
    AUTO_FOCUS = "#details"
    BINDINGS: ClassVar[list[BindingType]] = [commands.CLOSE_DETAILS]

    def __init__(self, snapshot: ProgressSnapshot, glyphs: Glyphs) -> None:
        super().__init__()
        self._lines = tuple(detail_lines(snapshot, glyphs))

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static("The setup so far", id="dialog-title", markup=False)
            with VerticalScroll(id="details"):
                yield Static("\n".join(self._lines), markup=False)
        yield Footer(compact=True)

    def action_close(self) -> None:
        self.dismiss()
