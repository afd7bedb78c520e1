"""Step 3: a complete SetupConfig. What was given wins, then what was saved, then suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.config import ANSWER_NAMES, build_config
from services.errors import StepFailed
from services.steps.context import StepContext
from services.steps.step import Step
from services.vocabulary import StepId


class CollectUserInput(Step):
    id = StepId.COLLECT_USER_INPUT
    needs = (StepId.DETECT_ENVIRONMENT,)

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        session = context.session
        answers = session.merged_answers()
        missing = [n for n in ANSWER_NAMES if n != "experiment_path" and not answers.get(n)]
        if missing:
            reasons = session.suggestions.reasons if session.suggestions else {}
            told = [f"{name}: {reasons.get(name, 'nothing to suggest')}" for name in missing]
            raise StepFailed(
                f"No value for {', '.join(missing)}. {' '.join(told)}",
                "Name one that exists with "
                + " ".join(f"--{name.replace('_', '-')}" for name in missing)
                + ", or ask a workspace admin for access.",
            )
        config = build_config(answers)
        session.config = config
        await session.tracker.save_answers(config.answers())
        for name, value in config.answers().items():
            context.log(f"{name}: {value}")
        return config.answers()
