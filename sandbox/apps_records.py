"""Apps and their deployments as the store keeps them. Documents `app` and `app_deployment`."""

from __future__ import annotations

import time
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.store import Store

SETTINGS = (
    "description",
    "resources",
    "user_api_scopes",
    "budget_policy_id",
    "usage_policy_id",
    "compute_size",
    "compute_min_instances",
    "compute_max_instances",
    "forward_user_access_token",
    "git_repository",
    "telemetry_export_destinations",
)
"""What an update may change, by the API's names."""


@dataclass
class App:
    """One app. Change it and `save` it."""

    name: str
    creator: str
    updater: str
    client_id: str
    """The application id of its service principal."""
    principal_id: str
    principal_name: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    port: int | None = None
    """Where its address listens; None for an app of somebody else that was never opened."""
    created_at: float = field(default_factory=time.time)
    """Seconds since 1970, like updated_at."""
    updated_at: float = field(default_factory=time.time)
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    compute: str = "STOPPED"
    compute_message: str = "App compute is stopped."
    status: str = "UNAVAILABLE"
    status_message: str = "App has not been deployed yet. Deploy source code to run it."
    active: str | None = None
    """Id of the deployment that runs, or runs again when the compute is started."""
    pending: str | None = None
    source_code_path: str = ""
    update_state: str = "NOT_UPDATED"
    """Of the last partial update."""

    @property
    def resources(self) -> list[dict[str, Any]]:
        """What the app declares, as the API has it."""
        return self.settings.get("resources") or []


@dataclass
class Deployment:
    """One deployment of an app."""

    app: str
    creator: str
    source_code_path: str
    """As the client wrote it."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    mode: str = "SNAPSHOT"
    command: list[str] = field(default_factory=list[str])
    env_vars: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    created_at: float = field(default_factory=time.time)
    updated_at: float = field(default_factory=time.time)
    state: str = "IN_PROGRESS"
    message: str = "Preparing the source code."
    environment: str | None = None
    """Name of the Python environment it was built into (sandbox/apps_build.py)."""


class AppRecords:
    """Reads and writes apps and deployments."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, name: str) -> App | None:
        body = self._store.get("app", name)
        return None if body is None else App(**body)

    def all(self) -> list[App]:
        """By name."""
        return [App(**body) for _, body in self._store.list("app")]

    def save(self, app: App) -> None:
        self._store.put("app", app.name, asdict(app))

    def deployment(self, app: str, deployment_id: str | None) -> Deployment | None:
        if deployment_id is None:
            return None
        body = self._store.get("app_deployment", f"{app}/{deployment_id}")
        return None if body is None else Deployment(**body)

    def deployments(self, app: str) -> list[Deployment]:
        """Newest first, as the API lists them."""
        found = [Deployment(**body) for _, body in self._store.list("app_deployment", f"{app}/")]
        return sorted(found, key=lambda deployment: deployment.created_at, reverse=True)

    def save_deployment(self, deployment: Deployment) -> None:
        deployment.updated_at = time.time()
        self._store.put("app_deployment", f"{deployment.app}/{deployment.id}", asdict(deployment))

    def forget(self, name: str) -> None:
        """Remove an app and its deployments."""
        with self._store.transaction():
            for deployment in self.deployments(name):
                self._store.delete("app_deployment", f"{name}/{deployment.id}")
            self._store.delete("app", name)
