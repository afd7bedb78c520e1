"""/api/health and /api/config: whether all is there, and where things are in the workspace."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from mlflow_demo import VERSION
from mlflow_demo.errors import DemoError
from mlflow_demo.registry import load_prompt
from mlflow_demo.workspace import links
from server.emails import State
from server.state import DemoState

router = APIRouter(prefix="/api")


class Check(BaseModel):
    name: str
    status: Literal["ok", "failed", "unknown"]
    detail: str = ""
    fix: str | None = None


class Health(BaseModel):
    status: Literal["ok", "degraded"]
    version: str
    checks: list[Check]


class Configuration(BaseModel):
    app_name: str
    experiment_id: str
    prompt_name: str
    prompt_alias: str
    model: str
    simulated: bool
    links: dict[str, str]


@router.get("/health")
def health(state: State) -> Health:
    """Always 200 while the process lives; what is missing stands in the checks."""
    first = _check("workspace", lambda: state.sign_in()[0].host)
    if first.status == "failed":
        unknown = [Check(name=name, status="unknown") for name in _CHECKS if name != "workspace"]
        return Health(status="degraded", version=VERSION, checks=[first, *unknown])
    rest = {
        "prompt": lambda: _prompt(state),
        "experiment": lambda: _experiment(state),
        "endpoint": lambda: _endpoint(state),
    }
    with ThreadPoolExecutor(len(rest)) as pool:
        checks = [first, *pool.map(lambda item: _check(*item), rest.items())]
    good = all(check.status == "ok" for check in checks)
    return Health(status="ok" if good else "degraded", version=VERSION, checks=checks)


@router.get("/config")
def config(state: State) -> Configuration:
    settings = state.settings()
    return Configuration(
        app_name=settings.app_name,
        experiment_id=settings.experiment_id,
        prompt_name=settings.full_prompt_name,
        prompt_alias=settings.prompt_alias,
        model=settings.model,
        simulated=_simulated(state),
        links=asdict(links(settings)),
    )


_CHECKS = ("workspace", "prompt", "experiment", "endpoint")


def _check(name: str, ask: Callable[[], str]) -> Check:
    try:
        return Check(name=name, status="ok", detail=ask())
    except DemoError as error:
        return Check(name=name, status="failed", detail=error.message, fix=error.fix)


def _prompt(state: DemoState) -> str:
    settings, _ = state.connect()
    prompt = load_prompt(settings)
    return f"{settings.full_prompt_name}@{settings.prompt_alias} is version {prompt.version}."


def _experiment(state: DemoState) -> str:
    import mlflow

    from mlflow_demo.mlflow_errors import explained

    settings, _ = state.connect()
    with explained("experiment", settings):
        found = mlflow.get_experiment(settings.experiment_id)
    return str(found.name)


def _endpoint(state: DemoState) -> str:
    settings, _ = state.sign_in()
    facts = state.endpoint_facts()
    if not facts.ready:
        raise DemoError(
            "endpoint_busy",
            f"The endpoint {settings.model} is not ready.",
            "Wait until it is, or choose another one for LLM_MODEL.",
        )
    return f"{settings.model} (simulated)" if facts.simulated else settings.model


def _simulated(state: DemoState) -> bool:
    """False where it cannot be found out: health tells why."""
    try:
        return state.endpoint_facts().simulated
    except DemoError:
        return False
