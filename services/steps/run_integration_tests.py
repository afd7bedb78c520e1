"""Step 15: end to end. An email generated through the app leaves a trace in the experiment, the
prompt's alias resolves, feedback is stored. Without an app: the data only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

from services import mlflow_reads
from services.deployment import health
from services.errors import StepFailed
from services.events import ManualAction
from services.steps.context import StepContext
from services.steps.generate_env_file import FIXED
from services.steps.load_sample_data import prompt_name
from services.steps.step import Step
from services.vocabulary import DeploymentMode, StepId
from services.workspace.errors import NotFound

TRACE_SECONDS = 60


class RunIntegrationTests(Step):
    id = StepId.RUN_INTEGRATION_TESTS
    needs = (StepId.VALIDATE_DEPLOYMENT,)
    skip_allowed = True

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        result: dict[str, Any] = {"prompt_version": await _alias(context)}
        experiment = str(context.result(StepId.CREATE_EXPERIMENT)["experiment_id"])
        if context.config.mode is DeploymentMode.NOTEBOOK_ONLY:
            traces = await mlflow_reads.recent_trace_ids(context.session.workspace, experiment)
            if not traces:
                raise StepFailed("The experiment holds no trace.", "Load the sample data again.")
            return {**result, "traces": len(traces)}
        if context.result(StepId.VALIDATE_DEPLOYMENT).get("health") != "not opened":
            return {**result, **await _through_the_app(context, experiment)}
        return {**result, "trace_id": await _by_hand(context, experiment)}

    async def still_stands(self, context: StepContext, result: Mapping[str, Any]) -> bool:
        """Stands while the deployment it tested does: that step's re-check decides."""
        del context
        return bool(result)


async def _alias(context: StepContext) -> str:
    name, alias = prompt_name(context), FIXED["PROMPT_ALIAS"]
    try:
        version = await mlflow_reads.prompt_version_by_alias(context.session.workspace, name, alias)
    except NotFound as error:
        raise StepFailed(
            f"The prompt {name} has no alias {alias}.", "Load the sample data again."
        ) from error
    context.log(f"prompts:/{name}@{alias} is version {version}")
    return version


async def _through_the_app(context: StepContext, experiment: str) -> dict[str, Any]:
    workspace = context.session.workspace
    url = str(context.result(StepId.CREATE_APP)["url"])
    context.note("generating an email through the app")
    answered = await health.app_json(workspace, url, "GET", "/api/companies?limit=1")
    companies = cast(
        "list[dict[str, Any]]", answered.get("companies") or answered.get("items") or []
    )
    if not companies:
        raise StepFailed("The app lists no companies.", f"Look at its log: {url}/logz, then retry.")
    company = companies[0]
    answer = await health.app_json(
        workspace, url, "POST", "/api/generate", {"company_id": company["id"]}
    )
    trace = str(answer.get("trace_id", ""))
    context.log(f"Generated an email for {company['name']}; trace {trace}")
    context.note("looking for its trace")
    await _appears(context, experiment, trace)
    context.note("sending feedback")
    feedback = {"trace_id": trace, "thumb": "up", "comment": "Sent by the setup's own test."}
    await health.app_json(workspace, url, "POST", "/api/feedback", feedback)
    stored = await mlflow_reads.feedback_names(workspace, trace)
    if not stored:
        raise StepFailed(
            f"The feedback on trace {trace} was accepted but is not stored.",
            "Check the service principal's CAN_MANAGE on the experiment, then retry.",
        )
    context.log(f"Feedback stored: {', '.join(stored)}")
    return {"trace_id": trace, "feedback": stored}


async def _appears(context: StepContext, experiment: str, trace: str) -> None:
    """Traces may take some seconds to be listed: look once a second, for a minute."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + TRACE_SECONDS
    while loop.time() < deadline:
        listed = await mlflow_reads.recent_trace_ids(context.session.workspace, experiment)
        if trace and trace in listed:
            return
        await asyncio.sleep(1)
    raise StepFailed(
        f"The email's trace {trace or '(none was named)'} did not appear within {TRACE_SECONDS} s.",
        "Check the app's log and its right to write to the experiment, then retry.",
    )


async def _by_hand(context: StepContext, experiment: str) -> str:
    workspace = context.session.workspace
    url = str(context.result(StepId.CREATE_APP)["url"])
    before = set(await mlflow_reads.recent_trace_ids(workspace, experiment))
    seen: list[str] = []
    action = ManualAction(
        id="generate an email",
        step=context.step,
        title="Generate one email in the app",
        why="This sign-in may not open the app's page, so the test needs your browser.",
        instructions=("Open the link.", "Choose a company and generate an email."),
        link=url,
    )

    async def check() -> bool:
        now = await mlflow_reads.recent_trace_ids(workspace, experiment)
        seen.extend(trace for trace in now if trace not in before)
        return bool(seen)

    return seen[0] if await context.need_person(action, check) else "skipped"
