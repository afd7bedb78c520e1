"""What a person sees of a bug of ours: a sentence and the report's file, never a traceback."""

from __future__ import annotations

import sys
import tempfile
import traceback
from types import TracebackType


def install() -> None:
    """From now on an uncaught exception is written to a file and told in two lines."""
    sys.excepthook = _tell


def _tell(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    from services.redaction import Redactor

    report = Redactor().clean("".join(traceback.format_exception(kind, error, where)))
    told = f"This is a mistake in the setup program itself ({kind.__name__})."
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="auto-setup-crash-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(report)
        told += f" The report is in {file.name}; nothing that was done is lost."
    except OSError:
        told += f"\n{report}"
    sys.stderr.write(f"{told}\nGo on with: ./auto-setup.sh --resume\n")
