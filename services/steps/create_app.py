"""Step 7: the app exists, its service principal is known, its compute is starting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services import resource_manager
from services.deployment import apps
from services.errors import StepFailed
from services.steps.context import StepContext
from services.steps.step import FULL_ONLY, Step
from services.vocabulary import StepId
from services.workspace.errors import Denied, NotFound

_WITHOUT_APPS = (
    "Ask a workspace admin to let you create apps, then retry; "
    "or change the mode to notebook_only, which needs no app."
)


class CreateApp(Step):
    id = StepId.CREATE_APP
    needs = (StepId.VALIDATE_CONFIG,)
    modes = FULL_ONLY

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        name = context.config.app_name
        context.note(name)
        try:
            made = await resource_manager.app(context, name)
        except Denied as error:
            raise StepFailed(error.message, error.advice or _WITHOUT_APPS) from error
        app = made.thing
        if not app.service_principal_client_id or not app.url:
            raise StepFailed(
                f"The app {name} has no service principal or no URL yet.", "Resume in a minute."
            )
        if not made.ours:
            await context.settle(
                "app", name, "found", source_code_path=app.default_source_code_path or ""
            )
        state = app.compute_status.state if app.compute_status else None
        if state is not None and state.value == "STOPPED":
            context.log(f"The compute of {name} is stopped; starting it.")
            await apps.start_app(context.session.workspace, name)
        return {
            "name": name,
            "url": app.url,
            "service_principal_client_id": app.service_principal_client_id,
            "service_principal_name": app.service_principal_name or "",
            "created": made.ours,
        }

    async def still_stands(self, context: StepContext, result: Mapping[str, Any]) -> bool:
        name = context.config.app_name
        try:
            app = await context.session.workspace.call(
                "apps.get", lambda client: client.apps.get(name)
            )
        except NotFound:
            return False
        state = app.compute_status.state if app.compute_status else None
        same = app.service_principal_client_id == result.get("service_principal_client_id")
        return same and (state is None or state.value != "DELETING")
