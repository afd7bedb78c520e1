"""From a model's answer to an email: the subject line and the text."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

_SUBJECT = re.compile(r"^[\s*#]*subject\s*:\s*\**\s*(.*?)\**\s*$", re.IGNORECASE)
_FENCE = re.compile(r"^```\w*\n(.*?)\n?```$", re.DOTALL)


@dataclass(frozen=True)
class Email:
    subject: str
    body: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def parse_email(text: str) -> Email:
    """The email in a model's answer.

    Models do not always keep to the form that the prompt asks for: a code fence, bold marks, JSON
    and a missing subject are understood too. Words before the subject line are dropped.
    """
    text = text.strip()
    fenced = _FENCE.match(text)
    if fenced:
        text = fenced.group(1).strip()
    from_json = _from_json(text)
    if from_json is not None:
        return from_json
    lines = text.splitlines()
    for number, line in enumerate(lines[:5]):
        found = _SUBJECT.match(line)
        if found:
            return Email(found.group(1).strip(), "\n".join(lines[number + 1 :]).strip())
    return Email("", text)


def _from_json(text: str) -> Email | None:
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("body"), str):
        return None
    subject = found.get("subject") or found.get("subject_line") or ""
    return Email(str(subject), found["body"])
