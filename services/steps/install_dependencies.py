"""Step 9: the demo's own Python environment; its front end installed and built."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services import dependencies
from services.steps.context import StepContext
from services.steps.step import Step
from services.vocabulary import DeploymentMode, StepId


class InstallDependencies(Step):
    id = StepId.INSTALL_DEPENDENCIES
    needs = (StepId.VALIDATE_CONFIG,)

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        project = context.session.paths.root
        env = context.session.child_environment()
        context.note("Python packages")
        install = dependencies.install_python(project, env, context.log)
        if context.config.mode is DeploymentMode.NOTEBOOK_ONLY:
            return {"python": str(await install), "client": False}
        build = dependencies.build_client(project, env, context.log)
        python, _ = await asyncio.gather(install, build)
        return {"python": str(python), "client": True}

    async def still_stands(self, context: StepContext, result: Mapping[str, Any]) -> bool:
        python = Path(str(result.get("python", "")))
        wants_client = context.config.mode is DeploymentMode.FULL_DEPLOYMENT
        if wants_client and not result.get("client"):
            return False
        return python.is_absolute() and await asyncio.to_thread(python.exists)
