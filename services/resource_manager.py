"""Creates the Databricks resources of a setup: catalog, schema, experiment, app.

Each is made once and adopted when it is there (services/adoption.py). The calls are those of the
Unity Catalog, MLflow and Apps REST APIs, through databricks-sdk.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from services.adoption import Made, make_once
from services.errors import StepFailed
from services.steps.context import StepContext
from services.workspace.errors import NotFound

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.apps import App
    from databricks.sdk.service.catalog import CatalogInfo, SchemaInfo
    from databricks.sdk.service.ml import Experiment

EXPERIMENT_TAG = "mlflow_demo_setup"
DELETING_SECONDS = 20 * 60
"""An app that was deleted holds its name for up to 20 minutes (Databricks Apps)."""
COMMENT = "MLflow GenAI demo"


async def catalog(context: StepContext, name: str) -> Made[CatalogInfo]:
    workspace = context.session.workspace

    async def find() -> CatalogInfo:
        return await workspace.call("catalogs.get", lambda client: client.catalogs.get(name))

    async def create(marker: str) -> CatalogInfo:
        return await workspace.call(
            "catalogs.create",
            lambda client: client.catalogs.create(name, comment=f"{COMMENT}. {marker}"),
            retry=False,
        )

    return await make_once(
        context,
        "catalog",
        name,
        find=find,
        create=create,
        marker_of=lambda info: info.comment or "",
    )


async def schema(context: StepContext, catalog_name: str, name: str) -> Made[SchemaInfo]:
    workspace = context.session.workspace
    full_name = f"{catalog_name}.{name}"

    async def find() -> SchemaInfo:
        return await workspace.call("schemas.get", lambda client: client.schemas.get(full_name))

    async def create(marker: str) -> SchemaInfo:
        return await workspace.call(
            "schemas.create",
            lambda client: client.schemas.create(
                name, catalog_name, comment=f"{COMMENT}. {marker}"
            ),
            retry=False,
        )

    return await make_once(
        context,
        "schema",
        full_name,
        find=find,
        create=create,
        marker_of=lambda info: info.comment or "",
    )


async def experiment(context: StepContext, path: str) -> Made[Experiment]:
    """The experiment at a workspace path. One in the trash of that name counts as not there."""
    workspace = context.session.workspace

    async def find() -> Experiment:
        answer = await workspace.call(
            "experiments.get_by_name", lambda client: client.experiments.get_by_name(path)
        )
        found = answer.experiment
        if found is None or found.lifecycle_stage == "deleted":
            raise NotFound(f"No experiment at {path}.", call="experiments.get_by_name")
        return found

    async def create(marker: str) -> Experiment:
        def do(client: WorkspaceClient) -> None:
            from databricks.sdk.service.ml import ExperimentTag

            client.experiments.create_experiment(path, tags=[ExperimentTag(EXPERIMENT_TAG, marker)])

        await workspace.call("experiments.create", do, retry=False)
        return await find()

    def marker_of(found: Experiment) -> str:
        return next((t.value or "" for t in found.tags or [] if t.key == EXPERIMENT_TAG), "")

    return await make_once(
        context, "experiment", path, find=find, create=create, marker_of=marker_of
    )


async def app(context: StepContext, name: str) -> Made[App]:
    """The app, with its compute starting. One of that name that is being deleted is waited for."""
    workspace = context.session.workspace

    async def find() -> App:
        return await workspace.call("apps.get", lambda client: client.apps.get(name))

    async def create(marker: str) -> App:
        def do(client: WorkspaceClient) -> App:
            from databricks.sdk.service.apps import App

            wanted = App(name=name, description=f"{COMMENT}. {marker}")
            waiter: Any = client.apps.create(wanted)
            return waiter.response

        return await workspace.call("apps.create", do, retry=False, deadline=120)

    await _wait_until_gone(context, name)
    return await make_once(
        context,
        "app",
        name,
        find=find,
        create=create,
        marker_of=lambda found: found.description or "",
    )


async def _wait_until_gone(context: StepContext, name: str) -> None:
    """Return once no app of that name is in DELETING. Polls every 2 s, then every 10 s."""
    workspace = context.session.workspace
    waited = 0.0
    while waited < DELETING_SECONDS:
        try:
            found = await workspace.call("apps.get", lambda client: client.apps.get(name))
        except NotFound:
            return
        state = found.compute_status.state if found.compute_status else None
        if state is None or state.value != "DELETING":
            return
        context.note(f"waiting for the deleted app {name} to be gone")
        pause = 2.0 if waited < 30 else 10.0
        await asyncio.sleep(pause)
        waited += pause
    raise StepFailed(
        f"The app {name} is still being deleted after 20 minutes.",
        "Choose another app name, or resume later.",
    )
