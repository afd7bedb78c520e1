"""What a workspace has: catalogs, schemas, apps, chat models. Everything here reads."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from services.permissions import Permissions
from services.workspace.gateway import Workspace

if TYPE_CHECKING:
    from services.suggestions import Suggestions

CATALOGS = "/api/2.1/unity-catalog/catalogs"
CHAT_TASK = "llm/v1/chat"
PREFERRED_MODELS = (
    "databricks-claude-3-7-sonnet",
    "databricks-claude-sonnet-4",
    "databricks-claude",
    "databricks-gpt",
    "databricks-meta-llama",
    "databricks-gemini",
    "databricks-",
)
"""How names of endpoints begin, best first: the seed's model, then its kin, then any of the
platform's."""

UNUSABLE_KINDS = {
    "SYSTEM_CATALOG": "a system catalog",
    "DELTASHARING_CATALOG": "shared by Delta Sharing, read only",
    "FOREIGN_CATALOG": "a foreign catalog, read only",
    "INTERNAL_CATALOG": "an internal catalog",
}


@dataclass(frozen=True)
class CatalogInfo:
    name: str
    owner: str
    kind: str
    browse_only: bool
    comment: str

    @property
    def why_not(self) -> str:
        """Why no schema can be made in it, whatever the privileges; empty when one might."""
        if self.name == "hive_metastore":
            return "not in Unity Catalog"
        if self.browse_only:
            return "you may only browse it"
        return UNUSABLE_KINDS.get(self.kind, "")


@dataclass(frozen=True)
class SchemaInfo:
    name: str
    full_name: str
    owner: str
    comment: str


@dataclass(frozen=True)
class AppInfo:
    name: str
    url: str
    compute: str
    """ACTIVE, STOPPED, STARTING, DELETING..., empty when the platform does not say."""
    state: str
    creator: str
    description: str


@dataclass(frozen=True)
class ModelInfo:
    name: str
    ready: bool
    task: str
    reason: str = ""
    """Why it cannot be chosen; empty when it can."""


@dataclass(frozen=True)
class ModelReply:
    text: str
    latency_seconds: float


class EnvironmentDetector:
    def __init__(self, workspace: Workspace, permissions: Permissions) -> None:
        self.workspace = workspace
        self.permissions = permissions

    async def catalogs(self) -> AsyncIterator[list[CatalogInfo]]:
        """All catalogs the person can see, in parts as they come. Raises a WorkspaceError."""
        pages = self.workspace.pages(CATALOGS, "catalogs", {"max_results": 0})
        async for page in pages:
            yield [
                CatalogInfo(
                    name=str(info.get("name") or ""),
                    owner=str(info.get("owner") or ""),
                    kind=str(info.get("catalog_type") or ""),
                    browse_only=bool(info.get("browse_only")),
                    comment=str(info.get("comment") or ""),
                )
                for info in page
            ]

    async def schemas(self, catalog: str) -> list[SchemaInfo]:
        """The schemas of a catalog, without its information_schema. Raises a WorkspaceError."""
        found = await self.workspace.call(
            "schemas.list", lambda client: list(client.schemas.list(catalog))
        )
        return [
            SchemaInfo(
                name=info.name or "",
                full_name=info.full_name or f"{catalog}.{info.name}",
                owner=info.owner or "",
                comment=info.comment or "",
            )
            for info in found
            if info.name != "information_schema"
        ]

    async def apps(self) -> list[AppInfo]:
        """All apps. Raises NotSupported or Denied where Databricks Apps cannot be used."""
        found = await self.workspace.call("apps.list", lambda client: list(client.apps.list()))
        return [
            AppInfo(
                name=app.name,
                url=app.url or "",
                compute=_value(app.compute_status and app.compute_status.state),
                state=_value(app.app_status and app.app_status.state),
                creator=app.creator or "",
                description=app.description or "",
            )
            for app in found
        ]

    async def models(self) -> list[ModelInfo]:
        """Chat endpoints: ready ones first, the preferred ones before the others."""
        found = await self.workspace.call(
            "serving_endpoints.list", lambda client: list(client.serving_endpoints.list())
        )
        models: list[ModelInfo] = []
        for endpoint in found:
            if endpoint.task != CHAT_TASK:
                continue
            ready = _value(endpoint.state and endpoint.state.ready) == "READY"
            reason = "" if ready else "not ready"
            models.append(ModelInfo(endpoint.name or "", ready, CHAT_TASK, reason))
        return sorted(models, key=lambda model: (not model.ready, _rank(model.name), model.name))

    async def try_model(
        self, name: str, prompt: str = "Reply with OK.", max_tokens: int = 1
    ) -> ModelReply:
        """Send one short prompt; a one-token query tells what the endpoint list does not.

        Raises NotFound, Denied (a rate limit of 0, too), or another WorkspaceError.
        """
        body = {"messages": [{"role": "user", "content": prompt}], "max_tokens": max_tokens}
        began = time.monotonic()
        answer = await self.workspace.raw(
            "POST", f"/serving-endpoints/{quote(name, safe='')}/invocations", body=body
        )
        return ModelReply(_text_of(answer), round(time.monotonic() - began, 3))

    async def suggest(self, remembered: Mapping[str, str]) -> Suggestions:
        """Values for every answer that work together, each with its reason. `remembered` ones
        come first where they still can be used."""
        from services.suggestions import suggest

        return await suggest(self, remembered)


def _rank(name: str) -> int:
    ranks = (rank for rank, start in enumerate(PREFERRED_MODELS) if name.startswith(start))
    return next(ranks, len(PREFERRED_MODELS))


def _value(state: Any) -> str:
    return str(state.value) if state else ""


def _text_of(answer: Any) -> str:
    """The reply's text; empty for an answer of another shape (a model may return parts)."""
    body = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}
    choices = cast("list[dict[str, Any]]", body.get("choices") or [{}])
    message = cast("dict[str, Any]", choices[0].get("message") or {})
    content: Any = message.get("content") or ""
    if isinstance(content, str):
        return content
    parts = cast("list[dict[str, Any]]", content) if isinstance(content, list) else []
    return "".join(str(part.get("text", "")) for part in parts)
