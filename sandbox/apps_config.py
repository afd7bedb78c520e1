"""What an app runs: app.yaml, the deployment's own command and variables, declared resources.

The format is that of "Configure Databricks app execution with app.yaml": `command` is a list (or
one text), `env` a list of name with value or valueFrom.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from sandbox.apps_errors import DeploymentFailed

_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
_EVERYWHERE = re.compile(r"^(0\.0\.0\.0|\[::\])(?=$|:)")
_PORT_OPTIONS = ("--port", "-p", "--server.port")


@dataclass(frozen=True)
class Execution:
    """A command, not yet filled with variables, and the variables of its own."""

    command: tuple[str, ...]
    env: Mapping[str, str]


def read(
    source: Path,
    *,
    command: Sequence[str] = (),
    env_vars: Sequence[Mapping[str, Any]] = (),
    resources: Mapping[str, str],
) -> Execution:
    """What to run from `source`. `command` and `env_vars` of the deployment win over app.yaml.

    `resources` gives the value behind each declared resource's key. Raises DeploymentFailed.
    """
    config = _load(source)
    env: dict[str, str] = {}
    for entry in (*_list(config, "env"), *env_vars):
        name, value = _variable(entry, resources)
        env[name] = value
    words = list(command) or _command(config.get("command")) or _default(source)
    return Execution(tuple(words), env)


def fill(words: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """The command with its variables, listening where the sandbox wants it.

    On the platform an app has a machine of its own and may listen on 0.0.0.0 and a fixed port;
    here it shares one, so such an address becomes loopback and the port the one it was given.
    """
    filled = [_VARIABLE.sub(lambda v: env.get(v[1] or v[2], v[0]), word) for word in words]
    port, before, changed = env["DATABRICKS_APP_PORT"], "", list[str]()
    for word in filled:
        option, equals, value = word.partition("=") if word.startswith("-") else ("", "", word)
        name = option if equals else before
        if name in _PORT_OPTIONS and value.isdigit():
            value = port
        elif _EVERYWHERE.match(value):
            value = _EVERYWHERE.sub("127.0.0.1", value)
            value = re.sub(r":\d+$", f":{port}", value)
        changed.append(f"{option}={value}" if equals else value or word)
        before = word
    return changed


def _load(source: Path) -> dict[str, Any]:
    for name in ("app.yaml", "app.yml"):
        path = source / name
        if not path.is_file():
            continue
        try:
            content: object = yaml.safe_load(path.read_text("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            told = " ".join(str(error).split())
            raise DeploymentFailed(f"{name} is not valid YAML: {told}") from error
        if content is None:
            return {}
        if not isinstance(content, dict):
            raise DeploymentFailed(f"{name} has to hold command and env.")
        return cast("dict[str, Any]", content)
    return {}


def _list(config: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    entries: object = config.get(key) or []
    if not isinstance(entries, list):
        raise DeploymentFailed(f"{key} in app.yaml has to be a list of name and value.")
    for entry in cast("list[object]", entries):
        if not isinstance(entry, dict):
            raise DeploymentFailed(f"{key} in app.yaml has to be a list of name and value.")
    return cast("list[Mapping[str, Any]]", entries)


def _variable(entry: Mapping[str, Any], resources: Mapping[str, str]) -> tuple[str, str]:
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        raise DeploymentFailed("An entry of env has no name.")
    key = entry.get("valueFrom") or entry.get("value_from")
    if key is None:
        value = entry.get("value")
        return name, "" if value is None else str(value)
    if key not in resources:
        known = ", ".join(sorted(resources)) or "none"
        raise DeploymentFailed(
            f"{name} takes its value from the resource '{key}', which the app does not declare "
            f"(declared: {known}). Add it to the app's resources and deploy again."
        )
    return name, resources[key]


def _command(command: object) -> list[str]:
    if isinstance(command, str):
        return shlex.split(command)
    if command is None:
        return []
    if not isinstance(command, list):
        raise DeploymentFailed("command in app.yaml has to be a list of words.")
    return [str(word) for word in cast("list[object]", command)]


def _default(source: Path) -> list[str]:
    """Without a command the first .py file runs, or the npm script `start`."""
    scripts = sorted(path.name for path in source.glob("*.py"))
    if scripts:
        return ["python", "app.py" if "app.py" in scripts else scripts[0]]
    if (source / "package.json").is_file():
        return ["npm", "run", "start"]
    raise DeploymentFailed(
        "There is nothing to run: no command in app.yaml, no .py file and no package.json in the "
        "root of the source folder."
    )
