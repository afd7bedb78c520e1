"""Step 10: prompts, traces, evaluations, monitoring and labeling are there, counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services import mlflow_reads, sample_data
from services.steps.context import StepContext
from services.steps.generate_env_file import FIXED
from services.steps.step import Step
from services.vocabulary import StepId


def prompt_name(context: StepContext) -> str:
    return f"{context.config.schema_full_name}.{FIXED['PROMPT_NAME']}"


class LoadSampleData(Step):
    id = StepId.LOAD_SAMPLE_DATA
    needs = (StepId.GENERATE_ENV_FILE, StepId.INSTALL_DEPENDENCIES)

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        session = context.session
        name = prompt_name(context)
        known = session.ledger.find("prompt", name)
        if known is None or not known.made_by_us:
            there = await mlflow_reads.prompt_exists(session.workspace, name)
            if there:
                await context.settle("prompt", name, "found")
            else:
                await context.intend("prompt", name)
        counts = await sample_data.load(
            session.paths.root, session.child_environment(), context.log, context.note
        )
        if session.ledger.is_ours("prompt", name):
            await context.settle("prompt", name, "done")
        return counts

    async def still_stands(self, context: StepContext, result: Mapping[str, Any]) -> bool:
        del result
        return await mlflow_reads.prompt_exists(context.session.workspace, prompt_name(context))
