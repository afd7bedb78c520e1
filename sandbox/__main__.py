"""``python -m sandbox``: a local Databricks workspace, in the foreground or in the background."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from sandbox import background
from sandbox.scenarios import SCENARIOS
from sandbox.state_dir import StateDir, StateError

IDLE_HOURS = 8.0
"""A sandbox in the background ends when nobody has used it for so long."""


def main(argv: list[str]) -> int:
    """Exit codes: 0 done; 1 it is not running (status, stop); 2 it cannot be done."""
    arguments = _parser().parse_args(argv)
    state = StateDir(arguments.state_dir or StateDir.default())
    os.umask(0o077)
    try:
        if arguments.command == "serve":
            return _serve(state, arguments)
        if arguments.command == "start":
            passed_on = [
                f"--idle-hours={arguments.idle_hours}",
                f"--latency-ms={arguments.latency_ms}",
            ]
            if arguments.port is not None:
                passed_on.append(f"--port={arguments.port}")
            if arguments.without_mlflow:
                passed_on.append("--without-mlflow")
            _print(background.start(state, arguments.scenario, passed_on))
            return 0
        if arguments.command == "status":
            found = background.status(state)
            _print(found)
            return 0 if found["running"] else 1
        ran = background.stop(state, erase=arguments.erase)
        sys.stderr.write("Stopped.\n" if ran else "No sandbox was running.\n")
        return 0
    except StateError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _serve(state: StateDir, arguments: argparse.Namespace) -> int:
    from sandbox.server import Options, serve  # MLflow and Starlette: not needed by status or stop

    options = Options(
        state=state,
        port=arguments.port,
        scenario=arguments.scenario,
        latency_ms=arguments.latency_ms,
        with_mlflow=not arguments.without_mlflow,
        idle_hours=arguments.idle_hours,
    )

    def ready(about: dict[str, str]) -> None:
        _print(about)
        if arguments.detached:
            _leave_the_terminal(state)

    def tell(line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    asyncio.run(serve(options, ready, tell))
    return 0


def _print(about: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(about) + "\n")
    sys.stdout.flush()


def _leave_the_terminal(state: StateDir) -> None:
    """Let go of the pipes of whoever started us: from now on what is said goes to the log."""
    log = os.open(state.log_file, os.O_WRONLY | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A local Databricks workspace: docs/sandbox.md tells what it has.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument(
        "--state-dir",
        type=Path,
        metavar="DIR",
        help="where all state lives (default: $SANDBOX_STATE_DIR, else "
        "mlflow-demo-sandbox below $XDG_STATE_HOME or ~/.local/state)",
    )
    how = argparse.ArgumentParser(add_help=False)
    how.add_argument("--port", type=_port, help="default: the one it had before, else any free one")
    how.add_argument(
        "--scenario",
        choices=sorted(SCENARIOS),
        help="what the workspace is like; kept with the state (default: default)",
    )
    how.add_argument(
        "--latency-ms", type=_natural, default=0, metavar="N", help="delay every call by so much"
    )
    how.add_argument(
        "--without-mlflow",
        action="store_true",
        help="start faster; what needs MLflow answers TEMPORARILY_UNAVAILABLE",
    )
    serve = commands.add_parser("serve", parents=[where, how], help="run it in the foreground")
    serve.add_argument(
        "--detached",
        action="store_true",
        help="once ready, write to the log only (this is how start runs it)",
    )
    serve.add_argument(
        "--idle-hours",
        type=_hours,
        metavar="H",
        help="end after so long without use (default: never)",
    )
    start = commands.add_parser(
        "start", parents=[where, how], help="have one running in the background"
    )
    start.add_argument(
        "--idle-hours",
        type=_hours,
        default=IDLE_HOURS,
        metavar="H",
        help=f"end after so long without use (default: {IDLE_HOURS:g})",
    )
    commands.add_parser("status", parents=[where], help="whether one runs; exit status 1 if not")
    stop = commands.add_parser("stop", parents=[where], help="end the one in the background")
    stop.add_argument("--erase", action="store_true", help="delete its state too")
    return parser


def _natural(text: str) -> int:
    return _whole(text, 2**31, "milliseconds")


def _port(text: str) -> int:
    return _whole(text, 65535, "a port")


def _whole(text: str, most: int, what: str) -> int:
    if not text.isdecimal() or int(text) > most:
        raise argparse.ArgumentTypeError(f"{what}: a whole number from 0 to {most}, not '{text}'")
    return int(text)


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0 < hours < 1e6:
        raise argparse.ArgumentTypeError(f"hours: a number above 0, not '{text}'")
    return hours


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
