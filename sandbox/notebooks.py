"""Which files are notebooks, and the two forms a notebook has: source text and .ipynb.

The rules are those of the Databricks docs ("Import and export notebooks") and of the CLI's
`libs/notebook` detection: a source file is a notebook when its first line is exactly the header of
its language; an .ipynb file when it is valid.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, cast

COMMENT = {"PYTHON": "#", "R": "#", "SCALA": "//", "SQL": "--"}
"""How each language starts a comment: its header, cell marks and magic lines begin with it."""
EXTENSION = {"PYTHON": ".py", "R": ".r", "SCALA": ".scala", "SQL": ".sql"}
_LANGUAGE = {extension: language for language, extension in EXTENSION.items()}


@dataclass(frozen=True)
class NotebookKind:
    language: str
    """PYTHON, SQL, SCALA or R."""
    form: str
    """'SOURCE' or 'JUPYTER': how the content is written."""

    @property
    def extension(self) -> str:
        return ".ipynb" if self.form == "JUPYTER" else EXTENSION[self.language]


def detect(path: str, content: bytes) -> NotebookKind | None:
    """What notebook a file is, by extension and content; None for a plain file."""
    extension = PurePosixPath(path).suffix.lower()
    if extension == ".ipynb":
        return None if parse_ipynb(content) is None else NotebookKind("PYTHON", "JUPYTER")
    language = _LANGUAGE.get(extension)
    if language is None:
        return None
    first_line = content.split(b"\n", 1)[0].rstrip(b"\r")
    return NotebookKind(language, "SOURCE") if first_line == _header(language).encode() else None


def parse_ipynb(content: bytes) -> dict[str, Any] | None:
    """The notebook's JSON; None if it is not a notebook of format 4."""
    try:
        parsed: object = json.loads(content)
    except ValueError:
        return None
    if not isinstance(parsed, dict):
        return None
    notebook = cast("dict[str, Any]", parsed)
    version = notebook.get("nbformat")
    if not isinstance(version, int) or version < 4 or not isinstance(notebook.get("cells"), list):
        return None
    return notebook


def to_source(content: bytes) -> bytes:
    """An .ipynb as Python notebook source. The content must be a valid notebook."""
    notebook = parse_ipynb(content)
    if notebook is None:
        raise ValueError("not a valid .ipynb notebook")
    cells: list[str] = []
    for cell in notebook["cells"]:
        text = _text(cell.get("source", ""))
        if cell.get("cell_type") == "markdown":
            text = "%md\n" + text
        cells.append(_magic(text) if text.startswith("%") else text)
    body = "\n\n# COMMAND ----------\n\n".join(cells)
    return f"{_header('PYTHON')}\n{body}\n".encode()


def to_ipynb(content: bytes, language: str) -> bytes:
    """Notebook source as .ipynb."""
    comment = COMMENT[language]
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    text = text.removeprefix(_header(language)).strip("\n")
    mark = re.compile(rf"^{re.escape(comment)} COMMAND -+$", re.MULTILINE)
    cells = [_cell(part.strip("\n"), comment) for part in mark.split(text)]
    kernel = {"language_info": {"name": language.lower()}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 0}
    return json.dumps(notebook, indent=1).encode()


def _cell(text: str, comment: str) -> dict[str, Any]:
    prefix = f"{comment} MAGIC"
    lines = text.split("\n")
    if all(line.startswith(prefix) for line in lines):
        lines = [line.removeprefix(prefix).removeprefix(" ") for line in lines]
        if lines[0].startswith("%md"):
            rest = [lines[0].removeprefix("%md").lstrip(), *lines[1:]]
            body = "\n".join(rest[1:] if rest[0] == "" else rest)
            return {"cell_type": "markdown", "metadata": {}, "source": body.splitlines(True)}
    source = "\n".join(lines).splitlines(True)
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def _magic(text: str) -> str:
    return "\n".join(f"# MAGIC {line}".rstrip() for line in text.split("\n"))


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _header(language: str) -> str:
    return f"{COMMENT[language]} Databricks notebook source"
