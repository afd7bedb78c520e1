"""Step 11: the demo's server really starts here, answers, and is stopped again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

from services import env_file
from services.deployment.app_yaml import local_command
from services.errors import StepFailed
from services.local_http import LocalAnswer, get_json
from services.processes import Server, free_port
from services.steps.context import StepContext
from services.steps.step import FULL_ONLY, Step
from services.vocabulary import StepId

START_SECONDS = 120


class ValidateLocalSetup(Step):
    id = StepId.VALIDATE_LOCAL_SETUP
    needs = (
        StepId.GENERATE_ENV_FILE,
        StepId.INSTALL_DEPENDENCIES,
        StepId.LOAD_SAMPLE_DATA,
    )
    modes = FULL_ONLY
    skip_allowed = True

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        project = context.session.paths.root
        values = await asyncio.to_thread(env_file.read, context.session.paths.env_file)
        port = free_port()
        env = {
            **context.session.child_environment(),
            **values,
            "DATABRICKS_APP_PORT": str(port),
            "PORT": str(port),
        }
        command = local_command(project, env)
        context.note("starting the demo server")
        async with Server(command, cwd=project, env=env, on_line=context.log) as server:
            base = f"http://127.0.0.1:{port}"
            health = await _answers(server, f"{base}/api/health")
            context.note("asking it for companies")
            companies = await get_json(f"{base}/api/companies")
            context.log(f"/api/health {health.status}, /api/companies {companies.status}")
        if health.status != 200 and health.status != 404:
            raise StepFailed(
                f"The demo server started here, but /api/health answered {health.status}.",
                "The step's log has its output.",
            )
        listed = _companies(companies.body)
        if companies.status == 200 and not listed:
            raise StepFailed(
                "The demo server runs, but its list of companies is empty.",
                "Check the project's data files, then retry.",
            )
        return {"health": health.status, "companies": len(listed), "port": port}


def _companies(body: object) -> list[Any]:
    """The list itself, or under its name: projects of this shape do either."""
    if isinstance(body, dict):
        body = cast("dict[str, Any]", body).get("companies")
    return cast("list[Any]", body) if isinstance(body, list) else []


async def _answers(server: Server, url: str) -> LocalAnswer:
    """Wait until the server answers at all. Raises StepFailed when it ends or stays silent."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + START_SECONDS
    while loop.time() < deadline:
        if server.exited.is_set():
            raise StepFailed(
                f"The demo server ended with code {server.returncode} before it answered.",
                "The step's log has its last lines.",
            )
        answer = await get_json(url)
        if answer.status:
            return answer
        await asyncio.sleep(0.25)
    raise StepFailed(
        f"The demo server did not answer within {START_SECONDS} s.",
        "The step's log has its output. Retry, or skip this step.",
    )
