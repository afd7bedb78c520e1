"""What people think of an email, stored with its trace."""

from __future__ import annotations

from typing import Literal

import mlflow
from mlflow.entities import AssessmentSource, AssessmentSourceType, Trace

from mlflow_demo.mlflow_errors import explained
from mlflow_demo.settings import Settings

FEEDBACK_NAME = "user_feedback"


def store_feedback(settings: Settings, trace_id: str, good: bool, comment: str, user: str) -> None:
    """Store a thumb and a comment. Raises DemoError (trace_missing, permission_denied...)."""
    with explained("trace", settings):
        mlflow.log_feedback(
            trace_id=trace_id,
            name=FEEDBACK_NAME,
            value=good,
            rationale=comment or None,
            source=AssessmentSource(source_type=AssessmentSourceType.HUMAN, source_id=user),
        )


def thumb_of(trace: Trace) -> Literal["up", "down"] | None:
    """The newest thumb on a trace."""
    given = [each for each in trace.info.assessments or [] if each.name == FEEDBACK_NAME]
    if not given:
        return None
    newest = max(given, key=lambda each: each.last_update_time_ms or each.create_time_ms or 0)
    return "up" if getattr(newest, "value", None) is True else "down"
