"""How the simulated endpoint writes an email: from a customer's record, under the prompt's rules.

docs/simulated-endpoint.md states the rules. A prompt that does not ask for facts only gets what a
model left alone is known for, invented figures; one that does not ask for open tickets gets none.
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from typing import Any, cast

from sandbox.chat_invented import INVENTED, PADDING

Json = dict[str, Any]

_RECORD = re.compile(r"<customer>\s*(\{.*?\})\s*</customer>", re.DOTALL)
_REQUEST = re.compile(r"<request>\s*(.*?)\s*</request>", re.DOTALL)
_FACTS_ONLY = re.compile(
    r"use only (the )?facts|only use (the )?facts|do not invent", re.IGNORECASE
)
_TICKETS = re.compile(r"(mention|acknowledge|address) \w+ open (support )?ticket", re.IGNORECASE)
_WORD_LIMIT = re.compile(r"at most (\d+) words", re.IGNORECASE)


@dataclass(frozen=True)
class Rules:
    """What the prompt asks for, as far as the simulated endpoint understands it."""

    facts_only: bool
    tickets: bool
    word_limit: int | None
    request: str
    as_json: str | None
    """The key under which JSON is to hold the subject, or None for a 'Subject:' line."""


def customer_in(prompt: str) -> Json | None:
    """The customer record in the prompt: JSON in <customer> tags, else any JSON object that has a
    name and an account."""
    tagged = _RECORD.search(prompt)
    if tagged is not None:
        return _record(tagged.group(1))
    decoder = json.JSONDecoder()
    for brace in re.finditer(r"\{\s*\"", prompt):
        try:
            found, _ = decoder.raw_decode(prompt, brace.start())
        except json.JSONDecodeError:
            continue
        record = cast("Json", found)
        if "account" in record and ("name" in record or "contact" in record):
            return record
    return None


def rules_in(prompt: str) -> Rules:
    limit = _WORD_LIMIT.search(prompt)
    request = _REQUEST.search(prompt)
    as_json = next((key for key in ("subject_line", "subject") if f'"{key}"' in prompt), None)
    return Rules(
        facts_only=_FACTS_ONLY.search(prompt) is not None,
        tickets=_TICKETS.search(prompt) is not None,
        word_limit=int(limit.group(1)) if limit else None,
        request=request.group(1).lower() if request else "",
        as_json=as_json if as_json and '"body"' in prompt else None,
    )


def write(customer: Json, prompt: str) -> str:
    """The email: 'Subject: ...', an empty line, the body; or JSON where the prompt asks for it."""
    rules = rules_in(prompt)
    draw = zlib.crc32(str(customer.get("id") or customer.get("name") or "").encode())
    invents = not rules.facts_only and draw % 4 != 0
    company = _text(customer, "name") or "your team"
    if invents:
        subject, paragraphs = INVENTED[draw % len(INVENTED)]
        subject, middle = (
            subject.format(company=company),
            [p.format(company=company) for p in paragraphs],
        )
    else:
        subject, middle = f"{company}: where things stand", _true_paragraphs(customer)
    tickets = _open_tickets(customer) if rules.tickets else []
    if tickets:
        subject = f"{company}: your open support ticket{'s' if len(tickets) > 1 else ''}"
    paragraphs = [*_ticket_paragraph(tickets), *middle, _closing(customer, rules.request)]
    if rules.word_limit is None:
        paragraphs[-1:-1] = PADDING
    greeting = f"Hello {_first_name(customer)},"
    signature = f"Kind regards,\n{_text(customer, 'account_manager') or 'Your account manager'}"
    body = "\n\n".join([greeting, *_within(paragraphs, rules.word_limit), signature])
    if rules.as_json is not None:
        return json.dumps({rules.as_json: subject, "body": body})
    return f"Subject: {subject}\n\n{body}"


def _within(paragraphs: list[str], limit: int | None) -> list[str]:
    """Leave out paragraphs from the one before the last upwards until the email is short enough."""
    kept = list(paragraphs)
    spare = 10  # the greeting and the signature
    while limit is not None and len(kept) > 2 and sum(len(p.split()) for p in kept) + spare > limit:
        del kept[-2]
    return kept


def _record(text: str) -> Json | None:
    try:
        found: Any = json.loads(text)
    except json.JSONDecodeError:
        return None
    return cast("Json", found) if isinstance(found, dict) else None


def _text(record: Json, *path: str) -> str:
    found: Any = record
    for key in path:
        found = cast("Json", found).get(key) if isinstance(found, dict) else None
    return str(found) if isinstance(found, (str, int, float)) and found != "" else ""


def _first_name(customer: Json) -> str:
    name = _text(customer, "contact", "name") or _text(customer, "main_contact", "name")
    return name.split()[0] if name else "there"


def _dicts(customer: Json, key: str) -> list[Json]:
    found: Any = customer.get(key)
    if not isinstance(found, list):
        return []
    return [cast("Json", item) for item in cast("list[Any]", found) if isinstance(item, dict)]


def _open_tickets(customer: Json) -> list[Json]:
    return [
        ticket for ticket in _dicts(customer, "support_tickets") if ticket.get("status") == "open"
    ]


def _ticket_paragraph(tickets: list[Json]) -> list[str]:
    if not tickets:
        return []
    lines = [
        f'{_text(t, "id")}, "{_text(t, "subject")}" (priority {_text(t, "priority")}, '
        f"open since {_text(t, 'opened')})"
        for t in tickets
    ]
    word = "ticket is" if len(lines) == 1 else "tickets are"
    return [
        f"First, what is still open on our side. Your support {word}: {'; '.join(lines)}. I am "
        "following up on this with our support team and will write as soon as I have news."
    ]


def _true_paragraphs(customer: Json) -> list[str]:
    paragraphs: list[str] = []
    for latest in _dicts(customer, "recent_activity")[:1]:
        day, summary = _text(latest, "date"), _text(latest, "summary")
        paragraphs.append(f'Thank you for your time on {day}: I noted "{summary}".')
    users = _text(customer, "product_usage", "active_users")
    seats = _text(customer, "account", "seats")
    favourite = _text(customer, "product_usage", "top_feature")
    if users and seats and favourite:
        paragraphs.append(
            f"{users} of your {seats} seats are in use, and what your team uses most is "
            f"{favourite}."
        )
    unused = _text(customer, "product_usage", "unused_feature")
    if unused:
        paragraphs.append(f"Your plan also has {unused}, which your team has not tried yet.")
    return paragraphs


def _closing(customer: Json, request: str) -> str:
    renewal = _text(customer, "account", "renewal_date")
    if "renew" in request and renewal:
        return (
            f"Your contract renews on {renewal}: tell me what you would like to change before then."
        )
    if "call" in request or "meet" in request:
        return "Would a short call suit you? Tell me a time that is good for you."
    if "train" in request or "feature" in request:
        return "I would gladly arrange a training session for your team: is there interest?"
    if "feedback" in request:
        return "What works well for you, and what does not? A line or two would help us."
    return "Is there anything I can help you with at the moment? Just answer this email."
