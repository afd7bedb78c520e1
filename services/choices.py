"""Whether the workspace allows what was chosen: every right that steps 5 to 13 will need, by reads.

A refusal is known before anything is made.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services import admin_requests
from services.config import SetupConfig
from services.vocabulary import DeploymentMode
from services.workspace.errors import Denied, NotFound, NotSupported, RateLimited, WorkspaceError

if TYPE_CHECKING:
    from services.session import Session

APPS_PER_WORKSPACE = 100
"""The platform's limit (Databricks Apps documentation)."""


@dataclass(frozen=True)
class Problem:
    """Why a choice cannot be used. `statement` is what an admin could run to allow it."""

    answer: str
    message: str
    advice: str
    statement: str = ""


@dataclass
class Choices:
    """What is there of what was chosen, and what stands in the way."""

    catalog_exists: bool = False
    schema_exists: bool = False
    experiment_id: str = ""
    app_exists: bool = False
    app_state: str = ""
    may_grant: bool | None = None
    """Whether the person may grant USE CATALOG to the app's service principal."""
    problems: list[Problem] = field(default_factory=list[Problem])


async def check_choices(session: Session, config: SetupConfig) -> Choices:
    """Read what the chosen names are, side by side. Errors of single reads become problems."""
    choices = Choices()
    checks = [
        _securables(session, config, choices),
        _experiment(session, config, choices),
        _model(session, config, choices),
    ]
    if config.mode is DeploymentMode.FULL_DEPLOYMENT:
        checks.append(_app(session, config, choices))
    await asyncio.gather(*checks)
    return choices


async def _securables(session: Session, config: SetupConfig, choices: Choices) -> None:
    permissions = session.permissions
    try:
        catalog = await permissions.catalog(config.catalog)
    except NotFound:
        await _new_catalog(session, config, choices)
        return
    choices.catalog_exists = True
    choices.may_grant = catalog.may_manage
    try:
        schema = await permissions.schema(config.schema_full_name)
    except NotFound:
        if not catalog.may_create_schema:
            choices.problems.append(await _no_schema_right(session, config))
        return
    choices.schema_exists = True
    if not schema.usable:
        user = (await session.workspace.current_user()).user_name
        choices.problems.append(
            Problem(
                "schema",
                f"You may not use the schema {config.schema_full_name}: {schema.reason}.",
                "Choose another schema, or ask its owner for the grant.",
                admin_requests.on_schema(config.schema_full_name, user),
            )
        )


async def _new_catalog(session: Session, config: SetupConfig, choices: Choices) -> None:
    if await session.permissions.may_create_catalog() is False:
        user = (await session.workspace.current_user()).user_name
        choices.problems.append(
            Problem(
                "catalog",
                f"There is no catalog {config.catalog}, and you may not create catalogs here.",
                "Choose an existing catalog, or ask a metastore admin.",
                admin_requests.on_metastore(user),
            )
        )


async def _no_schema_right(session: Session, config: SetupConfig) -> Problem:
    user = (await session.workspace.current_user()).user_name
    return Problem(
        "catalog",
        f"You may not create a schema in the catalog {config.catalog}.",
        "Choose another catalog, or ask its owner for the grant.",
        admin_requests.on_catalog(config.catalog, user),
    )


async def _experiment(session: Session, config: SetupConfig, choices: Choices) -> None:
    path = config.experiment_path
    workspace = session.workspace
    try:
        answer = await workspace.call(
            "experiments.get_by_name", lambda client: client.experiments.get_by_name(path)
        )
    except NotFound:
        await _experiment_folder(session, path, choices)
        return
    except Denied as error:
        choices.problems.append(Problem("experiment_path", error.message, _OWN_PATH))
        return
    found = answer.experiment
    if found is None or found.lifecycle_stage == "deleted":
        await _experiment_folder(session, path, choices)
        return
    choices.experiment_id = found.experiment_id or ""


_OWN_PATH = "Use a path below your own folder, as --experiment-path /Users/YOU/mlflow-demo."


async def _experiment_folder(session: Session, path: str, choices: Choices) -> None:
    """The folder of a new experiment must be there and writable. An access list that cannot be
    read says nothing: then the create decides."""
    folder = path.rsplit("/", 1)[0] or "/"
    workspace = session.workspace
    try:
        found = await workspace.call(
            "workspace.get_status", lambda client: client.workspace.get_status(folder)
        )
    except NotFound:
        choices.problems.append(
            Problem("experiment_path", f"There is no workspace folder {folder}.", _OWN_PATH)
        )
        return
    except Denied as error:
        choices.problems.append(Problem("experiment_path", error.message, _OWN_PATH))
        return
    if not found.object_id or await _may_write(session, str(found.object_id)) is not False:
        return
    choices.problems.append(
        Problem("experiment_path", f"You may not create an experiment in {folder}.", _OWN_PATH)
    )


async def _may_write(session: Session, folder_id: str) -> bool | None:
    workspace = session.workspace
    user = await workspace.current_user()
    try:
        acl = await workspace.call(
            "permissions.get", lambda client: client.permissions.get("directories", folder_id)
        )
    except WorkspaceError:
        return None
    reached = {user.user_name, *user.groups, "users", "account users"}
    for entry in acl.access_control_list or []:
        if not reached & {entry.user_name, entry.group_name}:
            continue
        levels = {
            p.permission_level.value for p in entry.all_permissions or [] if p.permission_level
        }
        if levels & {"CAN_EDIT", "CAN_MANAGE"}:
            return True
    return False


async def _app(session: Session, config: SetupConfig, choices: Choices) -> None:
    name = config.app_name
    workspace = session.workspace
    other = "Choose another name with --app-name."
    try:
        app: Any = await workspace.call("apps.get", lambda client: client.apps.get(name))
    except NotFound:
        await _room_for_an_app(session, choices)
        return
    except (NotSupported, Denied) as error:
        choices.problems.append(
            Problem("mode", error.message, "Use --mode notebook_only, which needs no app.")
        )
        return
    choices.app_state = app.compute_status.state.value if app.compute_status else ""
    if choices.app_state == "DELETING":
        return
    choices.app_exists = True
    if not await session.permissions.app(name):
        message = f"The app {name} exists and you may not manage it."
        choices.problems.append(Problem("app_name", message, other))


async def _room_for_an_app(session: Session, choices: Choices) -> None:
    try:
        listed = await session.detector.apps()
    except (NotSupported, Denied, NotFound) as error:
        choices.problems.append(
            Problem("mode", error.message, "Use --mode notebook_only, which needs no app.")
        )
        return
    if len(listed) >= APPS_PER_WORKSPACE:
        choices.problems.append(
            Problem(
                "app_name",
                f"The workspace holds {len(listed)} apps; {APPS_PER_WORKSPACE} is its limit.",
                "Reuse an app you may manage, or delete one.",
            )
        )


async def _model(session: Session, config: SetupConfig, choices: Choices) -> None:
    """A one-token query tells what the endpoint list does not: a model may be listed as ready and
    still be refused (trial workspaces, a rate limit of 0)."""
    name = config.llm_model
    other = "Choose another endpoint with --llm-model."
    try:
        await session.detector.try_model(name)
    except NotFound:
        message = f"There is no serving endpoint {name}."
        choices.problems.append(Problem("llm_model", message, other))
    except (Denied, RateLimited, WorkspaceError) as error:
        message = f"The endpoint {name} does not answer: {error.message}"
        choices.problems.append(Problem("llm_model", message, other))
