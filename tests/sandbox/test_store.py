"""The store under the sandbox: documents, and transactions that nest."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.store import Store


def test_a_transaction_inside_another_is_part_of_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.db")
    with pytest.raises(KeyError), store.transaction():
        store.put("note", "outer", {"a": 1})
        with store.transaction():
            store.put("note", "inner", {"b": 2})
        raise KeyError
    assert store.list("note") == []
    with store.transaction(), store.transaction():
        store.put("note", "kept", {"c": 3})
    store.close()
    assert Store(tmp_path / "store.db").list("note") == [("kept", {"c": 3})]
