"""--status, --cleanup and the archive of --reset: files beside the project, and nothing else.

Standard library only, and no workspace: they answer at once, on any Python, with no network.
"""

from __future__ import annotations

import os
from pathlib import Path

from app.arguments import Arguments
from app.output import Output
from services.errors import ConfigurationError
from services.ledger import read_ledger
from services.paths import BUNDLED_PROJECT, ProjectPaths
from services.progress_file import ProgressSnapshot, cleanup, read_status, reset
from services.project_lock import ProjectLock
from services.vocabulary import STEP_TITLES, ExitCode, StepId


def project_paths(arguments: Arguments) -> ProjectPaths:
    """Where the state files lie: --project, else AUTO_SETUP_PROJECT, else the bundled demo.

    Only with --config are the settings read in full, as that file may name the project.
    Raises ConfigurationError when the directory is not there.
    """
    if arguments.text("config"):
        from app.settings import load

        return ProjectPaths(load(arguments, os.environ).project)
    named = arguments.text("project") or os.environ.get("AUTO_SETUP_PROJECT")
    project = Path.cwd() / Path(named).expanduser() if named else BUNDLED_PROJECT
    if not project.is_dir():
        raise ConfigurationError([f"--project: there is no directory {project}."])
    return ProjectPaths(project)


def show_status(paths: ProjectPaths, output: Output) -> int:
    """Say how far the last run came. Raises UnreadableProgress."""
    snapshot = read_status(paths)
    if snapshot is None:
        output.line(f"No setup has run in {paths.root} yet. Start one with ./auto-setup.sh")
        output.event("status", project=str(paths.root), session_id=None)
        output.result(ExitCode.DONE)
        return ExitCode.DONE
    records = {step: snapshot.steps[step] for step in StepId}
    statuses = {step.value: record.status.value for step, record in records.items()}
    output.event(
        "status",
        project=str(paths.root),
        session_id=snapshot.session_id,
        last_updated=snapshot.last_updated,
        current_step=snapshot.current_step,
        host=snapshot.host,
        user=snapshot.user,
        answers=snapshot.answers,
        steps={step.value: record.to_json() for step, record in records.items()},
    )
    if not output.as_json:
        _tell_status(paths, snapshot, output)
    output.result(ExitCode.DONE, steps=statuses)
    return ExitCode.DONE


def _tell_status(paths: ProjectPaths, snapshot: ProgressSnapshot, output: Output) -> None:
    met = sum(record.status.met for record in snapshot.steps.values())
    output.line(f"Setup {snapshot.session_id} in {paths.root}")
    if snapshot.host:
        output.line(f"Workspace {snapshot.host}, as {snapshot.user or 'nobody yet'}")
    output.line(f"{met} of {len(StepId)} steps done, last change {snapshot.last_updated or '-'}")
    for number, step in enumerate(StepId, 1):
        record = snapshot.steps[step]
        took = "" if record.duration_seconds is None else f"{record.duration_seconds:8.1f} s"
        told = f"{number:>3} {record.status.value:<12} {STEP_TITLES[step]:<24} {took}"
        output.line(told.rstrip())
        for more in (record.reason, record.advice):
            if more:
                output.line(f"                 {more}")
    if not snapshot.finished:
        output.line("Go on with: ./auto-setup.sh --resume")


def clean_up(paths: ProjectPaths, output: Output) -> int:
    """Remove the progress file and the logs; the ledger stays. Raises AlreadyRunning."""
    with ProjectLock(paths):
        removed = cleanup(paths)
    for path in removed:
        output.line(f"Removed {path}")
    if not removed:
        output.line(f"Nothing to clean up in {paths.root}")
    tell_what_remains(paths, output)
    output.event("cleanup", removed=[str(path) for path in removed])
    output.result(ExitCode.DONE)
    return ExitCode.DONE


def set_progress_aside(paths: ProjectPaths, output: Output) -> str:
    """The archive of --reset; returns what was done, in words. Raises AlreadyRunning."""
    with ProjectLock(paths):
        kept = reset(paths)
    told = (
        f"The earlier progress was kept as {kept}."
        if kept
        else f"There was no progress to reset in {paths.root}."
    )
    output.line(told)
    tell_what_remains(paths, output)
    output.event("reset", archived=str(kept) if kept else None)
    return told


def tell_what_remains(paths: ProjectPaths, output: Output) -> None:
    """What an earlier setup made is still in the workspace: say so, and how to remove it."""
    made = [entry for entry in read_ledger(paths) if entry.made_by_us]
    if not made:
        return
    output.line("What the setup made remains in the workspace:")
    for entry in made:
        output.line(f"  {entry.kind:<14} {entry.name}  on {entry.host}")
    output.line("Remove it with: ./auto-setup.sh --rollback")
