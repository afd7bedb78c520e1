"""The prerequisites of a setup, each with its fix: tools, sign-in, and what the workspace has.

Everything here reads. The choices are checked in services/choices.py, the deployment by its steps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services import tools
from services.errors import SetupError
from services.events import PrerequisiteChecked
from services.workspace.errors import Denied, NotFound, NotSupported, WorkspaceError

if TYPE_CHECKING:
    from services.session import Session

CATALOG_API = "Unity Catalog"
MLFLOW_API = "MLflow"
APPS_API = "Databricks Apps"


@dataclass(frozen=True)
class Finding:
    """One prerequisite. `ok` is None where it could not be found out."""

    name: str
    ok: bool | None
    required: bool
    detail: str
    fix: str = ""

    def line(self) -> str:
        state = {True: "ok", False: "missing", None: "unknown"}[self.ok]
        fix = f" {self.fix}" if self.fix and not self.ok else ""
        return f"{self.name}: {state}. {self.detail}{fix}"


async def check_prerequisites(session: Session) -> list[Finding]:
    """All prerequisites, side by side; opens the session's workspace when the sign-in works.

    Each one is emitted as soon as it is known.
    """
    local, remote = await asyncio.gather(_tools(session), _workspace(session))
    return [*local, *remote]


async def _tools(session: Session) -> list[Finding]:
    found = await tools.find_tools(session.environ)
    return [
        _told(
            session,
            Finding(
                name=tool.name,
                ok=tool.ok,
                required=_is_required(session, tool),
                detail=tool.problem or f"{tool.version or 'found'} at {tool.found}",
                fix=tool.fix,
            ),
        )
        for tool in found
    ]


def _told(session: Session, finding: Finding) -> Finding:
    session.emit(
        PrerequisiteChecked(finding.name, finding.ok, finding.required, finding.detail, finding.fix)
    )
    return finding


def _is_required(session: Session, tool: tools.ToolFinding) -> bool:
    """The Databricks CLI only where the sign-in in use runs it; bun only beside npm's absence."""
    if tool.name == tools.DATABRICKS_CLI:
        return session.options.sign_in.needs_cli
    return tool.required


async def _workspace(session: Session) -> list[Finding]:
    from services.workspace.gateway import Workspace

    sign_in = session.options.sign_in
    notes = [
        _told(session, Finding("Sign-in note", None, False, warning))
        for warning in sign_in.warnings
    ]
    try:
        if session.workspace_or_none is None:
            session.workspace_or_none = await Workspace.connect(sign_in, trace=session.trace)
        user = await session.workspace.current_user()
    except SetupError as error:
        refused = Finding("Sign-in", False, True, error.message, error.advice)
        return [*notes, _told(session, refused)]
    signed_in = _told(
        session,
        Finding("Sign-in", True, True, f"{user.user_name} at {sign_in.host}, by {sign_in.source}"),
    )

    async def told(check: Awaitable[Finding]) -> Finding:
        return _told(session, await check)

    checks = (_catalogs(session), _mlflow(session), _apps(session))
    features = await asyncio.gather(*map(told, checks))
    return [*notes, signed_in, *features]


async def _catalogs(session: Session) -> Finding:
    fix = "Ask an account admin to attach this workspace to a Unity Catalog metastore."
    try:
        await session.workspace.call(
            "metastores.current", lambda client: client.metastores.current()
        )
    except Denied as error:
        return Finding(CATALOG_API, None, False, error.message)
    except WorkspaceError as error:
        return Finding(CATALOG_API, False, True, error.message, fix)
    return Finding(CATALOG_API, True, True, "attached to a metastore")


async def _mlflow(session: Session) -> Finding:
    try:
        await session.workspace.call(
            "experiments.search",
            lambda client: next(iter(client.experiments.search_experiments(max_results=1)), None),
        )
    except WorkspaceError as error:
        return Finding(MLFLOW_API, False, True, error.message, error.advice)
    return Finding(MLFLOW_API, True, True, "experiments can be read")


async def _apps(session: Session) -> Finding:
    fix = "Use --mode notebook_only, or ask a workspace admin to enable Databricks Apps."
    try:
        await session.workspace.call(
            "apps.list", lambda client: next(iter(client.apps.list(page_size=1)), None)
        )
    except (NotSupported, NotFound, Denied) as error:
        return Finding(APPS_API, False, False, error.message, fix)
    except WorkspaceError as error:
        return Finding(APPS_API, None, False, error.message, fix)
    return Finding(APPS_API, True, False, "available")
