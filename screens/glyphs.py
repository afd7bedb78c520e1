"""The few signs the screens draw, in plain ASCII where the locale cannot show others."""

from __future__ import annotations

import locale
from collections.abc import Mapping
from dataclasses import dataclass

from services.vocabulary import StepStatus


@dataclass(frozen=True)
class Glyphs:
    done: str = "✓"
    failed: str = "✗"
    running: str = "●"
    waiting: str = "·"
    skipped: str = "○"
    unknown: str = "?"
    new: str = "+"
    star: str = "★"
    pointer: str = "❯"
    bar: str = "━"
    block: str = "█"
    ellipsis: str = "…"

    def of(self, status: StepStatus) -> str:
        return {
            StepStatus.PENDING: self.waiting,
            StepStatus.IN_PROGRESS: self.running,
            StepStatus.COMPLETED: self.done,
            StepStatus.FAILED: self.failed,
            StepStatus.SKIPPED: self.skipped,
        }[status]


ASCII = Glyphs("+", "x", "*", ".", "o", "?", "+", "*", ">", "-", "#", ".")


def speaks_unicode(environ: Mapping[str, str]) -> bool:
    """Whether the locale's encoding is UTF-8, as POSIX orders its variables."""
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if value := environ.get(name):
            # "C" and "POSIX" say nothing of the terminal; Python itself then assumes UTF-8.
            if value in ("C", "POSIX"):
                return False
            return "utf" in value.lower()
    return "utf" in locale.getpreferredencoding(False).lower()


def glyphs_for(environ: Mapping[str, str]) -> Glyphs:
    return Glyphs() if speaks_unicode(environ) else ASCII
