"""What to do about refusals of the platform that are known to puzzle people."""

from __future__ import annotations

import re

_KNOWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"(metastore|storage).*(storage root|root (url|storage|credential))|storage root",
            re.I | re.S,
        ),
        "Choose an existing catalog, or ask a metastore admin for one: this metastore has no "
        "storage root, so a new catalog needs a managed location.",
    ),
    (
        re.compile(
            r"(limit|quota|maximum|exceed)\w*.*\bapps?\b|\bapps?\b.*(limit|quota|maximum)",
            re.I | re.S,
        ),
        "Delete an app that is not needed any more, or choose an existing one to reuse.",
    ),
    (
        re.compile(r"\bdeleting\b|is being deleted", re.I),
        "A deleted app keeps its name for up to 20 minutes. Wait, or choose another name.",
    ),
    (
        re.compile(r"IP access list|IP ACL|source ip", re.I),
        "This network is not on the workspace's IP access list: use the customer's VPN, or ask an "
        "admin to add this address.",
    ),
    (
        re.compile(r"rate limit of 0|limit of 0", re.I),
        "This workspace may not use that model, though it is listed as ready. Choose another one.",
    ),
    (
        re.compile(r"fallback policies|budget policy", re.I),
        "Set the experiment tag mlflow.workload_creation_policy_id to a serverless budget policy, "
        "or ask a workspace admin for a default one.",
    ),
)


def advice_for(code: str, message: str) -> str:
    """The advice for a platform error; empty where nothing special is known."""
    for pattern, advice in _KNOWN:
        if pattern.search(message):
            return advice
    if code == "FEATURE_DISABLED":
        return "Ask a workspace admin to enable it."
    return ""
