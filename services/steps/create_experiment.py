"""Step 6: the MLflow experiment exists; its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services import resource_manager
from services.errors import StepFailed
from services.steps.context import StepContext
from services.steps.step import Step
from services.vocabulary import StepId
from services.workspace.errors import NotFound


class CreateExperiment(Step):
    id = StepId.CREATE_EXPERIMENT
    needs = (StepId.VALIDATE_CONFIG,)

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        path = context.config.experiment_path
        context.note(path)
        made = await resource_manager.experiment(context, path)
        experiment_id = made.thing.experiment_id
        if not experiment_id:
            raise StepFailed(f"The workspace gave no id for the experiment {path}.", "Resume.")
        return {"path": path, "experiment_id": experiment_id, "created": made.ours}

    async def still_stands(self, context: StepContext, result: Mapping[str, Any]) -> bool:
        path = context.config.experiment_path
        try:
            answer = await context.session.workspace.call(
                "experiments.get_by_name", lambda client: client.experiments.get_by_name(path)
            )
        except NotFound:
            return False
        found = answer.experiment
        return (
            found is not None
            and found.lifecycle_stage != "deleted"
            and found.experiment_id == result.get("experiment_id")
        )
