"""What of an experiment is stored here and shown by MLflow's own page only in part: scheduled
scorers and labeling sessions. ``/sandbox/experiments/ID``, and where the platform's links lead to
them.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.api.managed_evals import scorers_of
from sandbox.api.managed_evals_labeling import APPS, items_of, sessions_of
from sandbox.api.mlflow_access import READ, caller, require_experiment
from sandbox.errors import not_found
from sandbox.html import Link, document, paragraph, table

NOT_RUN = (
    "The sandbox stores scheduled scorers and shows them. It runs none by itself: on Databricks "
    "they look at new traces about every 15 minutes."
)


async def experiment(request: Request) -> Response:
    sandbox, principal = caller(request)
    experiment_id = request.path_params["experiment_id"]
    await require_experiment(sandbox, principal, experiment_id, READ)
    scorers = (
        (s.get("name", ""), f"{float(s.get('sample_rate') or 0):.0%}", s.get("filter_string") or "")
        for s in scorers_of(sandbox, experiment_id)
    )
    sessions = (
        (
            session["name"],
            ", ".join(schema["name"] for schema in session.get("labeling_schemas") or ()),
            ", ".join(session.get("assigned_users") or ()) or "nobody",
            str(len(items_of(sandbox, session["labeling_session_id"]))),
        )
        for session in sessions_of(sandbox, experiment_id)
    )
    return document(
        f"Experiment {experiment_id}: monitoring and labeling",
        paragraph(Link("The experiment in MLflow", f"/ml/experiments/{quote(experiment_id)}")),
        "<h2>Scheduled scorers</h2>",
        paragraph(NOT_RUN),
        table(("Scorer", "Share of traces", "Filter"), scorers),
        "<h2>Labeling sessions</h2>",
        paragraph("Each is a review queue in MLflow too, where its traces can be labeled."),
        table(("Session", "Questions", "Assigned to", "Traces"), sessions),
    )


async def own_page(request: Request) -> Response:
    """Pages that MLflow's open-source server has not."""
    return RedirectResponse(f"/sandbox/experiments/{request.path_params['experiment_id']}", 302)


async def review_app(request: Request) -> Response:
    """``/ml/review-v2/APP/tasks/labeling/SESSION``, as databricks-agents builds it."""
    sandbox, _ = caller(request)
    app = sandbox.store.get(APPS, request.path_params["app_id"])
    if app is None:
        raise not_found("There is no such review app.")
    return RedirectResponse(f"/sandbox/experiments/{app['experiment_id']}", 302)


routes: list[Route] = [
    Route("/sandbox/experiments/{experiment_id}", experiment),
    Route("/ml/experiments/{experiment_id}/monitoring", own_page),
    Route("/ml/experiments/{experiment_id}/labeling-sessions", own_page),
    Route("/ml/review-v2/{app_id}", review_app),
    Route("/ml/review-v2/{app_id}/{rest:path}", review_app),
]
