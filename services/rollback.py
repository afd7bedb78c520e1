"""Takes away what the ledger says we made in this workspace, and nothing else.

A resource is removed only when it still carries our marker and holds nothing of others; else it is
kept and named. One that is gone already counts as removed. One failure does not stop the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services import removal
from services.errors import SetupError
from services.ledger import Kind, Ledger, LedgerEntry
from services.paths import ProjectPaths
from services.progress_file import reset
from services.removal import Kept
from services.workspace.errors import NotFound
from services.workspace.gateway import Workspace

Remover = Callable[[Workspace, LedgerEntry, Ledger], Awaitable[None]]

# In the order in which kinds are removed.
_REMOVERS: dict[Kind, Remover] = {
    "probe": removal.probe,
    "grant": removal.grant,
    "workspace_tree": removal.workspace_tree,
    "app": removal.app,
    "prompt": removal.prompt,
    "experiment": removal.experiment,
    "schema": removal.schema,
    "catalog": removal.catalog,
}


@dataclass
class RollbackReport:
    removed: list[str] = field(default_factory=list[str])
    kept: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """What was left, and why."""
    failed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """What could not be removed, and why: run it again after mending that."""

    @property
    def ok(self) -> bool:
        return not self.failed


def to_remove(ledger: Ledger) -> list[LedgerEntry]:
    """What a rollback would take away, in the order it does: from what lies in something else to
    what holds it, the newest of a kind first. Steps that ran side by side leave no order."""
    order = list(_REMOVERS)
    made = [entry for entry in reversed(ledger.entries) if entry.made_by_us]
    return sorted(made, key=lambda entry: order.index(entry.kind))


async def rollback(
    workspace: Workspace, paths: ProjectPaths, on_line: Callable[[str], None]
) -> RollbackReport:
    """Remove it all and say so line by line. The progress file is archived, so that the next run
    starts anew. Raises ConfigurationError when the ledger cannot be read."""
    ledger = await asyncio.to_thread(Ledger, paths, workspace.host, "rollback")
    report = RollbackReport()
    for entry in to_remove(ledger):
        label = f"{entry.kind} {entry.details.get('label', entry.name)}"
        try:
            await _REMOVERS[entry.kind](workspace, entry, ledger)
        except NotFound:
            on_line(f"{label}: gone already")
        except Kept as kept:
            report.kept.append((label, str(kept)))
            on_line(f"{label}: kept, {kept}")
            continue
        except SetupError as error:
            report.failed.append((label, str(error)))
            on_line(f"{label}: not removed. {error}")
            continue
        else:
            on_line(f"{label}: removed")
        await asyncio.to_thread(ledger.settle, entry.kind, entry.name, "removed")
        report.removed.append(label)
    await asyncio.to_thread(reset, paths)
    return report
