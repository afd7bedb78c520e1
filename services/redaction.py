"""Takes secrets out of text before it is shown, logged or saved."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "***"
_SHORTEST_SECRET = 6
"""A shorter "secret" would black out ordinary words."""

_SHAPES = (
    # Databricks tokens: personal access (dapi), OAuth secrets (dose), and their kin.
    re.compile(r"\b(?:dapi|dose|dkea|dsapi)[0-9a-f]{16,}(?:-\d+)?\b"),
    # JSON Web Tokens: three base64url parts, the first of which is a JSON object.
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
    re.compile(r"(?i)(?<=\bbearer )[\w.~+/-]{8,}=*"),
    re.compile(r"(?i)(?<=\bbasic )[A-Za-z0-9+/]{12,}={0,2}"),
    # name=value and "name": "value", in logs, query strings, environments and JSON.
    re.compile(
        r"""(?ix)(?<![\w])
        (?P<name>(?:[\w-]*[_-]|access|refresh|id)?
            (?:token|secret|password|passwd|api[_-]?key|credentials)\b)
        (?P<between>["']?\s*[=:]\s*["']?)
        (?P<value>[^\s"'&,;}\])]{6,})"""
    ),
    # user:password@ in an address.
    re.compile(r"(?<=://)(?P<user>[^\s/:@]+):[^\s/@]+(?=@)"),
)


class Redactor:
    """Knows the secrets in use and the shapes that secrets have."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """From now on this value is hidden wherever it stands."""
        if len(secret) >= _SHORTEST_SECRET:
            self._secrets.add(secret)

    def clean(self, text: str) -> str:
        """The same text without secrets."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        for shape in _SHAPES:
            text = shape.sub(_hide, text)
        return text


def _hide(found: re.Match[str]) -> str:
    parts = found.groupdict()
    if "value" in parts:
        return f"{parts['name']}{parts['between']}{HIDDEN}"
    if "user" in parts:
        return f"{parts['user']}:{HIDDEN}"
    return HIDDEN
