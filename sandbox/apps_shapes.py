"""Apps and deployments as the API shows them (databricks.sdk.service.apps: App, AppDeployment)."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sandbox.apps_records import SETTINGS, App, AppRecords, Deployment
from sandbox.context import Sandbox


def shown_app(sandbox: Sandbox, records: AppRecords, app: App) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": app.name,
        "id": app.id,
        "url": url_of(sandbox, app),
        **{name: app.settings[name] for name in SETTINGS if app.settings.get(name) is not None},
        "compute_size": app.settings.get("compute_size") or "MEDIUM",
        "compute_status": {
            "state": app.compute,
            "message": app.compute_message,
            "active_instances": int(app.compute == "ACTIVE"),
        },
        "app_status": {
            "state": app.status,
            "message": app.status_message,
            "running_instances": int(app.status == "RUNNING"),
        },
        "creator": app.creator,
        "create_time": _time(app.created_at),
        "updater": app.updater,
        "update_time": _time(app.updated_at),
        "service_principal_client_id": app.client_id,
        "service_principal_id": int(app.principal_id),
        "service_principal_name": app.principal_name,
        "oauth2_app_client_id": app.client_id,
        "oauth2_app_integration_id": app.id,
        "effective_user_api_scopes": [
            "iam.current-user:read",
            *(app.settings.get("user_api_scopes") or ()),
        ],
    }
    if app.source_code_path:
        shown["default_source_code_path"] = app.source_code_path
    for field, deployment_id in (
        ("active_deployment", app.active),
        ("pending_deployment", app.pending),
    ):
        deployment = records.deployment(app.name, deployment_id)
        if deployment is not None:
            shown[field] = shown_deployment(app, deployment)
    return shown


def shown_deployment(app: App, deployment: Deployment) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "deployment_id": deployment.id,
        "source_code_path": deployment.source_code_path,
        "mode": deployment.mode,
        "deployment_artifacts": {
            "source_code_path": f"/Workspace/Users/{app.client_id}/src/{deployment.id}"
        },
        "status": {"state": deployment.state, "message": deployment.message},
        "creator": deployment.creator,
        "create_time": _time(deployment.created_at),
        "update_time": _time(deployment.updated_at),
    }
    if deployment.command:
        shown["command"] = deployment.command
    if deployment.env_vars:
        shown["env_vars"] = deployment.env_vars
    return shown


def shown_update(app: App) -> dict[str, Any]:
    """The state of the last partial update (AppUpdate); in the sandbox it is done at once."""
    message = "" if app.update_state == "NOT_UPDATED" else "The app was updated."
    kept = {name: app.settings[name] for name in SETTINGS if app.settings.get(name) is not None}
    return {**kept, "status": {"state": app.update_state, "message": message}}


def url_of(sandbox: Sandbox, app: App) -> str:
    """The app's own address; the page about it for one that was never opened."""
    return f"http://127.0.0.1:{app.port}" if app.port else f"{sandbox.host}/apps/{app.name}"


def _time(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
