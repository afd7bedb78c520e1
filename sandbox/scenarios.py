"""The workspaces a sandbox can start as. Chosen when the state is first made, and kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scenario:
    """What a workspace allows, apart from what grants and ACLs already say.

    Catalogs, grants and endpoints of a scenario are laid out by sandbox/seeding.py.
    """

    name: str
    description: str
    apps_available: bool = True
    """False: every call below /api/2.0/apps answers as a workspace without Databricks Apps."""
    may_create_apps: bool = True
    """False: creating an app is refused with PERMISSION_DENIED."""
    seeded_apps: int = 2
    """How many apps of other people are there already (stopped, not the person's)."""
    app_limit: int = 100
    """Apps a workspace may hold; the platform's documented limit is 100."""
    may_create_experiment: bool = True
    """False: creating an experiment below /Shared is refused with PERMISSION_DENIED."""
    may_create_catalog: bool = True
    metastore_has_storage: bool = True
    """False: creating a catalog answers INVALID_STATE, as a metastore without a storage root."""
    managed_catalogs: int = 0
    """Catalogs added to the handful that every scenario but `empty` has."""
    extra_endpoints: int = 0


SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario("default", "A handful of catalogs, one of them usable; everything works."),
        Scenario(
            "locked-down",
            "Nothing may be created: no catalog, no schema, no app, no shared experiment.",
            may_create_apps=False,
            may_create_experiment=False,
            may_create_catalog=False,
        ),
        Scenario(
            "enterprise",
            "2,000 catalogs of which few are usable, 60 endpoints, 90 apps.",
            seeded_apps=90,
            metastore_has_storage=False,
            managed_catalogs=2000,
            extra_endpoints=60,
        ),
        Scenario(
            "no-apps",
            "As default, in a workspace where Databricks Apps is not available.",
            apps_available=False,
            seeded_apps=0,
        ),
        Scenario(
            "empty",
            "A new workspace: no catalog that can be used and no serving endpoint.",
            seeded_apps=0,
            may_create_catalog=False,
        ),
    )
}
