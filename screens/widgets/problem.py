"""What failed, why, and what to do: on top of the screen, as plain text."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from services.errors import ConfigurationError, SetupError


class ProblemPanel(Static):
    """Hidden while there is nothing to tell."""

    advice = ""
    """What it says to do; empty while it is hidden."""

    def show(self, error: SetupError | None) -> None:
        if error is None:
            self.tell("", "")
            return
        problems = error.problems if isinstance(error, ConfigurationError) else (error.message,)
        self.tell("\n".join(problems), error.advice)

    def tell(self, what: str, advice: str) -> None:
        self.set_class(bool(what), "-shown")
        self.advice = advice
        parts = [Content(what).stylize("bold")]
        if advice:
            parts.append(Content(f"\n{advice}"))
        self.update(Content.assemble(*parts))
