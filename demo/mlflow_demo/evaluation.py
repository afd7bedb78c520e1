"""Evaluation runs: the scorers over the sample traces of one version of the prompt."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import Any

import mlflow
import pandas as pd
from mlflow.entities import Trace

from mlflow_demo.errors import DemoError
from mlflow_demo.judges import scorers_for
from mlflow_demo.mlflow_errors import explained
from mlflow_demo.sample_traces import sample_traces
from mlflow_demo.settings import Settings

EVALUATION_TAG = "demo_evaluation"
"""Tag of an evaluation run of the demo; its value says what was evaluated: prompt-1, prompt-2."""
_COMPLETE_TAG = "demo_complete"


@dataclass(frozen=True)
class Evaluation:
    """One finished evaluation run."""

    run_id: str
    name: str
    prompt_version: int | None
    started_ms: int
    simulated: bool
    """Whether the emails came from an endpoint that has no model behind it."""
    rows: int
    scores: dict[str, float]
    """Share of the emails that met each scorer, 0 to 1."""


def list_evaluations(settings: Settings) -> list[Evaluation]:
    """The finished evaluation runs, newest first. Raises DemoError."""
    with explained("evaluation", settings):
        runs = mlflow.MlflowClient().search_runs(
            [settings.experiment_id],
            filter_string=f"tags.{_COMPLETE_TAG} = 'true'",
            order_by=["attributes.start_time DESC"],
            max_results=100,
        )
    return [_evaluation(run) for run in runs]


def ensure_evaluation(settings: Settings, version: int) -> Evaluation:
    """The evaluation of that version's sample traces; made when there is none.

    What an interrupted evaluation left behind is removed first. Raises DemoError.
    """
    for known in list_evaluations(settings):
        if known.name == run_name(version):
            return known
    with explained("evaluation", settings):
        traces = sample_traces(settings, version, with_spans=True)
        if not traces:
            raise DemoError(
                "trace_missing",
                f"There are no sample traces of prompt version {version}.",
                "Run setup/2_load_sample_traces.py first.",
            )
        _remove_unfinished(settings, version, traces)
        return evaluate_traces(settings, traces, version)


def evaluate_traces(settings: Settings, traces: list[Trace], version: int) -> Evaluation:
    """Score these traces in a new run; the scores stand on the traces too."""
    # The traces alone: given as a list, MLflow writes each of their tags again, a call a tag.
    data = pd.DataFrame({"trace": traces})
    simulated = any(trace.info.tags.get("simulated") == "true" for trace in traces)
    tags = {
        EVALUATION_TAG: f"prompt-{version}",
        "prompt_version": str(version),
        "simulated": str(simulated).lower(),
        "rows": str(len(traces)),
    }
    with (
        mlflow.start_run(run_name=run_name(version), tags=tags) as run,
        # MLflow prints a banner and a bar; a script's lines stay readable without them.
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        mlflow.genai.evaluate(data=data, scorers=scorers_for(settings, simulated))
        mlflow.set_tag(_COMPLETE_TAG, "true")
    return _evaluation(mlflow.get_run(run.info.run_id))


def run_name(version: int) -> str:
    return f"Prompt version {version}"


def _remove_unfinished(settings: Settings, version: int, traces: list[Trace]) -> None:
    runs = mlflow.MlflowClient().search_runs(
        [settings.experiment_id], filter_string=f"tags.{EVALUATION_TAG} = 'prompt-{version}'"
    )
    stale = {run.info.run_id for run in runs if run.data.tags.get(_COMPLETE_TAG) != "true"}
    if not stale:
        return
    for trace in traces:
        for assessment in trace.info.assessments or []:
            if (assessment.metadata or {}).get("mlflow.assessment.sourceRunId") in stale:
                mlflow.delete_assessment(trace.info.trace_id, assessment.assessment_id)
    for run_id in stale:
        mlflow.delete_run(run_id)


def _evaluation(run: Any) -> Evaluation:
    tags = run.data.tags
    version = tags.get("prompt_version", "")
    scores = {
        name.removesuffix("/mean"): float(value)
        for name, value in run.data.metrics.items()
        if name.endswith("/mean")
    }
    return Evaluation(
        run_id=run.info.run_id,
        name=run.info.run_name,
        prompt_version=int(version) if version.isdigit() else None,
        started_ms=run.info.start_time,
        simulated=tags.get("simulated") == "true",
        rows=int(tags.get("rows", "0")),
        scores=scores,
    )
