"""Who may do what with workspace objects: experiments, apps, endpoints, directories, notebooks.

The levels and their order are those of the Permissions API. State: documents `acl`.
"""

from __future__ import annotations

from sandbox.context import Principal
from sandbox.errors import denied, not_found
from sandbox.store import Document, Store

LEVELS: dict[str, tuple[str, ...]] = {
    "experiments": ("CAN_READ", "CAN_EDIT", "CAN_MANAGE"),
    "apps": ("CAN_USE", "CAN_MANAGE"),
    "serving-endpoints": ("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"),
    "directories": ("CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"),
    "notebooks": ("CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"),
    "files": ("CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"),
}
"""The levels an object of each type knows, weakest first."""
ADMINS = "admins"
"""The workspace group whose members may manage every object."""


class Acls:
    """Access control lists by object type (as in the Permissions API's path) and object id."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def set_owner(self, object_type: str, object_id: str, principal_name: str) -> None:
        """Make the object known, or give it away. Its owner has CAN_MANAGE."""
        acl = self._store.get("acl", _key(object_type, object_id)) or _empty()
        acl["owner"] = principal_name
        self._store.put("acl", _key(object_type, object_id), acl)

    def place(self, object_type: str, object_id: str, parent_type: str, parent_id: str) -> None:
        """Let the object inherit what holds for the directory it lies in."""
        acl = self._get(object_type, object_id)
        acl["parent"] = [parent_type, parent_id]
        self._store.put("acl", _key(object_type, object_id), acl)

    def grant(self, object_type: str, object_id: str, principal_name: str, level: str) -> None:
        """Give a principal or group this level instead of the one it had on the object."""
        acl = self._get(object_type, object_id)
        acl["grants"][principal_name] = level
        self._store.put("acl", _key(object_type, object_id), acl)

    def replace(self, object_type: str, object_id: str, grants: dict[str, str]) -> None:
        """Put these direct grants in the place of all; the owner stays."""
        acl = self._get(object_type, object_id)
        acl["grants"] = dict(grants)
        self._store.put("acl", _key(object_type, object_id), acl)

    def drop(self, object_type: str, object_id: str) -> None:
        self._store.delete("acl", _key(object_type, object_id))

    def exists(self, object_type: str, object_id: str) -> bool:
        return self._store.get("acl", _key(object_type, object_id)) is not None

    def owner(self, object_type: str, object_id: str) -> str | None:
        """None when the object is unknown or nobody's."""
        acl = self._store.get("acl", _key(object_type, object_id))
        return None if acl is None else acl["owner"]

    def direct(self, object_type: str, object_id: str) -> dict[str, str]:
        """Level by principal or group, the owner's CAN_MANAGE included."""
        acl = self._get(object_type, object_id)
        owner = {acl["owner"]: "CAN_MANAGE"} if acl["owner"] else {}
        return {**acl["grants"], **owner}

    def inherited(self, object_type: str, object_id: str) -> list[tuple[str, str, str]]:
        """What parents give: principal or group, level, the parent as ``/type/id``."""
        found: list[tuple[str, str, str]] = []
        parent = self._get(object_type, object_id)["parent"]
        while parent is not None:
            acl = self._store.get("acl", _key(parent[0], parent[1]))
            if acl is None:
                break
            held = {**acl["grants"], **({acl["owner"]: "CAN_MANAGE"} if acl["owner"] else {})}
            found += [(who, level, f"/{parent[0]}/{parent[1]}") for who, level in held.items()]
            parent = acl["parent"]
        return found

    def level_of(self, principal: Principal, object_type: str, object_id: str) -> str | None:
        """The strongest level that reaches the principal; None for no access or no object."""
        if not self.exists(object_type, object_id):
            return None
        if ADMINS in principal.groups:
            return "CAN_MANAGE"
        held = [
            level
            for who, level in (
                *self.direct(object_type, object_id).items(),
                *((who, level) for who, level, _ in self.inherited(object_type, object_id)),
            )
            if who in principal.identities
        ]
        return max(held, key=lambda level: _rank(object_type, level), default=None)

    def allows(self, principal: Principal, object_type: str, object_id: str, level: str) -> bool:
        held = self.level_of(principal, object_type, object_id)
        return held is not None and _rank(object_type, held) >= _rank(object_type, level)

    def require(self, principal: Principal, object_type: str, object_id: str, level: str) -> None:
        """Raise RESOURCE_DOES_NOT_EXIST for an unknown object, PERMISSION_DENIED for too little."""
        self._get(object_type, object_id)
        if not self.allows(principal, object_type, object_id, level):
            kind = object_type.rstrip("s").replace("-", " ")
            raise denied(f"{principal.name} does not have {level} on {kind} {object_id}.")

    def _get(self, object_type: str, object_id: str) -> Document:
        acl = self._store.get("acl", _key(object_type, object_id))
        if acl is None:
            raise not_found(f"{object_type} object with id {object_id} does not exist.")
        return acl


def _empty() -> Document:
    return {"owner": None, "grants": {}, "parent": None}


def _key(object_type: str, object_id: str) -> str:
    return f"{object_type}:{object_id}"


def _rank(object_type: str, level: str) -> int:
    """A level's place in its type's order; one that only another type knows is compared by name,
    so that a directory's CAN_RUN gives an experiment CAN_READ and no more."""
    order = LEVELS[object_type]
    if level in order:
        return order.index(level)
    return order.index("CAN_READ") if level == "CAN_RUN" and "CAN_READ" in order else -1
