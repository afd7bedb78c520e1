"""The rules of Unity Catalog's privileges and of access lists, without a server around them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.acls import LEVELS, Acls
from sandbox.context import Principal
from sandbox.privileges import DATA_ACCESS, NOT_IN_ALL, Privileges
from sandbox.store import Store


def person(name: str, *groups: str) -> Principal:
    return Principal(name, "1", name, groups, "user", "oauth")


@pytest.fixture
def privileges(tmp_path: Path) -> Privileges:
    """A catalog of `ann` with a schema of `sam` that holds a table of `tom`."""
    made = Privileges(Store(tmp_path / "state.db"))
    made.set_owner("metastore", "", "platform")
    made.set_owner("catalog", "c", "ann")
    made.set_owner("schema", "c.s", "sam")
    made.set_owner("table", "c.s.t", "tom")
    return made


@pytest.mark.parametrize(
    ("who", "kind", "name", "privilege", "held"),
    [
        ("ann", "catalog", "c", "CREATE_SCHEMA", True),
        ("ann", "schema", "c.s", "CREATE_TABLE", True),
        ("ann", "schema", "c.s", "MANAGE", True),
        ("ann", "table", "c.s.t", "SELECT", False),
        ("sam", "schema", "c.s", "MANAGE", True),
        ("sam", "catalog", "c", "USE_CATALOG", False),
        ("sam", "table", "c.s.t", "MODIFY", False),
        ("tom", "table", "c.s.t", "SELECT", True),
        ("tom", "schema", "c.s", "USE_SCHEMA", False),
        ("eve", "catalog", "c", "BROWSE", False),
        ("platform", "table", "c.s.t", "MANAGE", True),
        ("platform", "table", "c.s.t", "SELECT", False),
    ],
)
def test_what_owners_hold(
    privileges: Privileges, who: str, kind: str, name: str, privilege: str, held: bool
) -> None:
    assert privileges.holds(person(who), kind, name, privilege) is held


def test_a_grant_on_a_catalog_holds_below_it(privileges: Privileges) -> None:
    privileges.grant("catalog", "c", "readers", {"USE_CATALOG", "USE_SCHEMA", "SELECT"})
    reader = person("eve", "readers")
    assert privileges.holds(reader, "table", "C.S.T", "SELECT")
    assert privileges.holds(reader, "schema", "c.s", "USE_SCHEMA")
    assert not privileges.holds(person("eve"), "table", "c.s.t", "SELECT")
    privileges.revoke("catalog", "c", "readers", {"SELECT"})
    assert not privileges.holds(reader, "table", "c.s.t", "SELECT")


def test_all_privileges_leaves_out_manage(privileges: Privileges) -> None:
    privileges.grant("schema", "c.s", "eve", {"ALL_PRIVILEGES"})
    eve = person("eve")
    for privilege in DATA_ACCESS | {"USE_SCHEMA", "CREATE_TABLE", "CREATE_FUNCTION"}:
        assert privileges.holds(eve, "schema", "c.s", privilege)
    for privilege in NOT_IN_ALL:
        assert not privileges.holds(eve, "schema", "c.s", privilege)
    assert not privileges.holds(eve, "catalog", "c", "USE_CATALOG")


def test_a_name_that_begins_alike_is_another(privileges: Privileges) -> None:
    privileges.set_owner("schema", "c.s2", "sue")
    privileges.set_owner("catalog", "c2", "carl")
    assert privileges.names("schema", "c.") == ["c.s", "c.s2"]
    privileges.drop("schema", "c.s")
    assert privileges.owner("table", "c.s.t") is None
    assert privileges.owner("schema", "c.s2") == "sue"
    privileges.drop("catalog", "c")
    assert privileges.names("catalog") == ["c2"]


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["grant", "revoke"]),
        st.sampled_from(["eve", "readers"]),
        st.sets(st.sampled_from(["SELECT", "MODIFY", "MANAGE", "ALL_PRIVILEGES"]), min_size=1),
    ),
    max_size=12,
)


@given(CHANGES)
def test_what_is_in_memory_is_what_is_kept(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, str, set[str]]]
) -> None:
    """Whatever was granted and revoked, a sandbox started from the same state agrees."""
    store = Store(tmp_path_factory.mktemp("kept") / "state.db")
    made = Privileges(store)
    made.set_owner("catalog", "c", "ann")
    for action, who, held in changes:
        (made.grant if action == "grant" else made.revoke)("catalog", "c", who, held)
    assert Privileges(store).assignments("catalog", "c") == made.assignments("catalog", "c")
    assert all(made.assignments("catalog", "c").values())
    store.close()


@pytest.fixture
def acls(tmp_path: Path) -> Acls:
    """An experiment of `ann` in a folder that everybody in `team` may edit."""
    made = Acls(Store(tmp_path / "state.db"))
    made.set_owner("directories", "1", "ann")
    made.grant("directories", "1", "team", "CAN_EDIT")
    made.set_owner("experiments", "7", "ann")
    made.place("experiments", "7", "directories", "1")
    return made


def test_an_object_inherits_from_its_folder(acls: Acls) -> None:
    member = person("eve", "team")
    assert acls.allows(member, "experiments", "7", "CAN_EDIT")
    assert not acls.allows(member, "experiments", "7", "CAN_MANAGE")
    assert not acls.allows(person("eve"), "experiments", "7", "CAN_READ")
    assert acls.allows(person("eve", "admins"), "experiments", "7", "CAN_MANAGE")
    assert acls.inherited("experiments", "7") == [
        ("team", "CAN_EDIT", "/directories/1"),
        ("ann", "CAN_MANAGE", "/directories/1"),
    ]


@pytest.mark.parametrize("kind", LEVELS)
def test_a_level_includes_the_weaker_ones(acls: Acls, kind: str) -> None:
    acls.set_owner(kind, "9", "ann")
    for index, level in enumerate(LEVELS[kind]):
        acls.grant(kind, "9", "eve", level)
        for other, weaker in enumerate(LEVELS[kind]):
            assert acls.allows(person("eve"), kind, "9", weaker) is (other <= index)


def test_an_app_in_no_folder_takes_no_level_of_one(acls: Acls) -> None:
    """CAN_RUN is a folder's word: it reads an experiment and opens no app."""
    acls.grant("directories", "1", "runner", "CAN_RUN")
    acls.set_owner("apps", "emails", "ann")
    acls.place("apps", "emails", "directories", "1")
    assert acls.allows(person("runner"), "experiments", "7", "CAN_READ")
    assert not acls.allows(person("runner"), "experiments", "7", "CAN_EDIT")
    assert not acls.allows(person("runner"), "apps", "emails", "CAN_USE")
