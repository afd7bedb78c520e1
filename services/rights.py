"""What is known of somebody's rights on a catalog or a schema, and what that allows a setup.

Privileges as Unity Catalog documents them: ALL_PRIVILEGES stands for all but MANAGE, an owner holds
everything on the securable and below it, and privileges on a catalog hold in its schemas.
"""

from __future__ import annotations

from dataclasses import dataclass

NEEDED_IN_SCHEMA = ("CREATE_FUNCTION", "EXECUTE", "CREATE_TABLE")
"""Prompts are functions underneath (CREATE FUNCTION, EXECUTE); managed datasets are tables."""


@dataclass(frozen=True)
class CatalogRights:
    """None means that it could not be found out."""

    name: str
    owner: str
    may_use: bool | None
    may_create_schema: bool | None
    may_manage: bool | None
    proven: bool = False
    """Whether a schema was really created and deleted, and not only privileges read."""
    reason: str = ""
    """Why it cannot be used, or what its rights come from. No final stop."""

    @property
    def usable(self) -> bool:
        """Whether a schema can be made in it."""
        return bool(self.may_use and self.may_create_schema)


@dataclass(frozen=True)
class SchemaRights:
    full_name: str
    owner: str
    may_use: bool | None
    may_create_table: bool | None
    may_create_function: bool | None
    may_execute: bool | None
    may_manage: bool | None
    proven: bool = False
    reason: str = ""

    @property
    def usable(self) -> bool:
        """Whether prompts and datasets can be made in it, and granted to the app."""
        needed = (
            self.may_use,
            self.may_create_table,
            self.may_create_function,
            self.may_execute,
            self.may_manage,
        )
        return all(needed)


def catalog_rights(name: str, owner: str, owns: bool, held: set[str] | None) -> CatalogRights:
    """From the privileges that were read; `held` is None when they could not be."""
    if owns:
        return CatalogRights(name, owner, True, True, True, reason="you own it")
    if held is None:
        return CatalogRights(
            name, owner, None, None, None, reason="its privileges cannot be read by you"
        )
    all_held = "ALL_PRIVILEGES" in held
    may_use = all_held or "USE_CATALOG" in held
    may_create = all_held or "CREATE_SCHEMA" in held
    reason = ""
    if not may_use:
        reason = "no USE CATALOG"
    elif not may_create:
        reason = "no CREATE SCHEMA"
    return CatalogRights(name, owner, may_use, may_create, "MANAGE" in held, reason=reason)


def schema_rights(full_name: str, owner: str, owns: bool, held: set[str] | None) -> SchemaRights:
    """As catalog_rights; `held` includes what is inherited from the catalog."""
    if owns:
        return SchemaRights(full_name, owner, True, True, True, True, True, reason="you own it")
    if held is None:
        told = "its privileges cannot be read by you"
        return SchemaRights(full_name, owner, None, None, None, None, None, reason=told)
    all_held = "ALL_PRIVILEGES" in held
    may_use = all_held or {"USE_CATALOG", "USE_SCHEMA"} <= held
    missing = [
        privilege.replace("_", " ")
        for privilege in ("USE_CATALOG", "USE_SCHEMA", *NEEDED_IN_SCHEMA)
        if not all_held and privilege not in held
    ]
    if "MANAGE" not in held:
        missing.append("MANAGE")
    return SchemaRights(
        full_name,
        owner,
        may_use,
        all_held or "CREATE_TABLE" in held,
        all_held or "CREATE_FUNCTION" in held,
        all_held or "EXECUTE" in held,
        "MANAGE" in held,
        reason=f"no {', '.join(missing)}" if missing else "",
    )
