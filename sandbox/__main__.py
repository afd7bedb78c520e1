"""``python -m sandbox``: a local Databricks workspace, in the foreground or in the background."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from sandbox.scenarios import SCENARIOS
from sandbox.state_dir import StateDir, StateError


def main(argv: list[str]) -> int:
    """Exit codes: 0 done, 1 not running (status), 2 it cannot be done."""
    arguments = _parser().parse_args(argv)
    state = StateDir(arguments.state_dir or StateDir.default())
    try:
        return _serve(state, arguments)
    except StateError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _serve(state: StateDir, arguments: argparse.Namespace) -> int:
    from sandbox.server import Options, serve

    options = Options(
        state=state,
        port=arguments.port,
        scenario=arguments.scenario,
        latency_ms=arguments.latency_ms,
        with_mlflow=not arguments.without_mlflow,
    )

    def ready(about: dict[str, str]) -> None:
        sys.stdout.write(json.dumps(about) + "\n")
        sys.stdout.flush()

    def tell(line: str) -> None:
        sys.stderr.write(f"{line}\n")

    os.umask(0o077)
    asyncio.run(serve(options, ready, tell))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run it in the foreground")
    serve.add_argument("--state-dir", type=Path)
    serve.add_argument("--port", type=int)
    serve.add_argument("--scenario", choices=sorted(SCENARIOS))
    serve.add_argument("--latency-ms", type=int, default=0)
    serve.add_argument("--without-mlflow", action="store_true")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
