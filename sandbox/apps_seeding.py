"""Apps of other people that a new workspace holds already: stopped, visible, not the person's."""

from __future__ import annotations

from sandbox.apps_records import App, AppRecords
from sandbox.context import Sandbox
from sandbox.seed_catalogs import ANALYSTS

_OWNER = "colleague@sandbox.local"
_SHARED_EVERY = 30
"""One in so many is managed by a group the person is in."""
_SUBJECTS = ("sales", "support", "finance", "claims", "supply", "people", "risk", "store", "energy")
_KINDS = ("dashboard", "chat", "search", "forecast", "review", "labels", "upload", "explorer")


def seed_apps(sandbox: Sandbox, records: AppRecords) -> None:
    """Write the scenario's apps, once in the life of a state directory."""
    if sandbox.store.get("meta", "apps_seeded") is not None:
        return
    with sandbox.store.transaction():
        for number in range(sandbox.scenario.seeded_apps):
            _seed(sandbox, records, number)
        sandbox.store.put("meta", "apps_seeded", {"count": sandbox.scenario.seeded_apps})


def _seed(sandbox: Sandbox, records: AppRecords, number: int) -> None:
    subject = _SUBJECTS[number % len(_SUBJECTS)]
    kind = _KINDS[number // len(_SUBJECTS) % len(_KINDS)]
    round_ = number // (len(_SUBJECTS) * len(_KINDS))
    name = f"{subject}-{kind}" + (f"-{round_ + 1}" if round_ else "")
    principal = sandbox.principals.create_service_principal(f"app-{name}")
    app = App(
        name=name,
        creator=_OWNER,
        updater=_OWNER,
        client_id=principal.application_id,
        principal_id=principal.id,
        principal_name=principal.display_name,
        settings={"description": f"{kind.capitalize()} of the {subject} team"},
    )
    records.save(app)
    sandbox.acls.set_owner("apps", name, _OWNER)
    sandbox.acls.grant("apps", name, "users", "CAN_USE")
    if number % _SHARED_EVERY == _SHARED_EVERY - 1:
        sandbox.acls.grant("apps", name, ANALYSTS, "CAN_MANAGE")
