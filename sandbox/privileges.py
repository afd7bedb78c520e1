"""Who may do what in Unity Catalog: owners and grants, through groups and inheritance.

The rules are those of the platform's documentation ("Unity Catalog privileges and securable
objects"): grants on a catalog hold for what is in it; ALL_PRIVILEGES leaves out MANAGE and the two
EXTERNAL_USE privileges; an owner holds everything on the object, and on its children everything
but access to data; a metastore admin may manage everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sandbox.context import Principal
from sandbox.errors import denied
from sandbox.store import Store

METASTORE = "metastore"
LEAVES = ("table", "function", "volume")
NOT_IN_ALL = frozenset({"MANAGE", "EXTERNAL_USE_SCHEMA", "EXTERNAL_USE_LOCATION"})
DATA_ACCESS = frozenset({"SELECT", "MODIFY", "EXECUTE", "READ_VOLUME", "WRITE_VOLUME"})
METASTORE_ADMIN = frozenset({"MANAGE", "BROWSE", "CREATE_CATALOG"})


@dataclass
class Entry:
    """One securable's owner and the grants made on it directly."""

    owner: str
    grants: dict[str, set[str]] = field(default_factory=dict[str, set[str]])


class Privileges:
    """Owners and grants of all securables, in memory, written through to documents `grants`.

    Names are lower case here; types are 'metastore', 'catalog', 'schema', 'table', 'function',
    'volume'. The metastore's name is of no account: there is one.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries = {
            key: Entry(body["owner"], {who: set(held) for who, held in body["grants"].items()})
            for key, body in store.list("grants")
        }

    def holds(
        self, principal: Principal, securable_type: str, full_name: str, privilege: str
    ) -> bool:
        """Whether the principal has it: granted, inherited, through a group or as the owner."""
        who = principal.identities
        if privilege in METASTORE_ADMIN and self.is_metastore_admin(principal):
            return True
        for depth, key in enumerate(_chain(securable_type, full_name)):
            entry = self._entries.get(key)
            if entry is None:
                continue
            if entry.owner in who and (depth == 0 or privilege not in DATA_ACCESS):
                return True
            for identity in who:
                held = entry.grants.get(identity, ())
                if privilege in held:
                    return True
                if "ALL_PRIVILEGES" in held and privilege not in NOT_IN_ALL:
                    return True
        return False

    def require(
        self, principal: Principal, securable_type: str, full_name: str, privilege: str
    ) -> None:
        """Raise PERMISSION_DENIED in the platform's words unless `holds`."""
        if not self.holds(principal, securable_type, full_name, privilege):
            words = privilege.replace("_", " ")
            where = f"{securable_type.capitalize()} '{full_name.lower()}'"
            raise denied(f"User does not have {words} on {where}.")

    def require_inside(
        self, principal: Principal, securable_type: str, full_name: str, privilege: str
    ) -> None:
        """As `require`, and USE_CATALOG and USE_SCHEMA on what it lies in."""
        parts = full_name.lower().split(".")
        if securable_type != METASTORE:
            self.require(principal, "catalog", parts[0], "USE_CATALOG")
        if len(parts) > 1:
            self.require(principal, "schema", ".".join(parts[:2]), "USE_SCHEMA")
        self.require(principal, securable_type, full_name, privilege)

    def may_manage(self, principal: Principal, securable_type: str, full_name: str) -> bool:
        """Whether the principal may grant on it, drop it and give it away."""
        return self.holds(principal, securable_type, full_name, "MANAGE")

    def is_metastore_admin(self, principal: Principal) -> bool:
        entry = self._entries.get(_key(METASTORE, ""))
        return entry is not None and entry.owner in principal.identities

    def owner(self, securable_type: str, full_name: str) -> str | None:
        """None when there is no such securable."""
        entry = self._entries.get(_key(securable_type, full_name))
        return None if entry is None else entry.owner

    def names(self, securable_type: str, prefix: str = "") -> list[str]:
        """Full names of all securables of a type, in order."""
        start = _key(securable_type, prefix)
        cut = len(securable_type) + 1
        return sorted(key[cut:] for key in self._entries if key.startswith(start))

    def assignments(self, securable_type: str, full_name: str) -> dict[str, set[str]]:
        """Direct grants by principal."""
        return self._entries[_key(securable_type, full_name)].grants

    def levels(self, securable_type: str, full_name: str) -> Iterator[tuple[str, str, Entry]]:
        """The securable and its parents that exist, nearest first: type, name, entry."""
        for key in _chain(securable_type, full_name):
            if key in self._entries:
                kind, _, name = key.partition(":")
                yield kind, name, self._entries[key]

    def set_owner(self, securable_type: str, full_name: str, owner: str) -> None:
        """Make the securable known, or give it away."""
        key = _key(securable_type, full_name)
        entry = self._entries.setdefault(key, Entry(owner))
        entry.owner = owner
        self._write(key)

    def grant(
        self, securable_type: str, full_name: str, principal_name: str, held: Iterable[str]
    ) -> None:
        """Nothing granted leaves no trace."""
        key, held = _key(securable_type, full_name), set(held)
        if held:
            self._entries[key].grants.setdefault(principal_name, set()).update(held)
            self._write(key)

    def revoke(
        self, securable_type: str, full_name: str, principal_name: str, gone: Iterable[str]
    ) -> None:
        """Revoking ALL_PRIVILEGES takes every direct grant that it stands for with it."""
        key = _key(securable_type, full_name)
        grants = self._entries[key].grants
        gone = set(gone)
        held = grants.get(principal_name, set())
        if "ALL_PRIVILEGES" in gone:
            gone |= held - NOT_IN_ALL
        grants[principal_name] = held - gone
        if not grants[principal_name]:
            del grants[principal_name]
        if held & gone:
            self._write(key)

    def drop(self, securable_type: str, full_name: str) -> None:
        """Forget it and everything in it."""
        key = _key(securable_type, full_name)
        inside = f":{full_name.lower()}."
        for gone in [k for k in self._entries if k == key or inside in k]:
            del self._entries[gone]
            self._store.delete("grants", gone)

    def _write(self, key: str) -> None:
        entry = self._entries[key]
        grants = {who: sorted(held) for who, held in entry.grants.items()}
        self._store.put("grants", key, {"owner": entry.owner, "grants": grants})


def _key(securable_type: str, full_name: str) -> str:
    return f"{securable_type}:{'' if securable_type == METASTORE else full_name.lower()}"


def _chain(securable_type: str, full_name: str) -> Iterator[str]:
    """The keys a privilege may come from, nearest first."""
    yield _key(securable_type, full_name)
    parts = full_name.split(".")
    if securable_type in LEAVES:
        yield _key("schema", ".".join(parts[:2]))
    if securable_type in LEAVES or securable_type == "schema":
        yield _key("catalog", parts[0])
