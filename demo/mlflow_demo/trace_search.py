"""Finding traces of the demo's experiment."""

from __future__ import annotations

import mlflow
from mlflow.entities import Trace

from mlflow_demo.mlflow_errors import explained
from mlflow_demo.settings import Settings

_MOST = 5000


def find_traces(
    settings: Settings,
    filter_string: str | None = None,
    *,
    most: int = _MOST,
    with_spans: bool = False,
) -> list[Trace]:
    """The traces that match, newest first, `most` at most.

    Without `with_spans` only what stands in the list comes: tags, state, times, assessments.
    Raises DemoError.
    """
    with explained("experiment", settings):
        return mlflow.search_traces(
            locations=[settings.experiment_id],
            filter_string=filter_string,
            max_results=most,
            order_by=["timestamp_ms DESC"],
            include_spans=with_spans,
            return_type="list",
        )
