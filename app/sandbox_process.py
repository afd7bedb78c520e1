"""The local sandbox workspace of `--sandbox`: started as a process, and never imported.

It runs in the background and outlives the wizard, because the app's link must work afterwards.
"""

from __future__ import annotations

import asyncio
import configparser
import importlib.util
import ipaddress
import json
import os
import sys
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from async_timeout import timeout

from services.errors import PrerequisitesMissing, SetupError

ROOT = Path(__file__).resolve().parent.parent
DEADLINE_SECONDS = 300.0
_LOOPBACK = "127.0.0.1,localhost,::1"


@dataclass(frozen=True)
class RunningSandbox:
    host: str
    config_file: Path
    """A Databricks config file with its profiles DEFAULT (OAuth) and pat."""
    mlflow_url: str


async def use_sandbox(
    on_line: Callable[[str], None], environ: MutableMapping[str, str] = os.environ
) -> RunningSandbox:
    """Start the sandbox, or find the running one, and point this process at it.

    Every DATABRICKS_* variable is dropped from `environ`, so that nothing of a real workspace can
    reach a child or a client. Raises PrerequisitesMissing when its packages are not installed, and
    SetupError when it does not start or answers from somewhere else than this machine.
    """
    if importlib.util.find_spec("mlflow") is None or importlib.util.find_spec("uvicorn") is None:
        raise PrerequisitesMissing(
            "The sandbox's packages are not installed.",
            "Run ./auto-setup.sh --sandbox, which installs them.",
        )
    on_line("Starting the local sandbox workspace (the first time takes about half a minute)")
    sandbox = await _start(scrubbed(environ), on_line)
    _refuse_elsewhere(sandbox)
    for name in [name for name in environ if name.startswith("DATABRICKS_")]:
        del environ[name]
    environ["DATABRICKS_CONFIG_FILE"] = str(sandbox.config_file)
    # A proxy has no business with this machine's own addresses.
    for name in ("NO_PROXY", "no_proxy"):
        environ[name] = ",".join(filter(None, (environ.get(name), _LOOPBACK)))
    on_line(f"The sandbox workspace is at {sandbox.host}, its MLflow at {sandbox.mlflow_url}")
    return sandbox


def scrubbed(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what names or opens a real workspace, or slows imports."""
    dropped = ("DATABRICKS_", "MLFLOW_", "AUTO_SETUP_")
    own = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith(dropped) and name not in own
    }


async def _start(env: Mapping[str, str], on_line: Callable[[str], None]) -> RunningSandbox:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox", "start"),
        cwd=ROOT,
        env=env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    said: list[str] = []

    async def listen(stream: asyncio.StreamReader) -> None:
        async for line in stream:
            text = line.decode(errors="replace").strip()
            if text:
                said.append(text)
                on_line(text)

    listening = asyncio.create_task(listen(process.stderr))
    try:
        async with timeout(DEADLINE_SECONDS):
            answer = await process.stdout.readline()
            code = await process.wait()
    except asyncio.TimeoutError as error:
        raise _did_not_start(f"it was not ready after {DEADLINE_SECONDS:.0f} s") from error
    finally:
        listening.cancel()
        if process.returncode is None:
            process.terminate()
            await process.wait()
    if code != 0:
        raise _did_not_start(said[-1].rstrip(".") if said else f"it ended with exit code {code}")
    return _read_answer(answer.decode(errors="replace"))


def _read_answer(line: str) -> RunningSandbox:
    try:
        body = cast("dict[str, Any]", json.loads(line))
        return RunningSandbox(
            host=str(body["host"]),
            config_file=Path(body["config_file"]),
            mlflow_url=str(body.get("mlflow_url") or "-"),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _did_not_start(f"it answered {line.strip()[:200]!r}") from error


def _did_not_start(why: str) -> SetupError:
    return SetupError(
        f"The sandbox workspace did not start: {why}.",
        "See why with: uv run --frozen python -m sandbox status",
    )


def _refuse_elsewhere(sandbox: RunningSandbox) -> None:
    """A sandbox is on this machine: a config file that names any other host is not used."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(sandbox.config_file, encoding="utf-8")
    sections = [config.defaults(), *(config[name] for name in config.sections())]
    hosts = [section["host"] for section in sections if "host" in section]
    if not hosts:
        raise SetupError(f"The sandbox's {sandbox.config_file} names no host.", "Start it again.")
    for host in (sandbox.host, *hosts):
        if not is_loopback(host):
            raise SetupError(
                f"The sandbox names the host {host}, which is not this machine.",
                f"Remove {sandbox.config_file} and run this again.",
            )


def is_loopback(host: str) -> bool:
    """Whether a URL's host is this machine's own loopback address."""
    name = urlsplit(host).hostname or ""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
