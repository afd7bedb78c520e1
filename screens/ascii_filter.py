"""Draws in ASCII what terminals without Unicode would garble: frames, bars, and all that comes from
outside. One cell stays one cell, so nothing moves."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_DRAWN = {
    "─━╴╶╸╺▔▁": "-",
    "│┃▏▎▍▌▋▊▉▐▕": "|",
    "╭╮╰╯┌┐└┘├┤┬┴┼┏┓┗┛┣┫": "+",
    "▂▃▄▅▆▇█": "#",
    "▼": "v",
    "▶": ">",
    "…": ".",
}
_SIGNS = {sign: ascii_sign for signs, ascii_sign in _DRAWN.items() for sign in signs}


@lru_cache(4096)
def in_ascii(text: str) -> str:
    """As many cells as `text`; what has no sign of its own becomes question marks."""
    if text.isascii():
        return text
    return "".join(
        letter if letter.isascii() else _SIGNS.get(letter, "?" * cell_len(letter))
        for letter in text
    )


class AsciiFilter(LineFilter):
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        del background
        return [
            Segment(text if control else in_ascii(text), style, control)
            for text, style, control in segments
        ]
