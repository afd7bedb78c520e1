"""The frame of the sandbox's own pages. Text is escaped here, once, for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
header { border-bottom: 1px solid; padding-bottom: .5rem; margin-bottom: 1.5rem; }
header a { margin-right: 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; }
pre { overflow: auto; background: #8881; padding: 1rem; }
"""


@dataclass(frozen=True)
class Link:
    """A piece of text that leads somewhere; only http, https and own paths become links."""

    text: str
    url: str

    def __str__(self) -> str:
        if urlsplit(self.url).scheme not in ("", "http", "https"):
            return escape(self.text)
        return f'<a href="{escape(self.url, quote=True)}">{escape(self.text)}</a>'


Cell = str | Link | None


def table(heads: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """A table; an empty one says so."""
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    if not body:
        return "<p>Nothing here that you may see.</p>"
    return f"<table><tr>{head}</tr>{body}</table>"


def paragraph(*pieces: Cell) -> str:
    return f"<p>{' '.join(map(_inline, pieces))}</p>"


def preformatted(text: str) -> str:
    return f"<pre>{escape(text)}</pre>"


def document(title: str, *parts: str, script: str = "", status: int = 200) -> HTMLResponse:
    """A whole page. `parts` and `script` are HTML made by this module or constants."""
    links = (
        Link("Workspace", "/"),
        Link("Catalogs", "/explore/data"),
        Link("Files", "/browse"),
        Link("Apps", "/apps"),
    )
    return HTMLResponse(
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<header>{''.join(map(str, links))}<small>Local sandbox workspace</small></header>"
        f"<h1>{escape(title)}</h1>{''.join(parts)}"
        f"{f'<script>{script}</script>' if script else ''}</body></html>",
        status,
        {"x-content-type-options": "nosniff", "x-frame-options": "DENY"},
    )


def _cell(value: Cell) -> str:
    return f"<td>{_inline(value)}</td>"


def _inline(value: Cell) -> str:
    if isinstance(value, Link):
        return str(value)
    return "" if value is None else escape(value)
