"""What ran beside what: a bar for each step over the time of the run."""

from __future__ import annotations

import time

from textual.content import Content
from textual.widgets import Static

from screens.durations import spoken
from screens.glyphs import Glyphs
from screens.run_view import RunView, StepView
from services.vocabulary import STEP_TITLES, StepId, StepStatus

_STYLES = {
    StepStatus.COMPLETED: "$success",
    StepStatus.IN_PROGRESS: "$primary",
    StepStatus.FAILED: "$error",
}
LABEL = 23


class Timeline(Static):
    def __init__(self, view: RunView, glyphs: Glyphs) -> None:
        super().__init__(id="timeline", markup=False)
        self._view = view
        self._glyphs = glyphs

    def draw(self) -> None:
        """Draw it anew; called by the screen's timer while it is seen."""
        now = time.time()
        ran = {step: view for step, view in self._view.steps.items() if view.began is not None}
        if not ran:
            self.update("Nothing ran yet.")
            return
        begin = min(view.began or now for view in ran.values())
        end = max(_end(view, now) for view in ran.values())
        width = max(10, self.size.width - LABEL - 12)
        scale = width / max(end - begin, 0.001)
        lines = [Content(f"{'':<{LABEL}}0 {'':<{max(0, width - 10)}}{spoken(end - begin)}")]
        lines += [self._line(step, view, begin, scale, width, now) for step, view in ran.items()]
        self.update(Content("\n").join(lines))

    def _line(
        self, step: StepId, view: StepView, begin: float, scale: float, width: int, now: float
    ) -> Content:
        start = int(((view.began or begin) - begin) * scale)
        length = max(1, round((_end(view, now) - (view.began or begin)) * scale))
        length = max(1, min(length, width - start))
        took = view.elapsed()
        return Content.assemble(
            Content(f"{STEP_TITLES[step]:<{LABEL}}"),
            Content(" " * start),
            Content(self._glyphs.block * length).stylize(_STYLES.get(view.status, "$text-muted")),
            Content(f" {spoken(took)}" if took is not None else ""),
        )


def _end(view: StepView, now: float) -> float:
    if view.status is StepStatus.IN_PROGRESS:
        return now
    return view.ended or view.began or now
