"""Step 4: every value checked against the rules and the workspace, every right that is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.choices import Choices, Problem, check_choices
from services.errors import StepFailed
from services.events import ManualAction
from services.links import catalog_link
from services.steps.context import StepContext
from services.steps.step import Step
from services.vocabulary import StepId


class ValidateConfig(Step):
    id = StepId.VALIDATE_CONFIG
    needs = (StepId.COLLECT_USER_INPUT,)

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        context.note("checking names and rights")
        choices = await check_choices(context.session, context.config)
        by_admin = [problem for problem in choices.problems if problem.statement]
        others = [problem for problem in choices.problems if not problem.statement]
        if others or (by_admin and not context.session.attended):
            raise StepFailed(*_sentences([*others, *by_admin]))
        for problem in by_admin:
            await self._ask(context, problem)
        if by_admin:
            choices = await check_choices(context.session, context.config)
        context.session.choices = choices
        context.log("All choices can be used.")
        return _result(choices)

    async def _ask(self, context: StepContext, problem: Problem) -> None:
        action = ManualAction(
            id=f"right for {problem.answer}",
            step=context.step,
            title=problem.message,
            why="The setup cannot go on without it.",
            instructions=(problem.advice, "Hand the statement to somebody who may run it."),
            link=catalog_link(context.session.workspace.host, context.config.catalog),
            statements=(problem.statement,),
            may_skip=False,
        )

        async def check() -> bool:
            now = await check_choices(context.session, context.config)
            return all(p.answer != problem.answer for p in now.problems)

        await context.need_person(action, check)


def _sentences(problems: list[Problem]) -> tuple[str, str]:
    advice = dict.fromkeys(p.advice for p in problems)
    statements = [p.statement for p in problems if p.statement]
    told = [*advice, *(f"Statement for an admin: {s}" for s in statements)]
    return " ".join(p.message for p in problems), " ".join(told)


def _result(choices: Choices) -> dict[str, Any]:
    return {
        "catalog_exists": choices.catalog_exists,
        "schema_exists": choices.schema_exists,
        "experiment_id": choices.experiment_id,
        "app_exists": choices.app_exists,
        "may_grant": choices.may_grant,
    }
