"""/api/traces and /api/evaluations: what was written lately, and how good it was."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from mlflow.entities import Trace
from pydantic import BaseModel

from mlflow_demo.errors import DemoError
from mlflow_demo.evaluation import Evaluation, list_evaluations
from mlflow_demo.feedback import thumb_of
from mlflow_demo.labeling import session_count
from mlflow_demo.monitoring import scorer_names
from mlflow_demo.trace_search import find_traces
from mlflow_demo.workspace import Links, links
from server.emails import State

router = APIRouter(prefix="/api")


class TraceRow(BaseModel):
    trace_id: str
    company: str
    created_at: str
    duration_ms: int | None
    status: str
    prompt_version: int | None
    feedback: Literal["up", "down"] | None
    link: str


class Traces(BaseModel):
    traces: list[TraceRow]


class EvaluationRow(BaseModel):
    run_id: str
    name: str
    prompt_version: int | None
    created_at: str
    simulated: bool
    rows: int
    scores: dict[str, float]
    link: str


class Labeling(BaseModel):
    sessions: int
    link: str


class LeftOut(BaseModel):
    feature: Literal["monitoring", "labeling"]
    message: str
    fix: str


class Evaluations(BaseModel):
    runs: list[EvaluationRow]
    scorers: list[str]
    labeling: Labeling
    left_out: list[LeftOut]
    """What the workspace does not have, or does not let this app see."""


@router.get("/traces")
def traces(state: State, limit: Annotated[int, Query(ge=1, le=200)] = 10) -> Traces:
    """The newest traces, without their spans."""
    settings, _ = state.connect()
    pages = links(settings)
    return Traces(traces=[_trace(each, pages) for each in find_traces(settings, most=limit)])


@router.get("/evaluations")
def evaluations(state: State) -> Evaluations:
    """The evaluation runs, the scorers that watch production, and the labeling sessions."""
    settings, _ = state.connect()
    pages = links(settings)
    left_out: list[LeftOut] = []
    scorers: list[str] = []
    sessions = 0
    try:
        scorers = scorer_names(settings)
    except DemoError as error:
        left_out.append(_left_out("monitoring", error))
    try:
        sessions = session_count(settings)
    except DemoError as error:
        left_out.append(_left_out("labeling", error))
    return Evaluations(
        runs=[_evaluation(each, pages) for each in list_evaluations(settings)],
        scorers=scorers,
        labeling=Labeling(sessions=sessions, link=pages.labeling),
        left_out=left_out,
    )


def _left_out(feature: Literal["monitoring", "labeling"], error: DemoError) -> LeftOut:
    """One of the previews that an admin can switch off. Whatever else failed is raised again."""
    if error.code not in ("feature_off", "permission_denied"):
        raise error
    return LeftOut(feature=feature, message=error.message, fix=error.fix)


def _trace(trace: Trace, pages: Links) -> TraceRow:
    tags = trace.info.tags
    version = tags.get("prompt_version", "")
    return TraceRow(
        trace_id=trace.info.trace_id,
        company=tags.get("company", ""),
        created_at=_iso(trace.info.request_time),
        duration_ms=trace.info.execution_duration,
        status=str(trace.info.state),
        prompt_version=int(version) if version.isdigit() else None,
        feedback=thumb_of(trace),
        link=pages.trace(trace.info.trace_id),
    )


def _evaluation(found: Evaluation, pages: Links) -> EvaluationRow:
    return EvaluationRow(
        run_id=found.run_id,
        name=found.name,
        prompt_version=found.prompt_version,
        created_at=_iso(found.started_ms),
        simulated=found.simulated,
        rows=found.rows,
        scores=found.scores,
        link=pages.run(found.run_id),
    )


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, tz=timezone.utc).isoformat()
