"""Turns what a program writes into plain lines for a log: no colours, no redrawn progress."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

MAX_LINE = 2_000
"""Characters of a line that are kept."""

# CSI, OSC (ended by BEL or ST), and the two-character escapes of ECMA-48.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(line: str) -> str:
    """One line as text: escapes and control characters gone, tabs wide, cut at MAX_LINE."""
    if len(line) > MAX_LINE:
        line = f"{line[:MAX_LINE]} ... ({len(line) - MAX_LINE} more characters)"
    return _CONTROLS.sub("", _ESCAPES.sub("", line)).expandtabs(4).rstrip()


class LineSplitter:
    """Feed it bytes as they come; it yields whole lines.

    Bytes that are no UTF-8 become the replacement character. After a lone carriage return the
    line starts over, as on a terminal, so that a progress bar is one line: its last state.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._dropped = 0

    def feed(self, data: bytes, *, final: bool = False) -> Iterator[str]:
        text = self._rest + self._decoder.decode(data, final)
        *lines, self._rest = text.split("\n")
        for line in lines:
            yield self._finish(line)
        if final:
            if self._rest:
                yield self._finish(self._rest)
            self._rest = ""
        else:
            self._keep_bounded()

    def _finish(self, line: str) -> str:
        line = line.rstrip("\r").rpartition("\r")[2]
        if self._dropped:
            line = f"{line[:MAX_LINE]} ... ({self._dropped + len(line) - MAX_LINE} more characters)"
            self._dropped = 0
        return plain(line)

    def _keep_bounded(self) -> None:
        """A program that writes no line breaks must not fill the memory."""
        # A return at the very end may be half of a \r\n: it stays.
        head, _, last = self._rest[:-1].rpartition("\r")
        if head:
            self._rest = last + self._rest[-1:]
        if len(self._rest) > 16 * MAX_LINE:
            self._dropped += len(self._rest) - 2 * MAX_LINE
            self._rest = self._rest[: 2 * MAX_LINE]
