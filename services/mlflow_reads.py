"""What we read from MLflow over REST: prompts, traces, feedback. The wizard has no mlflow.

Paths and shapes are those the MLflow 3 client uses with MLFLOW_TRACKING_URI=databricks.
"""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

from services.json_shapes import row, rows
from services.workspace.errors import NotFound
from services.workspace.gateway import Workspace

PROMPTS = "/api/2.0/mlflow/unity-catalog/prompts"


async def prompt_exists(workspace: Workspace, name: str) -> bool:
    try:
        await workspace.raw("GET", f"{PROMPTS}/{quote(name)}")
    except NotFound:
        return False
    return True


async def prompt_version_by_alias(workspace: Workspace, name: str, alias: str) -> str:
    """The version an alias points to. Raises NotFound when the alias is not there."""
    path = f"{PROMPTS}/{quote(name)}/versions/by-alias/{quote(alias)}"
    answer = cast("dict[str, Any]", await workspace.raw("GET", path))
    found = answer.get("prompt_version") or answer
    return str(found.get("version", ""))


async def recent_trace_ids(workspace: Workspace, experiment_id: str, most: int = 100) -> list[str]:
    """Ids of the newest traces of an experiment, newest first."""
    location = {
        "type": "MLFLOW_EXPERIMENT",
        "mlflow_experiment": {"experiment_id": experiment_id},
    }
    body: dict[str, Any] = {
        "locations": [location],
        "max_results": most,
        "order_by": ["timestamp_ms DESC"],
    }
    answer = await workspace.raw("POST", "/api/3.0/mlflow/traces/search", body=body)
    return [str(trace.get("trace_id", "")) for trace in rows(answer, "traces")]


async def feedback_names(workspace: Workspace, trace_id: str) -> list[str]:
    """The names of the assessments that are stored with a trace."""
    answer = await workspace.raw("GET", f"/api/3.0/mlflow/traces/{quote(trace_id)}")
    info = row(row(answer, "trace"), "trace_info") or row(answer, "trace_info")
    return [str(each.get("assessment_name", "")) for each in rows(info, "assessments")]
