"""Permission probes in the ledger: a crash leaves no test schema behind, the next start sweeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.ledger import Ledger
from services.workspace.errors import NotFound

if TYPE_CHECKING:
    from services.workspace.gateway import Workspace


class LedgerProbes:
    """Writes each probe down before it is made and after it is gone (permissions.ProbeLog)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def intend(self, full_name: str) -> None:
        self._ledger.intend("probe", full_name)

    def done(self, full_name: str) -> None:
        self._ledger.settle("probe", full_name, "removed")


async def sweep_probes(workspace: Workspace, ledger: Ledger) -> list[str]:
    """Delete the probe schemas that an interrupted run left; their names."""
    swept: list[str] = []
    for entry in ledger.entries:
        if entry.kind != "probe" or not entry.made_by_us:
            continue
        try:
            await workspace.call(
                "schemas.delete", lambda client, name=entry.name: client.schemas.delete(name)
            )
            swept.append(entry.name)
        except NotFound:
            swept.append(entry.name)
        ledger.settle("probe", entry.name, "removed")
    return swept
