"""The ledger: what we made in the workspace, written before it is made and after.

`--rollback` removes what stands here as ours, in reverse order, and nothing else. The file is
`.setup_ledger.json`; it outlives --reset and --cleanup. Standard library only.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, cast

from services.errors import ConfigurationError
from services.paths import ProjectPaths
from services.private_files import write_private

State = Literal["intended", "done", "found", "removed"]
Kind = Literal[
    "catalog", "schema", "experiment", "app", "grant", "acl", "prompt", "workspace_tree", "probe"
]


@dataclass(frozen=True)
class LedgerEntry:
    kind: Kind
    name: str
    state: State
    """intended: about to be made, may or may not exist; done: made by us; found: it was there
    before us; removed: rolled back."""
    host: str
    session_id: str
    marker: str
    """What our creation carries in its comment or description, to know it again."""
    at: str = ""
    details: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def made_by_us(self) -> bool:
        return self.state in ("intended", "done")

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.host, self.kind, self.name)


def read_ledger(paths: ProjectPaths) -> list[LedgerEntry]:
    """All entries, oldest first; empty when there is no file.

    Raises ConfigurationError when the file cannot be read: rolling back on a guess is worse than
    not rolling back.
    """
    try:
        body: Any = json.loads(paths.ledger.read_text(encoding="utf-8"))
        raw = cast("list[dict[str, Any]]", body["entries"])
        return [LedgerEntry(**entry) for entry in raw]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            [f"The ledger {paths.ledger} cannot be read: {error}."],
            "It says what this setup made. Restore it, or move it away and remove those by hand.",
        ) from error


class Ledger:
    """The open ledger of one run in one workspace. With `persist=False` nothing is written.

    Writes wait for the disk: call `intend` and `settle` from a worker thread.
    """

    def __init__(
        self, paths: ProjectPaths, host: str, session_id: str, *, persist: bool = True
    ) -> None:
        self._paths = paths
        self._persist = persist
        self.host = host
        self.session_id = session_id
        self._entries = read_ledger(paths)
        self._lock = threading.RLock()

    @property
    def marker(self) -> str:
        return f"mlflow-demo-setup {self.session_id}"

    @property
    def entries(self) -> list[LedgerEntry]:
        """Entries of this workspace, oldest first."""
        return [entry for entry in self._entries if entry.host == self.host]

    def find(self, kind: Kind, name: str) -> LedgerEntry | None:
        matching = [e for e in self.entries if (e.kind, e.name) == (kind, name)]
        return matching[-1] if matching else None

    def is_ours(self, kind: Kind, name: str) -> bool:
        entry = self.find(kind, name)
        return entry is not None and entry.made_by_us

    def intend(self, kind: Kind, name: str, /, **details: Any) -> LedgerEntry:
        """Write down that we are about to make this. An intent of an earlier try is kept, with
        the marker that its creation carries."""
        with self._lock:
            known = self.find(kind, name)
            if known is not None and known.made_by_us:
                return known
            entry = LedgerEntry(
                kind=kind,
                name=name,
                state="intended",
                host=self.host,
                session_id=self.session_id,
                marker=self.marker,
                at=datetime.now().isoformat(),
                details=details,
            )
            self._put(entry)
            return entry

    def settle(self, kind: Kind, name: str, state: State, /, **details: Any) -> None:
        """Record what became of an entry; makes one where there is none."""
        with self._lock:
            entry = self.find(kind, name) or self.intend(kind, name)
            self._put(replace(entry, state=state, details={**entry.details, **details}))

    def _put(self, entry: LedgerEntry) -> None:
        kept = [e for e in self._entries if e.key != entry.key]
        at = next((i for i, e in enumerate(self._entries) if e.key == entry.key), len(kept))
        fresh = entry.state == "intended"
        self._entries = [*kept, entry] if fresh else [*kept[:at], entry, *kept[at:]]
        if self._persist:
            body = {"version": 1, "entries": [asdict(e) for e in self._entries]}
            write_private(self._paths.ledger, json.dumps(body, indent=2) + "\n")
