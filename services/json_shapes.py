"""Reads JSON that came from outside, whatever shape it turns out to have."""

from __future__ import annotations

from typing import Any, cast


def row(body: object, key: str) -> dict[str, Any]:
    """The object under `key`; an empty one where there is none."""
    found = as_row(body).get(key)
    return as_row(found)


def rows(body: object, key: str) -> list[dict[str, Any]]:
    """The objects in the list under `key`; none where there is no such list."""
    found: object = as_row(body).get(key)
    if not isinstance(found, list):
        return []
    return [shown for each in cast("list[object]", found) if (shown := as_row(each))]


def as_row(body: object) -> dict[str, Any]:
    return cast("dict[str, Any]", body) if isinstance(body, dict) else {}
