"""Bad luck for a sandbox, and sign-ins to it, as tests of the gateway need them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from services.workspace.profiles import SignIn, choose_sign_in
from tests.sandbox.running import RunningSandbox

ME = "GET /api/2.0/preview/scim/v2/Me"
CATALOGS = "GET /api/2.1/unity-catalog/catalogs"
SCHEMAS = "POST /api/2.1/unity-catalog/schemas"


@contextmanager
def trouble(sandbox: RunningSandbox, *faults: dict[str, Any]) -> Generator[None]:
    """These faults in force, and an empty request log."""
    sandbox.call("DELETE", "/sandbox/requests")
    for fault in faults:
        sandbox.call("POST", "/sandbox/faults", fault)
    try:
        yield
    finally:
        sandbox.call("DELETE", "/sandbox/faults")


def fault(match: str, **what: Any) -> dict[str, Any]:
    """A fault in the sandbox's form."""
    return {"match": match, **what}


def asked(sandbox: RunningSandbox, match: str) -> int:
    """How many requests of this method and path came since the log was emptied."""
    entries = sandbox.call("GET", "/sandbox/requests")["requests"]
    return sum(f"{entry['method']} {entry['path']}" == match for entry in entries)


def sign_in_to(sandbox: RunningSandbox, profile: str | None = None) -> SignIn:
    """The local person: DEFAULT by OAuth, `pat` by token."""
    return choose_sign_in(profile, {"DATABRICKS_CONFIG_FILE": str(sandbox.config_file)})


def sign_in_with(host: str, token: str) -> SignIn:
    """By a token in the environment."""
    return choose_sign_in(None, {"DATABRICKS_HOST": host, "DATABRICKS_TOKEN": token})
