"""What every handler can reach: the sandbox it runs in and who is asking."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request

from sandbox.store import Store

if TYPE_CHECKING:
    from sandbox.acls import Acls
    from sandbox.apps_runtime import AppsRuntime
    from sandbox.faults import Faults
    from sandbox.mlflow_server import MlflowServer
    from sandbox.principals import Principals
    from sandbox.privileges import Privileges
    from sandbox.request_log import RequestLog
    from sandbox.scenarios import Scenario


@dataclass(frozen=True)
class Principal:
    """Who signed the request: the local person, another user, or an app's service principal."""

    name: str
    """What grants and ACLs call it: a user's e-mail address, a service principal's application
    id."""
    id: str
    """The numeric SCIM id."""
    display_name: str
    groups: tuple[str, ...]
    kind: str
    """'user' or 'service_principal'."""
    token_kind: str
    """'oauth' or 'pat': an app's URL accepts only the first."""

    @property
    def identities(self) -> tuple[str, ...]:
        """The names under which a privilege reaches this principal; 'account users' holds all."""
        return (self.name, *self.groups, "account users")


@dataclass
class Sandbox:
    """One running sandbox. Built once in server.py; handlers get it with `sandbox_of`.

    `apps` and `mlflow` are made from the sandbox itself (``AppsRuntime(sandbox)``,
    ``MlflowServer(sandbox)``), so server.py sets them right after it has built the rest.
    """

    state_dir: Path
    host: str
    """http://127.0.0.1:PORT, without a slash at the end."""
    store: Store
    scenario: Scenario
    principals: Principals
    privileges: Privileges
    acls: Acls
    faults: Faults
    requests: RequestLog
    apps: AppsRuntime = field(init=False)
    mlflow: MlflowServer = field(init=False)
    latency_ms: int = 0
    with_mlflow: bool = True
    """False: no MLflow server runs; what needs it answers TEMPORARILY_UNAVAILABLE."""


def sandbox_of(request: Request) -> Sandbox:
    return request.app.state.sandbox


def principal_of(request: Request) -> Principal:
    """The signed-in principal; the sign-in middleware put it there (sandbox/sign_in.py)."""
    return request.state.principal
