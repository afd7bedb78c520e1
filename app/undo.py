"""--rollback and --stop-app: taking away what a setup made, and ending what costs."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from app.output import Output
from app.sign_in import sign_in_for
from services.errors import ConfigurationError
from services.paths import ProjectPaths
from services.progress_file import read_status
from services.project_lock import ProjectLock
from services.vocabulary import ExitCode

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from app.settings import Settings
    from services.workspace.gateway import Workspace


async def roll_back(settings: Settings, output: Output) -> int:
    """Remove what the ledger says we made in this workspace; asks first, or wants --yes.

    Raises AlreadyRunning, ConfigurationError or a sign-in error.
    """
    from services.ledger import Ledger
    from services.rollback import rollback, to_remove

    paths = ProjectPaths(settings.project)
    with ProjectLock(paths):
        async with _workspace(settings, output) as workspace:
            entries = to_remove(Ledger(paths, workspace.host, "rollback"))
            if not entries:
                output.line(f"This setup made nothing on {workspace.host} that is still there.")
                output.result(ExitCode.DONE)
                return ExitCode.DONE
            output.line(f"To remove from {workspace.host}, in this order:")
            for entry in entries:
                output.line(f"  {entry.kind:<14} {entry.details.get('label', entry.name)}")
            if not settings.yes and not await _confirmed(settings):
                output.line("Nothing was removed. Add --yes to remove it.")
                output.result(ExitCode.BAD_CONFIGURATION)
                return ExitCode.BAD_CONFIGURATION
            report = await rollback(workspace, paths, output.line)
    code = ExitCode.DONE if report.ok else ExitCode.FAILED
    output.event(
        "rollback",
        removed=report.removed,
        kept=[{"name": name, "why": why} for name, why in report.kept],
        failed=[{"name": name, "why": why} for name, why in report.failed],
    )
    told = f"{len(report.removed)} removed, {len(report.kept)} kept, {len(report.failed)} failed."
    output.line(told if report.ok else f"{told} Run --rollback again once that is mended.")
    output.result(code)
    return code


async def stop_app(settings: Settings, output: Output) -> int:
    """Stop the compute of the app that was set up here. Raises a WorkspaceError."""
    from services.deployment import apps

    name = settings.app_name or _remembered_app(ProjectPaths(settings.project))
    async with _workspace(settings, output) as workspace:
        output.line(f"Stopping {name} on {workspace.host}")
        await apps.stop_app(workspace, name)
    output.line("Stopped. It costs nothing until somebody starts it; --resume does.")
    output.result(ExitCode.DONE)
    return ExitCode.DONE


def _remembered_app(paths: ProjectPaths) -> str:
    snapshot = read_status(paths)
    name = snapshot.answers.get("app_name", "") if snapshot else ""
    if not name:
        raise ConfigurationError(["No app was set up here."], "Name one with --app-name.")
    return name


async def _confirmed(settings: Settings) -> bool:
    """Ask on a terminal; without one, or in JSON, the answer is no."""
    if settings.headless or settings.json_lines or not sys.stdin.isatty():
        return False
    sys.stderr.write("Remove them? [y/N] ")
    sys.stderr.flush()
    loop = asyncio.get_running_loop()
    typed = asyncio.Event()
    # A reader, not a thread: a thread that waits for a line would outlast ctrl-c.
    loop.add_reader(sys.stdin, typed.set)
    try:
        await typed.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


@asynccontextmanager
async def _workspace(settings: Settings, output: Output) -> AsyncGenerator[Workspace]:
    from services.workspace.gateway import Workspace

    workspace = await Workspace.connect(await sign_in_for(settings, output))
    try:
        yield workspace
    finally:
        await workspace.close()
