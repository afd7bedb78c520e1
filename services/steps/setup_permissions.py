"""Step 13: the app's service principal holds each grant, read back.

A grant that fails is no success: it becomes a manual action with the statement for an admin.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services import grants
from services.errors import StepFailed
from services.events import ManualAction
from services.grants import Grant
from services.links import catalog_link
from services.steps.context import StepContext
from services.steps.step import FULL_ONLY, Step
from services.vocabulary import StepId
from services.workspace.errors import Denied, NotFound


class SetupPermissions(Step):
    id = StepId.SETUP_PERMISSIONS
    needs = (StepId.CREATE_CATALOG_SCHEMA, StepId.CREATE_EXPERIMENT, StepId.CREATE_APP)
    modes = FULL_ONLY

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        wanted = await _wanted(context)
        outcome: dict[str, str] = {}
        for number, grant in enumerate(wanted):
            context.note(f"{grant.privilege} on {grant.label}", number, len(wanted))
            outcome[f"{grant.privilege} on {grant.label}"] = await _ensure(context, grant)
        return {"principal": wanted[0].principal, "grants": outcome}

    async def still_stands(self, context: StepContext, result: Mapping[str, Any]) -> bool:
        skipped = {k for k, v in dict(result.get("grants") or {}).items() if v == "skipped"}
        try:
            wanted = await _wanted(context)
            wanted = [g for g in wanted if f"{g.privilege} on {g.label}" not in skipped]
            held = await asyncio.gather(
                *(grants.holds(context.session.workspace, grant) for grant in wanted)
            )
        except (NotFound, KeyError):
            return False
        return all(held)


async def _wanted(context: StepContext) -> list[Grant]:
    principal = str(context.result(StepId.CREATE_APP)["service_principal_client_id"])
    experiment_id = str(context.result(StepId.CREATE_EXPERIMENT)["experiment_id"])
    model = context.config.llm_model
    endpoint = await grants.endpoint_with_access_list(context.session.workspace, model)
    return grants.wanted_grants(context.config, principal, experiment_id, endpoint)


async def _ensure(context: StepContext, grant: Grant) -> str:
    workspace = context.session.workspace
    ours = context.session.ledger.is_ours("grant", grant.key)
    if await grants.holds(workspace, grant):
        context.log(f"{grant.privilege} on {grant.label}: held already.")
        if ours:
            await context.settle("grant", grant.key, "done")
        return "held"
    await context.intend("grant", grant.key, **asdict(grant))
    try:
        await grants.give(workspace, grant)
    except Denied as error:
        await context.settle("grant", grant.key, "removed")
        context.log(error.message)
        return await _by_hand(context, grant)
    if not await grants.holds(workspace, grant):
        raise StepFailed(
            f"{grant.privilege} on {grant.label} was granted, but reading back does not show it.",
            "Resume to try again.",
        )
    await context.settle("grant", grant.key, "done")
    context.log(f"{grant.privilege} on {grant.label}: granted and read back.")
    return "granted"


async def _by_hand(context: StepContext, grant: Grant) -> str:
    workspace = context.session.workspace
    action = ManualAction(
        id=f"grant {grant.key}",
        step=context.step,
        title=f"Grant {grant.privilege} on {grant.label}",
        why=(
            "The app's service principal needs it, and you may not grant it here: that takes the "
            "owner, MANAGE, or a metastore admin."
        ),
        instructions=(
            f"Open {grant.label} and its Permissions tab.",
            f"Grant {grant.privilege} to the service principal {grant.principal}.",
        ),
        link=catalog_link(workspace.host, *grant.name.split(".")) if grant.in_unity_catalog else "",
        statements=(grant.statement(),),
    )

    async def check() -> bool:
        return await grants.holds(workspace, grant)

    return "by hand" if await context.need_person(action, check) else "skipped"
