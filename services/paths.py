"""Where a setup keeps its files: all in the project directory, all of mode 0600."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

BUNDLED_PROJECT = Path(__file__).resolve().parent.parent / "demo"


@dataclass(frozen=True)
class ProjectPaths:
    root: Path

    @property
    def progress(self) -> Path:
        return self.root / ".setup_progress.json"

    @property
    def ledger(self) -> Path:
        return self.root / ".setup_ledger.json"

    @property
    def env_file(self) -> Path:
        return self.root / ".env.local"

    @property
    def logs(self) -> Path:
        return self.root / ".setup_logs"

    @property
    def lock(self) -> Path:
        return self.root / ".setup.lock"

    @property
    def state_names(self) -> frozenset[str]:
        """Names at the project's root that are the wizard's own and are never uploaded."""
        own = (self.progress, self.ledger, self.env_file, self.logs, self.lock)
        return frozenset(path.name for path in own)
