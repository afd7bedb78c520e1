"""What the sandbox remembers: JSON documents by (kind, key) in SQLite, safe against kill -9."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]


class Store:
    """Documents in one SQLite file. Each call is a transaction; `transaction()` groups several.

    Calls take well under a millisecond, so handlers make them on the event loop.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS documents "
            "(kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key))"
        )

    def get(self, kind: str, key: str) -> Document | None:
        with self._lock:
            row = self._db.execute(
                "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return None if row is None else json.loads(row[0])

    def put(self, kind: str, key: str, body: Document) -> None:
        with self._lock:
            self._db.execute(
                "INSERT INTO documents VALUES (?, ?, ?) "
                "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                (kind, key, json.dumps(body)),
            )

    def delete(self, kind: str, key: str) -> bool:
        """Remove a document; say whether it was there."""
        with self._lock:
            return (
                self._db.execute(
                    "DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key)
                ).rowcount
                > 0
            )

    def list(self, kind: str, prefix: str = "") -> list[tuple[str, Document]]:
        """All documents of a kind whose key starts with `prefix`, in key order."""
        with self._lock:
            rows = self._db.execute(
                "SELECT key, body FROM documents WHERE kind = ? AND substr(key, 1, ?) = ? "
                "ORDER BY key",
                (kind, len(prefix), prefix),
            ).fetchall()
        return [(key, json.loads(body)) for key, body in rows]

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All or nothing. Inside another transaction it is part of that one."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._db.close()
