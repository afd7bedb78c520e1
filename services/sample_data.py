"""Loading the sample data: the project's setup/N_*.py scripts, one after the other."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, cast

from services import dependencies, env_file, processes
from services.errors import StepFailed

KNOWN = {
    1: "1_load_prompts.py",
    2: "2_load_sample_traces.py",
    3: "3_run_evals_for_sample_traces.py",
    4: "4_setup_monitoring.py",
    5: "5_setup_labeling_session.py",
}
"""The seed's five."""
SCRIPT_SECONDS = 3600.0

_NUMBERED = re.compile(r"(\d+)_.+\.py")


class Note(Protocol):
    def __call__(self, text: str, done: int | None = None, total: int | None = None) -> None: ...


async def load(
    project: Path, env: Mapping[str, str], on_line: Callable[[str], None], note: Note
) -> dict[str, int]:
    """Run every script in the demo's own environment; the counts they printed.

    A script's last line may be `{"counts": {"traces": 100}}`, read back from MLflow. A script that
    is not in the project is left out with a word. Raises StepFailed naming the one that failed.
    """
    scripts = await asyncio.to_thread(_scripts, project)
    for number, name in KNOWN.items():
        if not any(_number(script) == number for script in scripts):
            on_line(f"setup/{name} is not in this project; left out.")
    values = await asyncio.to_thread(env_file.read, project / ".env.local")
    child = {**env, **values, "PYTHONUNBUFFERED": "1"}
    counts: dict[str, int] = {}
    for done, script in enumerate(scripts):
        note(script.name, done, len(scripts))
        on_line(f"setup/{script.name}")
        counts |= await _run(script, project, child, on_line)
    return counts


def _number(script: Path) -> int:
    found = _NUMBERED.fullmatch(script.name)
    return int(found.group(1)) if found else 0


def _scripts(project: Path) -> list[Path]:
    found = [path for path in project.glob("setup/*.py") if _NUMBERED.fullmatch(path.name)]
    return sorted(found, key=lambda path: (_number(path), path.name))


async def _run(
    script: Path, project: Path, env: Mapping[str, str], on_line: Callable[[str], None]
) -> dict[str, int]:
    counts: dict[str, int] = {}

    def take(line: str) -> None:
        if (told := _counts(line)) is None:
            on_line(line)
            return
        counts.update(told)
        on_line(", ".join(f"{name}: {count}" for name, count in told.items()))

    python = str(dependencies.interpreter(project))
    argv = [python, str(script.relative_to(project))]
    ended = await processes.run(argv, cwd=project, env=env, on_line=take, deadline=SCRIPT_SECONDS)
    if not ended.ok:
        raise StepFailed(
            f"setup/{script.name} failed (code {ended.returncode}): "
            f"{ended.last_words() or 'it printed nothing.'}",
            "The step's log has all it printed. Mend the cause, then retry: what is loaded stays.",
        )
    return counts


def _counts(line: str) -> dict[str, int] | None:
    """The counts of a line like `{"counts": {"prompts": 1}}`; None for any other line."""
    if not line.startswith('{"counts"'):
        return None
    try:
        told: object = json.loads(line)
    except ValueError:
        return None
    counts = cast("dict[str, object]", told).get("counts")
    if not isinstance(counts, dict):
        return None
    pairs = cast("dict[str, object]", counts).items()
    return {name: count for name, count in pairs if isinstance(count, int)}
