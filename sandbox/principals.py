"""Who exists in the workspace: users, groups, service principals. State: documents `principal`."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.context import Principal
from sandbox.store import Document, Store

LOCAL_PERSON = "you@sandbox.local"
PLATFORM_TEAM = "platform-admins"
"""The group that owns what the person does not."""
ACCOUNT_USERS = "account users"
"""The group of everybody in the account; grants may name it though SCIM does not list it."""


@dataclass(frozen=True)
class ServicePrincipal:
    """An identity for a program."""

    application_id: str
    """The name in grants and ACLs, and the OAuth client id."""
    id: str
    """The numeric SCIM id."""
    display_name: str
    secret: str
    """The OAuth client secret. The platform shows it once; the sandbox keeps it so that apps can
    be revived with the same credentials."""


class Principals:
    """Users, groups and service principals, by the name that grants use."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def local_person(self) -> Principal:
        """The one person who uses this sandbox."""
        person = self.by_name(LOCAL_PERSON)
        if person is None:
            raise LookupError("The sandbox's state holds no local person; erase it and start anew.")
        return person

    def by_name(self, name: str) -> Principal | None:
        """A user by e-mail address or a service principal by application id; never a group."""
        found = self._store.get("principal", name)
        if found is None or found["kind"] == "group":
            return None
        return Principal(
            name=name,
            id=found["id"],
            display_name=found["display_name"],
            groups=tuple(found["groups"]),
            kind=found["kind"],
            token_kind="oauth",
        )

    def exists(self, name: str) -> bool:
        """Whether a grant may name it: any principal, or the group of all account users."""
        return self.kind(name) is not None

    def kind(self, name: str) -> str | None:
        """'user', 'group' or 'service_principal'; None if there is no such principal."""
        if name == ACCOUNT_USERS:
            return "group"
        found = self._store.get("principal", name)
        return None if found is None else found["kind"]

    def documents(self, kind: str) -> list[tuple[str, Document]]:
        """All of kind 'user', 'group' or 'service_principal', with their names."""
        return [
            (name, body) for name, body in self._store.list("principal") if body["kind"] == kind
        ]

    def document(self, name: str) -> Document | None:
        return self._store.get("principal", name)

    def add_group(self, name: str) -> None:
        self._put(name, "group", name, ())

    def add_user(self, name: str, display_name: str, groups: Sequence[str]) -> None:
        self._put(name, "user", display_name, groups)

    def create_service_principal(self, display_name: str) -> ServicePrincipal:
        """A new one with an OAuth secret; it is in the workspace's group `users` like everybody."""
        application_id = str(uuid.uuid4())
        secret = "dose" + secrets.token_hex(16)
        numeric = self._put(
            application_id, "service_principal", display_name, ("users",), {"secret": secret}
        )
        return ServicePrincipal(application_id, numeric, display_name, secret)

    def service_principal(self, application_id: str) -> ServicePrincipal | None:
        found = self._store.get("principal", application_id)
        if found is None or found["kind"] != "service_principal":
            return None
        return ServicePrincipal(application_id, found["id"], found["display_name"], found["secret"])

    def delete_service_principal(self, application_id: str) -> None:
        """Its tokens stop working at once. Deleting one that is gone is no error."""
        self._store.delete("principal", application_id)

    def _put(
        self,
        name: str,
        kind: str,
        display_name: str,
        groups: Sequence[str],
        more: Document | None = None,
    ) -> str:
        numeric = str(10**15 + secrets.randbelow(9 * 10**15))
        self._store.put(
            "principal",
            name,
            {
                "kind": kind,
                "id": numeric,
                "display_name": display_name,
                "groups": list(groups),
                **(more or {}),
            },
        )
        return numeric
