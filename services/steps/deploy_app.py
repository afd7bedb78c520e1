"""Step 12: the source is uploaded; the deployment SUCCEEDED and its compute is ACTIVE.

In notebook_only mode the tree is uploaded and no app is touched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from services import env_file
from services.deployment import apps, tree, upload
from services.steps.context import StepContext
from services.steps.step import Step
from services.vocabulary import DeploymentMode, StepId
from services.workspace.errors import NotFound

if TYPE_CHECKING:
    from services.ledger import State


async def tree_path(context: StepContext) -> str:
    """Where the project's tree goes in the workspace: the person's folder, as the seed says."""
    user = await context.session.workspace.current_user()
    return f"/Workspace/Users/{user.user_name}/{context.config.app_name}"


class DeployApp(Step):
    id = StepId.DEPLOY_APP
    needs = (
        StepId.CREATE_APP,
        StepId.VALIDATE_LOCAL_SETUP,
        StepId.SETUP_PERMISSIONS,
        StepId.LOAD_SAMPLE_DATA,
    )

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        session = context.session
        workspace = session.workspace
        target = await tree_path(context)
        await self._claim(context, target)
        values = await asyncio.to_thread(env_file.read, session.paths.env_file)
        context.note("uploading the project")
        files = await asyncio.to_thread(
            tree.project_files, session.paths.root, session.paths.state_names, values
        )
        report = await upload.upload_tree(
            workspace, session.paths.root, target, files, note=context.note
        )
        await context.settle("workspace_tree", target, self._settled(context, target))
        context.log(
            f"Uploaded {report.sent} files to {target}; {report.unchanged} unchanged, "
            f"{report.removed} removed."
        )
        result: dict[str, Any] = {"source_code_path": target, "files": len(files)}
        await context.keep(**result)
        if context.config.mode is DeploymentMode.FULL_DEPLOYMENT:
            name = context.config.app_name
            await apps.wait_compute(workspace, name, note=context.note)
            deployment = await apps.deploy(
                workspace,
                name,
                target,
                changed=bool(report.sent or report.removed),
                note=context.note,
                on_line=context.log,
            )
            context.log(f"Deployment {deployment} succeeded.")
            result["deployment_id"] = deployment
        return result

    async def _claim(self, context: StepContext, target: str) -> None:
        """Write the tree into the ledger as ours, unless a folder of that name was there."""
        ledger = context.session.ledger
        if ledger.find("workspace_tree", target) is not None:
            return
        try:
            await context.session.workspace.call(
                "workspace.get_status", lambda client: client.workspace.get_status(target)
            )
        except NotFound:
            await context.intend("workspace_tree", target)
        else:
            await context.settle("workspace_tree", target, "found")
            context.log(f"The folder {target} is there already; files in it are replaced.")

    def _settled(self, context: StepContext, target: str) -> State:
        entry = context.session.ledger.find("workspace_tree", target)
        return "done" if entry is not None and entry.made_by_us else "found"

    async def still_stands(self, context: StepContext, result: Mapping[str, Any]) -> bool:
        workspace = context.session.workspace
        target = str(result.get("source_code_path", ""))
        name = context.config.app_name
        try:
            await workspace.call(
                "workspace.get_status", lambda client: client.workspace.get_status(target)
            )
            if context.config.mode is DeploymentMode.NOTEBOOK_ONLY:
                return True
            app = await workspace.call("apps.get", lambda client: client.apps.get(name))
        except NotFound:
            return False
        active = app.active_deployment
        return active is not None and active.deployment_id == result.get("deployment_id")
