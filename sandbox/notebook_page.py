"""A notebook as a page: code as it is, Markdown with what notebooks use of it. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from sandbox.html import Link, paragraph, preformatted
from sandbox.notebooks import NotebookKind, parse_ipynb, to_ipynb

_INLINE = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<bold>.+?)\*\*|\[(?P<text>[^\]]+)\]\((?P<url>[^)\s]+)\)"
)
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
_HEADING = re.compile(r"(#{1,6})\s+")


def notebook(content: bytes, kind: NotebookKind) -> str:
    """HTML of all cells. `content` is of the form that `kind` says."""
    in_cells = content if kind.form == "JUPYTER" else to_ipynb(content, kind.language)
    parsed = parse_ipynb(in_cells)
    if parsed is None:
        return preformatted(content.decode("utf-8", "replace"))
    note = paragraph("The sandbox shows notebooks and does not run them.")
    return note + "".join(map(_cell, parsed["cells"]))


def _cell(cell: dict[str, Any]) -> str:
    source: str | list[str] = cell.get("source", "")
    text = source if isinstance(source, str) else "".join(source)
    if cell.get("cell_type") == "markdown":
        return f"<section>{''.join(_blocks(text))}</section>"
    return preformatted(text) if text.strip() else ""


def _blocks(text: str) -> Iterator[str]:
    """Headings, lists, fenced code and paragraphs."""
    lines = text.splitlines()
    while lines:
        line = lines.pop(0)
        heading = _HEADING.match(line)
        if not line.strip():
            continue
        if line.lstrip().startswith("```"):
            code: list[str] = []
            while lines and not lines[0].lstrip().startswith("```"):
                code.append(lines.pop(0))
            del lines[:1]
            yield preformatted("\n".join(code))
        elif heading:
            level = min(len(heading.group(1)) + 1, 6)  # the page's own title is the first level
            yield f"<h{level}>{_inline(line[heading.end() :])}</h{level}>"
        elif _ITEM.match(line):
            items = [line]
            while lines and _ITEM.match(lines[0]):
                items.append(lines.pop(0))
            inner = "".join(f"<li>{_inline(_ITEM.sub('', item, count=1))}</li>" for item in items)
            yield f"<ul>{inner}</ul>"
        else:
            words = [line]
            while lines and lines[0].strip() and not _starts_block(lines[0]):
                words.append(lines.pop(0))
            yield f"<p>{_inline(' '.join(words))}</p>"


def _starts_block(line: str) -> bool:
    return bool(_HEADING.match(line) or _ITEM.match(line) or line.lstrip().startswith("```"))


def _inline(text: str) -> str:
    """Code, bold and links; everything else is text."""
    done, html = 0, ""
    for found in _INLINE.finditer(text):
        html += escape(text[done : found.start()])
        done = found.end()
        if found["code"]:
            html += f"<code>{escape(found['code'])}</code>"
        elif found["bold"]:
            html += f"<strong>{escape(found['bold'])}</strong>"
        else:
            html += str(Link(found["text"], found["url"]))
    return html + escape(text[done:])
