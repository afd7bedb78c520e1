"""Decides what a command line asks for, and runs it. Imports only what that one thing needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app import crash
from app.arguments import Arguments, build_parser, parse
from app.output import Output
from services.errors import SetupError
from services.vocabulary import ExitCode

if TYPE_CHECKING:
    from app.settings import Settings


def main(argv: Sequence[str]) -> int:
    """Run the program; returns its exit code (services.vocabulary.ExitCode)."""
    crash.install()
    output = Output(as_json="--json" in argv)
    try:
        arguments = parse(argv)
        if arguments.help:
            sys.stdout.write(build_parser().format_help())
            return ExitCode.DONE
        if arguments.command in ("status", "cleanup", "reset"):
            return _state_command(arguments, output)
        return _setup_command(arguments, output)
    except SetupError as error:
        output.problem(error)
        if not output.result_written:
            output.result(error.exit_code, error=error)
        return int(error.exit_code)


def _state_command(arguments: Arguments, output: Output) -> int:
    from app.state_files import clean_up, project_paths, set_progress_aside, show_status

    paths = project_paths(arguments)
    if arguments.command == "status":
        return show_status(paths, output)
    if arguments.command == "cleanup":
        return clean_up(paths, output)
    told = set_progress_aside(paths, output)
    # "and start afresh": where somebody is there to answer, or said yes to everything.
    if arguments.values.get("yes") or _attended(arguments):
        return _setup_command(arguments, output, notices=(told,))
    output.line("Start afresh with: ./auto-setup.sh")
    output.result(ExitCode.DONE)
    return ExitCode.DONE


def _setup_command(arguments: Arguments, output: Output, notices: tuple[str, ...] = ()) -> int:
    from app.settings import load

    settings = load(arguments, os.environ)
    if settings.json_lines and not output.as_json:
        output = Output(as_json=True)
    if not arguments.command and settings.web and not _in_browser():
        from app.web import serve

        return serve(arguments.argv)
    if not arguments.command and not _headless(settings):
        return _wizard(settings, arguments, notices)
    from app.unattended import run

    resume = arguments.resume
    match arguments.command:
        case "dry_run":
            from app.headless import show_plan

            return run(output, lambda _: show_plan(settings, output, resume=resume, dry_run=True))
        case "validate_only":
            from app.headless import report_prerequisites

            return run(output, lambda _: report_prerequisites(settings, output))
        case "rollback":
            from app.undo import roll_back

            return run(output, lambda _: roll_back(settings, output))
        case "stop_app":
            from app.undo import stop_app

            return run(output, lambda _: stop_app(settings, output))
        case _:
            from app.headless import set_up, show_plan

            if not settings.yes:
                return run(
                    output, lambda _: show_plan(settings, output, resume=resume, dry_run=False)
                )
            return run(output, lambda stop: set_up(settings, output, stop, resume=resume))


def _wizard(settings: Settings, arguments: Arguments, notices: tuple[str, ...]) -> int:
    from app.request import WizardRequest
    from app.wizard import run_wizard

    request = WizardRequest(
        project=settings.project,
        answers=settings.answers(),
        profile=settings.profile,
        sandbox=settings.sandbox,
        resume=arguments.resume,
        skip_manual=settings.skip_manual,
        notices=notices,
    )
    return run_wizard(request)


def _headless(settings: Settings) -> bool:
    return settings.headless or settings.json_lines or not (_terminal() or _in_browser())


def _in_browser() -> bool:
    """Whether this is the wizard of a page of --web: textual-serve names its driver."""
    return "web_driver" in os.environ.get("TEXTUAL_DRIVER", "")


def _attended(arguments: Arguments) -> bool:
    asked = arguments.values.get("headless") or arguments.json
    return not asked and _terminal()


def _terminal() -> bool:
    """Whether there is a screen to draw on. Textual draws on stderr, so it must be one too."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return all(stream.isatty() for stream in streams) and os.environ.get("TERM") != "dumb"
