"""Scorers in plain code: what can be checked is checked, and costs nothing.

Each scorer carries all it needs in its body, imports too: MLflow stores that body, and production
monitoring runs it in a job that knows nothing of this project.
https://docs.databricks.com/aws/en/mlflow3/genai/eval-monitor/custom-scorers
"""

from __future__ import annotations

from typing import Any

from mlflow.entities import Feedback
from mlflow.genai.scorers import Scorer, scorer


@scorer
def accuracy(inputs: Any, outputs: Any) -> Feedback:
    """Whether every figure in the email stands in the customer's record or in the request."""
    import json
    import re

    from mlflow.entities import Feedback

    number = re.compile(r"\d+(?:[.,]\d+)*")
    # "Would 15 minutes suit you?" is a proposal, no claim about the customer.
    proposal = re.compile(r"\b\d+[ -](?:minutes?|hours?)\b", re.IGNORECASE)

    def plain(figure: str) -> str:
        return figure.replace(",", "").rstrip(".").lstrip("0") or "0"

    known = {plain(found) for found in number.findall(json.dumps(inputs, ensure_ascii=False))}
    text = f"{outputs.get('subject', '')}\n{outputs.get('body', '')}"
    stated = number.findall(proposal.sub("", text))
    unknown = sorted({found for found in stated if plain(found) not in known})
    if unknown:
        return Feedback(value=False, rationale=f"Not in the record: {', '.join(unknown)}.")
    return Feedback(value=True, rationale=f"All {len(stated)} figures stand in the record.")


@scorer
def open_tickets(inputs: Any, outputs: Any) -> Feedback:
    """Whether the email names every open support ticket of the customer."""
    from mlflow.entities import Feedback

    tickets = inputs["customer"].get("support_tickets", [])
    waiting = [ticket["id"] for ticket in tickets if ticket.get("status") == "open"]
    text = f"{outputs.get('subject', '')}\n{outputs.get('body', '')}"
    ignored = [ticket for ticket in waiting if ticket not in text]
    if ignored:
        return Feedback(value=False, rationale=f"Ignored although open: {', '.join(ignored)}.")
    said = f"Names {', '.join(waiting)}." if waiting else "No ticket is open."
    return Feedback(value=True, rationale=said)


@scorer
def personalisation(inputs: Any, outputs: Any) -> Feedback:
    """Whether the email addresses the contact by name and refers to what their team uses."""
    from mlflow.entities import Feedback

    customer = inputs["customer"]
    first_name = customer["contact"]["name"].split()[0]
    usage = customer.get("product_usage", {})
    subjects = [usage.get("top_feature"), usage.get("unused_feature")]
    subjects += [ticket["id"] for ticket in customer.get("support_tickets", [])]
    subjects += [entry["date"] for entry in customer.get("recent_activity", [])]
    body = outputs.get("body", "")
    missing: list[str] = []
    if first_name not in body:
        missing.append(f"the contact, {first_name}, is not addressed")
    if not any(subject and subject.lower() in body.lower() for subject in subjects):
        missing.append("nothing that the customer uses or reported comes up")
    if missing:
        return Feedback(value=False, rationale=f"{'; '.join(missing).capitalize()}.")
    return Feedback(value=True, rationale=f"Addresses {first_name} and what the team uses.")


@scorer
def length(outputs: Any) -> Feedback:
    """Whether the email keeps to 180 words."""
    from mlflow.entities import Feedback

    words = len(outputs.get("body", "").split())
    return Feedback(value=words <= 180, rationale=f"{words} words; 180 are allowed.")


CODE_SCORERS: list[Scorer] = [accuracy, open_tickets, personalisation, length]
