"""The demo's front end: installed and built with bun, or with npm where there is no bun.

Nothing runs when no source changed since the last build: a stamp beside the installed packages
holds the hash of what was built.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from services import processes, tools
from services.errors import StepFailed

OnLine = Callable[[str], None]
STAMP = ".setup-stamp"
OUTPUTS = ("build", "dist")
NOT_SOURCES = frozenset({"node_modules", "build", "dist", "coverage", "test", "tests"})


async def build_client(project: Path, env: Mapping[str, str], on_line: OnLine) -> None:
    """Install the packages of project/client and build it.

    A project without a client, or whose client has no build script, is left alone with a word.
    Raises StepFailed with the builder's last words, or when there is neither bun nor npm.
    """
    client = project / "client"
    package = await asyncio.to_thread(_package, client)
    if package is None:
        on_line("The project has no client/package.json; there is no front end to build.")
        return
    if "build" not in package.get("scripts", {}):
        on_line("client/package.json has no build script; the front end is left as it is.")
        return
    wanted = await asyncio.to_thread(_hash_of_sources, client)
    stamp = client / "node_modules" / STAMP
    if await asyncio.to_thread(_stands, client, stamp, wanted):
        on_line("The front end is built and up to date.")
        return
    await _build(client, env, on_line)
    await asyncio.to_thread(_set_stamp, stamp, wanted)


async def _build(client: Path, env: Mapping[str, str], on_line: OnLine) -> None:
    problems: list[str] = []
    for commands in await asyncio.to_thread(_ways, client, env):
        for argv in commands:
            ended = await processes.run(argv, cwd=client, env=env, on_line=on_line)
            if not ended.ok:
                shown = " ".join([Path(argv[0]).name, *argv[1:3]])
                problems.append(f"{shown} ended with code {ended.returncode}: {ended.last_words()}")
                on_line(problems[-1].partition(":")[0] + ".")
                break
        else:
            return
    if not problems:
        raise StepFailed("The front end needs bun or npm, and neither was found.", tools.BUN_FIX)
    raise StepFailed(
        f"The front end could not be built. {problems[0]}",
        "Check the network; behind a mirror set NPM_CONFIG_REGISTRY. Then retry.",
    )


def _ways(client: Path, env: Mapping[str, str]) -> list[list[Sequence[str]]]:
    """The ways to build it that this machine has, the best first."""
    ways: list[list[Sequence[str]]] = []
    if bun := tools.bun_program(env):
        locked = any((client / name).is_file() for name in ("bun.lock", "bun.lockb"))
        # The tools' own scripts ask for node; where there is none bun can stand in.
        node = [] if processes.find("node", env) else ["--bun"]
        install = [bun, "install", "--frozen-lockfile" if locked else "--no-save"]
        ways.append([install, [bun, "run", *node, "build"]])
    if npm := tools.npm_program(env):
        if (client / "package-lock.json").is_file():
            install = [npm, "ci", "--no-audit", "--no-fund"]
        else:
            install = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund"]
        ways.append([install, [npm, "run", "build"]])
    return ways


def _package(client: Path) -> dict[str, Any] | None:
    path = client / "package.json"
    if not path.is_file():
        return None
    try:
        package: object = json.loads(path.read_bytes())
    except ValueError as error:
        raise StepFailed(f"{path} is not valid JSON: {error}.", "Mend it, then retry.") from error
    return cast("dict[str, Any]", package) if isinstance(package, dict) else {}


def _sources(client: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(client):
        top = Path(folder) == client
        names[:] = sorted(n for n in names if n[0] != "." and not (top and n in NOT_SOURCES))
        for name in sorted(files):
            yield Path(folder, name)


def _hash_of_sources(client: Path) -> str:
    told = hashlib.sha256()
    for path in _sources(client):
        data = path.read_bytes()
        told.update(f"{path.relative_to(client)} {len(data)}\n".encode() + data)
    return told.hexdigest()


def _stands(client: Path, stamp: Path, wanted: str) -> bool:
    built = any((client / output / "index.html").is_file() for output in OUTPUTS)
    return built and stamp.is_file() and stamp.read_text("utf-8", "replace") == wanted


def _set_stamp(stamp: Path, wanted: str) -> None:
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted, "utf-8")
