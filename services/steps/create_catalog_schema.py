"""Step 5: the catalog and the schema exist and the person may use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services import resource_manager
from services.errors import StepFailed
from services.steps.context import StepContext
from services.steps.step import Step
from services.vocabulary import StepId
from services.workspace.errors import NotFound


class CreateCatalogSchema(Step):
    id = StepId.CREATE_CATALOG_SCHEMA
    needs = (StepId.VALIDATE_CONFIG,)

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        config = context.config
        context.note(f"catalog {config.catalog}")
        catalog = await resource_manager.catalog(context, config.catalog)
        context.note(f"schema {config.schema_full_name}")
        schema = await resource_manager.schema(context, config.catalog, config.schema_name)
        rights = await context.session.permissions.schema(config.schema_full_name)
        if not rights.usable:
            raise StepFailed(
                f"The schema {config.schema_full_name} is there, but {rights.reason}.",
                "Choose another schema, or ask its owner for ALL PRIVILEGES on it.",
            )
        return {
            "catalog": config.catalog,
            "schema": config.schema_name,
            "catalog_created": catalog.ours,
            "schema_created": schema.ours,
        }

    async def still_stands(self, context: StepContext, result: Mapping[str, Any]) -> bool:
        full_name = f"{result.get('catalog')}.{result.get('schema')}"
        try:
            await context.session.workspace.call(
                "schemas.get", lambda client: client.schemas.get(full_name)
            )
        except NotFound:
            return False
        return full_name == context.config.schema_full_name
