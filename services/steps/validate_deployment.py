"""Step 14: the app is RUNNING and healthy; or the notebooks are in the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.deployment import apps, health
from services.errors import StepFailed
from services.steps.context import StepContext
from services.steps.step import Step
from services.vocabulary import DeploymentMode, StepId
from services.workspace.errors import NotFound
from services.workspace.listing import list_folder


class ValidateDeployment(Step):
    id = StepId.VALIDATE_DEPLOYMENT
    needs = (StepId.DEPLOY_APP,)

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        if context.config.mode is DeploymentMode.NOTEBOOK_ONLY:
            return await self._notebooks(context)
        return await self._app(context)

    async def still_stands(self, context: StepContext, result: Mapping[str, Any]) -> bool:
        """Cheap enough to be proved anew on each run."""
        del context, result
        return False

    async def _app(self, context: StepContext) -> Mapping[str, Any]:
        workspace = context.session.workspace
        name = context.config.app_name
        url = str(context.result(StepId.CREATE_APP)["url"])
        context.note("waiting for the app to run")
        await apps.wait_running(workspace, name, note=context.note)
        context.note("opening the app")
        found = await health.check_app(workspace, url)
        context.log(found.explanation)
        if not found.may_look:
            context.log(f"Open {url} in a browser to see it.")
            return {"app_status": "RUNNING", "url": url, "health": "not opened"}
        if not found.ok:
            raise StepFailed(
                f"The app runs, but {found.explanation}",
                f"Look at its log: {url}/logz, then retry.",
            )
        return {"app_status": "RUNNING", "url": url, "health": found.status}

    async def _notebooks(self, context: StepContext) -> Mapping[str, Any]:
        folder = f"{context.result(StepId.DEPLOY_APP)['source_code_path']}/mlflow_demo/notebooks"
        try:
            listed = await list_folder(context.session.workspace, folder)
        except NotFound as error:
            raise StepFailed(
                f"There are no notebooks at {folder}.",
                "The project has no mlflow_demo/notebooks, or the folder was removed: resume.",
            ) from error
        names = sorted(
            (item.path or "").rsplit("/", 1)[-1]
            for item in listed
            if item.object_type and item.object_type.value == "NOTEBOOK"
        )
        if not names:
            raise StepFailed(f"{folder} holds no notebook.", "Resume to upload them again.")
        context.log(f"{len(names)} notebooks: {', '.join(names)}")
        return {"notebooks": names, "folder": folder}
