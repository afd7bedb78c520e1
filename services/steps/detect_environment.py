"""Step 2: the host, the user, and what the wizard suggests for each answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services import env_file
from services.errors import ConfigurationError
from services.probe_log import sweep_probes
from services.steps.context import StepContext
from services.steps.step import Step
from services.vocabulary import StepId

REMEMBERED = {
    "DEPLOYMENT_MODE": "mode",
    "UC_CATALOG": "catalog",
    "UC_SCHEMA": "schema",
    "DATABRICKS_APP_NAME": "app_name",
    "LLM_MODEL": "llm_model",
}


class DetectEnvironment(Step):
    id = StepId.DETECT_ENVIRONMENT
    needs = (StepId.VALIDATE_PREREQUISITES,)

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        session = context.session
        user = await session.workspace.current_user()
        if session.persist:
            for name in await sweep_probes(session.workspace, session.ledger):
                context.log(f"Removed the permission probe {name} of an interrupted run.")
        context.note("looking for catalogs, models and apps")
        suggestions = await session.detector.suggest(remembered_answers(context))
        session.suggestions = suggestions
        for name, reason in suggestions.reasons.items():
            context.log(f"{name}: {reason}")
        return {"host": session.workspace.host, "user": user.user_name}


def remembered_answers(context: StepContext) -> dict[str, str]:
    """Names from an earlier run: the progress file's, else those of .env.local of this host."""
    session = context.session
    if session.tracker.snapshot.answers:
        return dict(session.tracker.snapshot.answers)
    try:
        values = env_file.read(session.paths.env_file)
    except ConfigurationError as error:
        context.log(f"{error.message} Its values are not suggested.")
        return {}
    if values.get("DATABRICKS_HOST", "").rstrip("/") != session.workspace.host:
        return {}
    return {answer: values[key] for key, answer in REMEMBERED.items() if values.get(key)}
