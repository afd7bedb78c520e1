"""Values for every answer that work together in this workspace, each with its reason."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from services.config import problem_with
from services.errors import SetupError
from services.vocabulary import DeploymentMode
from services.workspace.errors import Denied, NotFound, NotSupported, Unreachable, WorkspaceError

if TYPE_CHECKING:
    from services.environment_detector import CatalogInfo, EnvironmentDetector

COMMON_CATALOGS = ("workspace", "main")
"""Asked first: the platform makes one of these in most workspaces."""
CATALOG_NAME = "mlflow_demo"
SCHEMA_NAME = "mlflow_demo"
APP_NAME = "mlflow-demo"
_MOST_TRIED_MODELS = 6
_PATH_SECONDS = 10.0


@dataclass
class Suggestions:
    """An empty value means that nothing can be suggested; its reason says why."""

    mode: str = ""
    catalog: str = ""
    schema: str = ""
    app_name: str = ""
    llm_model: str = ""
    experiment_path: str = ""
    reasons: dict[str, str] = field(default_factory=dict[str, str])

    def answers(self) -> dict[str, str]:
        """The values by their names in config.ANSWER_NAMES, without the empty ones."""
        values = {name: value for name, value in vars(self).items() if name != "reasons"}
        return {name: value for name, value in values.items() if value}

    def set(self, name: str, value: str, reason: str) -> None:
        setattr(self, name, value)
        self.reasons[name] = reason


async def suggest(detector: EnvironmentDetector, remembered: Mapping[str, str]) -> Suggestions:
    """All parts side by side. A part that fails leaves its value empty, with the reason."""
    made = Suggestions()
    parts = {
        "catalog": _securables(detector, remembered, made),
        "app_name": _app(detector, remembered, made),
        "llm_model": _model(detector, remembered, made),
    }

    async def guarded(name: str) -> None:
        try:
            await parts[name]
        except SetupError as error:
            made.reasons[name] = str(error)

    await asyncio.gather(*map(guarded, parts))
    return made


async def _securables(
    detector: EnvironmentDetector, remembered: Mapping[str, str], made: Suggestions
) -> None:
    catalog, why = await _catalog(detector, remembered.get("catalog", ""))
    made.set("catalog", catalog, why)
    if not catalog:
        made.reasons["schema"] = "Without a catalog there is no schema."
        return
    if catalog == remembered.get("catalog") and remembered.get("schema"):
        made.set("schema", remembered["schema"], "used before")
        return
    await suggest_schema(detector, catalog, made)


async def suggest_schema(detector: EnvironmentDetector, catalog: str, made: Suggestions) -> None:
    """A new schema for this catalog, which need not be there yet or tell what it holds."""
    taken: set[str] = set()
    with suppress(Denied, NotFound):
        taken = {schema.name for schema in await detector.schemas(catalog)}
    name = SCHEMA_NAME if SCHEMA_NAME not in taken else f"{SCHEMA_NAME}_{_stamp()}"
    made.set("schema", name, "a new schema of your own, which can be removed again as a whole")


async def _catalog(detector: EnvironmentDetector, known: str) -> tuple[str, str]:
    """The first that can be used, in order of likelihood: remembered, owned, common, the rest."""
    me = await detector.permissions.identities()
    found: list[CatalogInfo] = []
    async for part in detector.catalogs():
        found += part
    possible = [c for c in found if not c.why_not and not problem_with("catalog", c.name)]
    order = {name: rank for rank, name in enumerate(COMMON_CATALOGS)}
    possible.sort(key=lambda c: (c.name != known, order.get(c.name, 9), c.owner not in me))
    likely = [c for c in possible if c.name == known or c.name in order or c.owner in me]
    names = {c.name for c in likely}
    for asked in (likely, [c for c in possible if c.name not in names]):
        rights = await _first_usable(detector, asked)
        if rights:
            why = (
                "used before" if rights[0] == known else f"you may create schemas in it{rights[1]}"
            )
            return rights[0], why
    seen = f"{len(found)} catalogs can be seen" if found else "No catalog can be seen"
    return "", f"{seen}, and in none of them you may create a schema."


async def _first_usable(
    detector: EnvironmentDetector, catalogs: list[CatalogInfo]
) -> tuple[str, str] | None:
    """The first, in their order, that can be used; all are asked side by side, and what comes after
    a usable one is not waited for. Those that may be granted on come first."""
    owners = {catalog.name: catalog.owner for catalog in catalogs}
    waiting = deque(owners)
    known: dict[str, tuple[str, str] | None] = {}
    spare: tuple[str, str] | None = None
    async for rights in detector.permissions.verify_catalogs(list(owners), owners=owners):
        owned = ", and own it" if rights.reason == "you own it" else ""
        known[rights.name] = (rights.name, owned) if rights.usable else None
        if rights.usable and not rights.may_manage:
            known[rights.name] = None
            spare = spare or (rights.name, ", though not grant on it")
        while waiting and waiting[0] in known:
            if best := known[waiting.popleft()]:
                return best
    return spare


async def _app(
    detector: EnvironmentDetector, remembered: Mapping[str, str], made: Suggestions
) -> None:
    full, notebooks = DeploymentMode.FULL_DEPLOYMENT.value, DeploymentMode.NOTEBOOK_ONLY.value
    taken: set[str] = set()
    mode = remembered.get("mode", "")
    try:
        taken = {app.name for app in await detector.apps()}
    except (NotSupported, Denied, NotFound) as error:
        made.set("mode", notebooks, f"apps cannot be used here: {error.message}")
    else:
        why = "used before" if mode else "apps are available here"
        made.set("mode", mode or full, why)
    name = remembered.get("app_name", "")
    if name and not problem_with("app_name", name):
        made.set("app_name", name, "used before")
        path = remembered.get("experiment_path") or await _experiment_path(detector, name)
        made.set("experiment_path", path or f"/Shared/{name}", "used before")
        return
    user = (await detector.workspace.current_user()).user_name
    own = re.sub(r"[^a-z0-9]+", "-", user.split("@")[0].lower()).strip("-")
    for name in (APP_NAME, f"{APP_NAME}-{own}"[:30].strip("-"), f"{APP_NAME}-{_stamp('-')}"):
        if name in taken:
            continue
        if path := await _experiment_path(detector, name):
            made.set("app_name", name, "this name is free")
            made.set("experiment_path", path, "this path is free")
            return
    made.reasons["app_name"] = "No free name was found."


async def _experiment_path(detector: EnvironmentDetector, name: str) -> str:
    """/Shared/NAME, or below the person's own folder where /Shared is closed; empty when taken.

    What cannot be asked now counts as free: step 4 looks again before anything is made.
    """
    user = (await detector.workspace.current_user()).user_name
    folder = "/Shared"
    try:
        if await detector.permissions.folder(folder) is False:
            folder = f"/Users/{user}"
    except (NotFound, Denied):
        folder = f"/Users/{user}"
    except Unreachable:
        return f"{folder}/{name}"
    path = f"{folder}/{name}"
    try:
        found = await detector.workspace.call(
            "experiments.get_by_name",
            lambda client: client.experiments.get_by_name(path),
            deadline=_PATH_SECONDS,
        )
    except (NotFound, Unreachable):
        return path
    gone = found.experiment is None or found.experiment.lifecycle_stage == "deleted"
    return path if gone else ""


async def _model(
    detector: EnvironmentDetector, remembered: Mapping[str, str], made: Suggestions
) -> None:
    known = remembered.get("llm_model", "")
    models = [model for model in await detector.models() if model.ready]
    models.sort(key=lambda model: model.name != known)
    last = ""
    for model in models[:_MOST_TRIED_MODELS]:
        try:
            reply = await detector.try_model(model.name)
        except WorkspaceError as error:
            last = f" {model.name}: {error.message}"
            continue
        why = "used before" if model.name == known else "preferred"
        made.set("llm_model", model.name, f"{why}; answered in {reply.latency_seconds:.1f} s")
        return
    made.reasons["llm_model"] = f"No chat endpoint answers here ({len(models)} are ready).{last}"


def _stamp(between: str = "_") -> str:
    """A suffix that makes a name free: month, day, hour, minute, second."""
    return datetime.now().strftime(f"%m%d{between}%H%M%S")
