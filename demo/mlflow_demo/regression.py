"""The regression set: the requests whose emails failed, to be tried again with a new prompt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import mlflow
from mlflow.entities import Trace

from mlflow_demo.agent import EmailAgent, EmailRequest
from mlflow_demo.mlflow_errors import explained
from mlflow_demo.sample_traces import WORKERS, sample_requests, sample_traces
from mlflow_demo.scorers import CODE_SCORERS
from mlflow_demo.settings import Settings

_SCORERS = {scorer.name for scorer in CODE_SCORERS}


@dataclass(frozen=True)
class Failure:
    """A sample email that did not meet at least one scorer in code."""

    trace_id: str
    customer_id: str
    company: str
    reasons: dict[str, str]
    """Scorer to what it complained of."""


@dataclass(frozen=True)
class Regression:
    passed: int
    failed: dict[str, dict[str, str]] = field(default_factory=dict)
    """Customer to scorer to complaint."""


def failures(settings: Settings, version: int) -> list[Failure]:
    """The evaluated sample emails of a version that failed, the worst first."""
    found: list[Failure] = []
    for trace in sample_traces(settings, version):
        reasons = _complaints(trace)
        if reasons:
            tags = trace.info.tags
            found.append(
                Failure(trace.info.trace_id, tags["customer_id"], tags.get("company", ""), reasons)
            )
    return sorted(found, key=lambda failure: (-len(failure.reasons), failure.customer_id))


def regression_set(settings: Settings, version: int) -> list[EmailRequest]:
    """The requests of those emails, the worst first. They carry no tag of the samples."""
    by_customer = {request.customer_id: request for request in sample_requests(version)}
    return [
        replace(by_customer[failure.customer_id], tags={"regression": str(version)}, session="")
        for failure in failures(settings, version)
    ]


def run_regression(
    settings: Settings, agent: EmailAgent, version: int, requests: list[EmailRequest]
) -> Regression:
    """Write the emails with another version of the prompt, and check each with the code scorers.

    Each leaves its trace. Raises DemoError.
    """

    def check(request: EmailRequest) -> tuple[str, dict[str, str]]:
        made = agent.write_email(replace(request, prompt_version=version))
        with explained("trace", settings):
            root = mlflow.get_trace(made.trace_id).data.spans[0]
        available = {"inputs": root.inputs, "outputs": root.outputs}
        verdicts = {scorer.name: scorer.run(**available) for scorer in CODE_SCORERS}
        complaints = {
            name: str(verdict.rationale) for name, verdict in verdicts.items() if not verdict.value
        }
        return request.customer_id, complaints

    with ThreadPoolExecutor(WORKERS) as pool:
        results = dict(pool.map(check, requests))
    failed = {customer: complaints for customer, complaints in results.items() if complaints}
    return Regression(len(results) - len(failed), failed)


def _complaints(trace: Trace) -> dict[str, str]:
    return {
        found.name: str(found.rationale or "")
        for found in trace.info.assessments or []
        if found.name in _SCORERS and getattr(found, "value", None) is False
    }
