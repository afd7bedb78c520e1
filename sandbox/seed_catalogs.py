"""The catalogs that a new workspace starts with, as data: names, owners, grants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.principals import ACCOUNT_USERS, LOCAL_PERSON, PLATFORM_TEAM
from sandbox.scenarios import Scenario

Grants = dict[str, tuple[str, ...]]

BUILDERS = "data-builders"
"""A group the person is in, except where nothing may be created."""
ANALYSTS = "analysts"
"""A group the person is always in."""
PROJECT_TEAMS = tuple(f"project-{number:02d}" for number in range(1, 25))
"""Groups of others. They make the grants of the catalog `workspace` longer than one page."""
SYSTEM_USER = "System user"
USE: Grants = {ACCOUNT_USERS: ("USE_CATALOG",)}
ALL_IN_SCHEMA = ("USE_SCHEMA", "CREATE_TABLE", "CREATE_FUNCTION", "CREATE_MODEL", "CREATE_VOLUME")


@dataclass(frozen=True)
class SchemaSeed:
    grants: Grants = field(default_factory=dict[str, tuple[str, ...]])
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class CatalogSeed:
    name: str
    comment: str
    catalog_type: str = "MANAGED_CATALOG"
    owner: str = PLATFORM_TEAM
    grants: Grants = field(default_factory=dict[str, tuple[str, ...]])
    schemas: dict[str, SchemaSeed] = field(default_factory=lambda: {"default": SchemaSeed()})


def catalogs_of(scenario: Scenario) -> Iterator[CatalogSeed]:
    """All catalogs of a scenario."""
    yield from _PLATFORM
    if scenario.name == "empty":
        return
    yield from _OF_OTHERS
    yield _workspace(scenario)
    if scenario.name == "enterprise":
        yield _of_the_person()
    yield from _business_units(scenario.managed_catalogs)


_PLATFORM = (
    CatalogSeed(
        "system",
        "System catalog (auto-created)",
        "SYSTEM_CATALOG",
        SYSTEM_USER,
        USE,
        {
            "ai": SchemaSeed({ACCOUNT_USERS: ("USE_SCHEMA", "EXECUTE")}),
            "information_schema": SchemaSeed({ACCOUNT_USERS: ("USE_SCHEMA", "SELECT")}),
        },
    ),
    CatalogSeed(
        "samples",
        "Sample data, shared with every workspace",
        "DELTASHARING_CATALOG",
        SYSTEM_USER,
        USE,
        {
            "nyctaxi": SchemaSeed({ACCOUNT_USERS: ("USE_SCHEMA", "SELECT")}, ("trips",)),
            "tpch": SchemaSeed({ACCOUNT_USERS: ("USE_SCHEMA", "SELECT")}, ("customer", "orders")),
        },
    ),
)

_OF_OTHERS = (
    CatalogSeed(
        "main",
        "Shared by everybody; only the platform team creates schemas here",
        grants=USE,
        schemas={"default": SchemaSeed({ACCOUNT_USERS: ("USE_SCHEMA",)})},
    ),
    CatalogSeed(
        "reference_data",
        "Read only: countries, currencies, calendars",
        grants={ANALYSTS: ("USE_CATALOG", "USE_SCHEMA", "SELECT", "BROWSE")},
        schemas={"default": SchemaSeed(), "iso": SchemaSeed({}, ("countries", "currencies"))},
    ),
    CatalogSeed(
        "finance-restricted",
        "Can be found, not used: ask the finance team",
        owner="finance-data@sandbox.local",
        grants={ACCOUNT_USERS: ("BROWSE",)},
    ),
    CatalogSeed("people_private", "Not even listed", owner="people-data@sandbox.local"),
    CatalogSeed(
        "crm_postgres",
        "Foreign catalog over the CRM's database",
        "FOREIGN_CATALOG",
        grants={ANALYSTS: ("USE_CATALOG", "USE_SCHEMA", "SELECT")},
        schemas={"public": SchemaSeed({}, ("accounts", "contacts"))},
    ),
)


def _workspace(scenario: Scenario) -> CatalogSeed:
    """The workspace's own catalog: where the person may create and grant, if anywhere."""
    builders: Grants = {}
    in_default: tuple[str, ...] = ("USE_SCHEMA",)
    if scenario.name in ("default", "no-apps"):
        builders = {BUILDERS: ("USE_CATALOG", "CREATE_SCHEMA", "BROWSE", "MANAGE")}
        in_default = ALL_IN_SCHEMA
    return CatalogSeed(
        "workspace",
        "The workspace's own catalog",
        grants={**USE, **dict.fromkeys(PROJECT_TEAMS, ("USE_CATALOG",)), **builders},
        schemas={"default": SchemaSeed({ACCOUNT_USERS: in_default})},
    )


def _of_the_person() -> CatalogSeed:
    """Many companies give each user a catalog of their own."""
    return CatalogSeed("zz_you", "Your own catalog", owner=LOCAL_PERSON)


def _business_units(count: int) -> Iterator[CatalogSeed]:
    """Catalogs of a large company. One in two hundred may be built in; of those every second one
    may not be granted on, as in companies that keep grants to a central team."""
    areas = ("sales", "supply", "claims", "retail", "risk", "energy", "fleet", "media")
    stages = ("dev", "test", "prod")
    for number in range(count):
        name = f"{areas[number % 8]}_{stages[number % 3]}_{number:04d}"
        usable = number % 200 == 137
        grantable = usable and number % 400 == 137
        builders = ("CREATE_SCHEMA", *(("MANAGE",) if grantable else ()))
        yield CatalogSeed(
            name,
            f"Business unit catalog {number}",
            grants={
                ACCOUNT_USERS: ("BROWSE",) if number % 10 == 9 else ("USE_CATALOG",),
                **({BUILDERS: ("USE_CATALOG", *builders)} if usable else {}),
            },
        )
