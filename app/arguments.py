"""The command line: every flag, and what contradicts what. Standard library only.

All problems are found in one go, so that nobody mends them one run at a time.
"""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from services.errors import ConfigurationError

_NO_VALUE = "\0no value"

COMMANDS: dict[str, str] = {
    "dry_run": "show the plan from read-only calls; change nothing anywhere",
    "validate_only": "report each prerequisite and end",
    "status": "show how far the last run came",
    "reset": "set the progress aside and start afresh",
    "cleanup": "remove the progress file and the logs, and end",
    "rollback": "remove what the setup made in the workspace, and nothing else",
    "stop_app": "stop the app's compute, which costs while it runs",
}
SWITCHES: dict[str, str] = {
    "resume": "go on where an earlier run stopped, with its answers",
    "sandbox": "use a local sandbox workspace; needs no Databricks account",
    "web": "the wizard in a browser on this machine, at a link that only you have",
    "headless": "no screen: plain lines (so it is too without a terminal)",
    "yes": "ask nothing; what nobody gave takes the suggestion",
    "json": "headless, with one JSON object a line on stdout",
    "skip_manual": "headless: leave out what only a person can do",
}
VALUES: dict[str, tuple[str, str]] = {
    "profile": ("NAME", "the profile of ~/.databrickscfg to sign in with"),
    "project": ("DIR", "the demo to set up (default: the bundled demo)"),
    "config": ("FILE", "settings file (default: auto-setup.toml in the project)"),
    "mode": ("MODE", "full_deployment or notebook_only"),
    "catalog": ("NAME", "Unity Catalog catalog"),
    "schema": ("NAME", "schema in that catalog"),
    "app_name": ("NAME", "name of the Databricks App"),
    "llm_model": ("NAME", "serving endpoint of the chat model"),
    "experiment_path": ("PATH", "MLflow experiment (default: /Shared/APP_NAME)"),
}
EPILOG = """\
Each flag but the commands may also stand in the environment (AUTO_SETUP_CATALOG=main) or in
auto-setup.toml (catalog = "main"); a flag wins over the environment, that over the file.

Exit codes: 0 done; 1 a step failed or needs a person; 2 bad arguments or configuration;
3 prerequisites missing; 4 another wizard is running here; 130 interrupted.
"""


@dataclass(frozen=True)
class Arguments:
    """What stood on the command line. `values` holds only what was given, by setting name."""

    command: str = ""
    resume: bool = False
    help: bool = False
    values: dict[str, str | bool] = field(default_factory=dict[str, "str | bool"])
    argv: tuple[str, ...] = ()
    """As it was typed, for a child that is to do the same."""

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    @property
    def json(self) -> bool:
        return self.values.get("json") is True


class _Parser(argparse.ArgumentParser):
    """Tells what is wrong instead of printing it and ending the process."""

    def error(self, message: str) -> NoReturn:
        raise ConfigurationError([f"{message[:1].upper()}{message[1:]}."], HELP_ADVICE)


HELP_ADVICE = "./auto-setup.sh --help lists every flag."


def build_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="auto-setup",
        description="Set up the MLflow GenAI demo in a Databricks workspace or a local sandbox.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument("-h", "--help", action="store_true", help="show this and end")
    how = parser.add_argument_group("how it runs")
    for name, text in SWITCHES.items():
        how.add_argument(_flag(name), action="store_true", help=text)
    what = parser.add_argument_group("instead of a setup")
    for name, text in COMMANDS.items():
        what.add_argument(_flag(name), action="store_true", help=text)
    answers = parser.add_argument_group("what is set up, and where")
    for name, (metavar, text) in VALUES.items():
        answers.add_argument(
            _flag(name), nargs="?", const=_NO_VALUE, action="append", metavar=metavar, help=text
        )
    return parser


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def parse(argv: Sequence[str]) -> Arguments:
    """Read the command line.

    Raises ConfigurationError with every problem: unknown flags, missing values, contradictions.
    """
    parsed, unknown = build_parser().parse_known_args(argv)
    found: dict[str, Any] = vars(parsed)
    if found["help"]:
        return Arguments(help=True)
    problems = [_unknown(argument) for argument in unknown]
    values: dict[str, str | bool] = {}
    for name in VALUES:
        given: list[str] = found[name] or []
        if _NO_VALUE in given or "" in given:
            problems.append(f"{_flag(name)} needs a value.")
        elif len(set(given)) > 1:
            problems.append(f"{_flag(name)} is given as {' and as '.join(given)}: give one.")
        elif given:
            values[name] = given[0]
    values.update({name: True for name in SWITCHES if name != "resume" and found[name]})
    commands = [name for name in COMMANDS if found[name]]
    problems += _contradictions(commands, resume=found["resume"])
    if problems:
        raise ConfigurationError(problems, HELP_ADVICE)
    return Arguments(
        command=commands[0] if commands else "",
        resume=found["resume"],
        values=values,
        argv=tuple(argv),
    )


def _contradictions(commands: list[str], *, resume: bool) -> list[str]:
    if len(commands) > 1:
        return [f"{' and '.join(map(_flag, commands))} contradict each other: give one."]
    if resume and commands and commands[0] not in ("dry_run", "validate_only"):
        return [f"--resume and {_flag(commands[0])} contradict each other: give one."]
    return []


def _unknown(argument: str) -> str:
    name = argument.split("=", 1)[0]
    known = [_flag(flag) for flag in (*SWITCHES, *COMMANDS, *VALUES, "help")]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    kind = "flag" if argument.startswith("-") else "argument"
    return f"{argument!r} is no {kind} of this program.{hint}"
