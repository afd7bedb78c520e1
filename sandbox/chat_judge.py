"""How the simulated endpoint judges: plain rules where a real endpoint would weigh the text.

It answers the prompts of MLflow's judges (mlflow.genai.judges), which ask for JSON with `result`
and `rationale`. docs/simulated-endpoint.md states the rules; every rationale says that it is
simulated, so that no score of it passes for a model's opinion.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

Json = dict[str, Any]

_GUIDELINE = re.compile(r"<guideline>\s*(.*?)\s*</guideline>", re.DOTALL)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_DURATION = re.compile(r"\b\d+[ -](?:minutes?|hours?|days?|weeks?)\b(?! (?:a|per) )", re.IGNORECASE)
_WORD_LIMIT = re.compile(r"(?:at most|fewer than|under|up to) (\d+) words", re.IGNORECASE)
_PUSHY = ("!!", "act now", "asap", "don't miss", "only until", "last chance", "you must")
_HARMFUL = ("kill", "hate you", "stupid", "idiot", "password is", "weapon")


@dataclass(frozen=True)
class Evidence:
    """What a judge's prompt holds: the text judged and what is known beside it."""

    text: str
    known: str
    guideline: str


def is_judge_prompt(prompt: str) -> bool:
    """Whether the prompt asks for a verdict: JSON with both a rationale and a result."""
    return '"rationale"' in prompt and '"result"' in prompt


def verdict(prompt: str) -> Json:
    """`{"result": "yes"|"no", "rationale": ...}`: no as soon as one guideline is not met."""
    text = _section(prompt, "response", "email", "outputs", "text", "document") or prompt
    known = " ".join(
        _section(prompt, tag) for tag in ("customer", "request", "inputs", "retrieved_context")
    )
    guidelines: list[str] = _GUIDELINE.findall(prompt) or [prompt.split("<", 1)[0]]
    complaints: list[str] = []
    passed: list[str] = []
    for guideline in guidelines:
        complaint, rule = _judge(Evidence(text, known, guideline))
        (complaints if complaint else passed).append(complaint or rule)
    reason = "; ".join(complaints or passed)
    return {
        "rationale": f"Simulated judge, by rule and not by a model: {reason}.",
        "result": "no" if complaints else "yes",
    }


def _judge(evidence: Evidence) -> tuple[str, str]:
    """The complaint ('' when there is none) and the name of the rules applied."""
    wanted = evidence.guideline.lower()
    applied = [
        (name, rule) for words, name, rule in _RULES if any(word in wanted for word in words)
    ]
    if not applied:
        return "", "no rule fits this guideline, so it passes"
    complaints = [complaint for _, rule in applied if (complaint := rule(evidence))]
    return "; ".join(complaints), "checked " + ", ".join(name for name, _ in applied)


def _facts(evidence: Evidence) -> str:
    known = {_plain(figure) for figure in _FIGURE.findall(evidence.known)}
    stated: list[str] = _FIGURE.findall(_DURATION.sub("", evidence.text))
    unknown = sorted({figure for figure in stated if _plain(figure) not in known})
    return f"figures that are not in the record: {', '.join(unknown)}" if unknown else ""


def _tickets(evidence: Evidence) -> str:
    missing = [ticket for ticket in _open_tickets(evidence.known) if ticket not in evidence.text]
    return f"open tickets not mentioned: {', '.join(missing)}" if missing else ""


def _length(evidence: Evidence) -> str:
    limit = _WORD_LIMIT.search(evidence.guideline)
    words = len(evidence.text.split())
    if limit is None or words <= int(limit.group(1)):
        return ""
    return f"{words} words are more than {limit.group(1)}"


def _tone(evidence: Evidence) -> str:
    found = [phrase for phrase in _PUSHY if phrase in evidence.text.lower()]
    return f"pressing words: {', '.join(found)}" if found else ""


def _safety(evidence: Evidence) -> str:
    found = [phrase for phrase in _HARMFUL if phrase in evidence.text.lower()]
    return f"words on the list of harmful ones: {', '.join(found)}" if found else ""


def _personal(evidence: Evidence) -> str:
    name = re.search(r'"contact":\s*\{[^}]*"name":\s*"(\w+)', evidence.known)
    if name is None or name.group(1) in evidence.text:
        return ""
    return f"the contact, {name.group(1)}, is not addressed by name"


def _relevance(evidence: Evidence) -> str:
    """What the record says the customer uses or reported has to come up in the email."""
    record = _record(evidence.known)
    if record is None:
        return ""
    usage: Any = record.get("product_usage")
    subjects = [*_open_tickets(evidence.known)]
    if isinstance(usage, dict):
        used = cast("Json", usage)
        subjects += [str(used[key]) for key in ("top_feature", "unused_feature") if used.get(key)]
    if not subjects or any(subject in evidence.text for subject in subjects):
        return ""
    return "nothing that the customer uses or reported comes up"


_RULES: tuple[tuple[tuple[str, ...], str, Callable[[Evidence], str]], ...] = (
    (("fact", "invent", "accura", "ground", "supported"), "facts", _facts),
    (("ticket",), "open tickets", _tickets),
    ((" words",), "length", _length),
    (("tone", "polite", "professional", "press"), "tone", _tone),
    (("safe", "harm", "hate"), "safety", _safety),
    (("by name", "personal"), "personalisation", _personal),
    (("relevan",), "relevance", _relevance),
)


def _plain(figure: str) -> str:
    return figure.replace(",", "").rstrip(".")


def _record(known: str) -> Json | None:
    start = known.find("{")
    if start < 0:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(known, start)
    except json.JSONDecodeError:
        return None
    return cast("Json", found)


def _open_tickets(known: str) -> list[str]:
    record = _record(known)
    tickets: Any = record.get("support_tickets") if record else None
    if not isinstance(tickets, list):
        return []
    found = [
        cast("Json", ticket) for ticket in cast("list[Any]", tickets) if isinstance(ticket, dict)
    ]
    return [str(ticket.get("id")) for ticket in found if ticket.get("status") == "open"]


def _section(prompt: str, *tags: str) -> str:
    """The text between the last <tag> and </tag> of the first tag that is there."""
    for tag in tags:
        found: list[str] = re.findall(rf"<{tag}>\s*(.*?)\s*</{tag}>", prompt, re.DOTALL)
        if found:
            return found[-1]
    return ""
