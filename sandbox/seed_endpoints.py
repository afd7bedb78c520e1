"""The serving endpoints that a new workspace starts with, as data.

The names are those that wizards, notebooks and documentation ask for; every description says that
what answers is a simulation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.scenarios import Scenario

CHAT = "llm/v1/chat"
EMBEDDINGS = "llm/v1/embeddings"


@dataclass(frozen=True)
class EndpointSeed:
    name: str
    task: str = CHAT
    ready: bool = True
    foundation: bool = True
    """Served by the platform for everybody; has no access control list of its own."""
    rate_limited: bool = False
    """Listed as READY and refusing every query, as on trial workspaces."""
    users: str | None = "CAN_QUERY"
    """The level of all users on an endpoint that is not the platform's; None: not even listed."""


_STANDARD = (
    EndpointSeed("databricks-claude-3-7-sonnet"),
    EndpointSeed("databricks-meta-llama-3-3-70b-instruct"),
    EndpointSeed("databricks-gpt-oss-20b"),
    EndpointSeed("databricks-claude-opus-4", rate_limited=True),
    EndpointSeed("databricks-bge-large-en", task=EMBEDDINGS),
    EndpointSeed("support-assistant", foundation=False),
    EndpointSeed("contract-reader", foundation=False, ready=False),
    EndpointSeed("board-briefings", foundation=False, users=None),
)


def endpoints_of(scenario: Scenario) -> Iterator[EndpointSeed]:
    """All endpoints of a scenario: none in an empty workspace."""
    if scenario.name == "empty":
        return
    yield from _STANDARD
    for number in range(scenario.extra_endpoints - len(_STANDARD)):
        yield EndpointSeed(
            f"team-{number % 12:02d}-model-{number:02d}",
            task=(CHAT, EMBEDDINGS, "custom/predict")[number % 3],
            ready=number % 7 != 3,
            foundation=False,
            users="CAN_QUERY" if number % 4 == 0 else "CAN_VIEW",
        )
