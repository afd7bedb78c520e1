"""The setup without a screen: for CI, and wherever there is no terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.output import Output, RunPrinter
from app.sign_in import sign_in_for
from app.unattended import Interruption
from services.vocabulary import ExitCode

if TYPE_CHECKING:
    from app.settings import Settings
    from services.setup import RunResult, Setup


async def open_setup(
    settings: Settings, output: Output, *, resume: bool, persist: bool = True
) -> Setup:
    """A setup for these settings, not opened yet. Without `persist` it changes nothing anywhere."""
    from services.setup import Setup, SetupOptions

    options = SetupOptions(
        project=settings.project,
        sign_in=await sign_in_for(settings, output),
        answers=settings.answers(),
        resume=resume,
        skip_manual=settings.skip_manual,
        sandbox=settings.sandbox,
    )
    return Setup(options, persist=persist)


async def set_up(
    settings: Settings, output: Output, interruption: Interruption, *, resume: bool
) -> int:
    """The whole setup. Raises SetupError for what ends it before the steps do."""
    setup = await open_setup(settings, output, resume=resume)
    printer = RunPrinter(output)
    setup.subscribe(printer)
    try:
        await setup.open()
        await setup.discover()
        output.plan(await setup.prepare())
        interruption.softly = setup.request_stop
        result = await setup.run()
    finally:
        await setup.close()
    interruption.softly = None
    exit_code = ExitCode.INTERRUPTED if interruption.asked else ExitCode(result.exit_code)
    _tell(result, output)
    output.result(
        exit_code,
        steps={step.value: status.value for step, status in result.statuses.items()},
        links=result.links,
        skipped_manual=list(result.left_out),
    )
    return exit_code


async def show_plan(settings: Settings, output: Output, *, resume: bool, dry_run: bool) -> int:
    """The plan from read-only calls: --dry-run, and what headless does without --yes."""
    setup = await open_setup(settings, output, resume=resume, persist=False)
    try:
        await setup.open()
        output.plan(await setup.dry_run())
    finally:
        await setup.close()
    if dry_run:
        output.line("Nothing was changed. Without --dry-run the setup does this.")
        output.result(ExitCode.DONE)
        return ExitCode.DONE
    output.line("Nothing was changed: without a screen the plan needs a yes. Add --yes to do it.")
    output.result(ExitCode.BAD_CONFIGURATION)
    return ExitCode.BAD_CONFIGURATION


async def report_prerequisites(settings: Settings, output: Output) -> int:
    """--validate-only: each prerequisite, whether it holds, and what mends it."""
    setup = await open_setup(settings, output, resume=False, persist=False)
    try:
        await setup.open()
        findings = await setup.check_prerequisites()
    finally:
        await setup.close()
    for finding in findings:
        output.event(
            "finding",
            name=finding.name,
            ok=finding.ok,
            required=finding.required,
            detail=finding.detail,
            fix=finding.fix,
        )
        if not output.as_json:
            word = "ok" if finding.ok else "unknown" if finding.ok is None else "missing"
            weight = "" if finding.ok or finding.required else "  (not needed here)"
            output.line(f"{word:<8} {finding.name:<24} {finding.detail}{weight}")
            if finding.fix and not finding.ok:
                output.line(f"         {finding.fix}")
    missing = any(finding.required and finding.ok is False for finding in findings)
    exit_code = ExitCode.PREREQUISITES_MISSING if missing else ExitCode.DONE
    output.line(
        "Something that is needed is missing." if missing else "All that is needed is here."
    )
    output.result(exit_code)
    return exit_code


def _tell(result: RunResult, output: Output) -> None:
    if output.as_json:
        return
    output.line()
    if result.ok:
        output.line("The demo is set up.")
    for title in result.left_out:
        output.line(f"Left out: {title}")
    for name, link in result.links.items():
        output.line(f"  {name:<11} {link}")
    if not result.ok:
        output.line("The setup is not complete. Once that is mended: ./auto-setup.sh --resume")
