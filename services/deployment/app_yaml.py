"""app.yaml: made from app.yaml.template where there is one, and its command for a local start.

The format is that of the Databricks Apps documentation ("Configure Databricks app execution with
app.yaml"): `command` is a list or a string, `env` a list of name and value or valueFrom.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from services import tools
from services.errors import StepFailed

NAME = "app.yaml"
TEMPLATE = "app.yaml.template"

SET_BY_THE_PLATFORM = frozenset(
    {
        "DATABRICKS_APP_NAME",
        "DATABRICKS_APP_PORT",
        "DATABRICKS_APP_URL",
        "DATABRICKS_CLIENT_ID",
        "DATABRICKS_CLIENT_SECRET",
        "DATABRICKS_HOST",
        "DATABRICKS_WORKSPACE_ID",
    }
)
"""Set in a running app (Databricks Apps, "System environment"): such a placeholder may stay."""

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")
_BIND = re.compile(r"(?P<host>0\.0\.0\.0|\[::\]|127\.0\.0\.1|localhost)?:(?P<port>\d+)")
_EVERYWHERE = frozenset({"0.0.0.0", "::"})


def render(project: Path, values: Mapping[str, str]) -> str | None:
    """The text of the app.yaml to upload; None when the project has neither file nor template.

    In the template each `${NAME}` is replaced, and each env entry whose name is in `values` gets
    that value. An app.yaml without a template is taken as it is. Raises StepFailed naming all that
    could not be filled.
    """
    template = project / TEMPLATE
    if template.is_file():
        return yaml.safe_dump(_filled(_load(template), values), sort_keys=False)
    plain = project / NAME
    return _text(plain) if plain.is_file() else None


def environment(project: Path, values: Mapping[str, str]) -> dict[str, str]:
    """The plain env values of app.yaml, for a local start. Without those from resources."""
    content = _content(project, values)
    return {
        str(entry["name"]): str(entry["value"])
        for entry in _entries(content)
        if "name" in entry and entry.get("value") is not None
    }


def local_command(project: Path, env_values: Mapping[str, str]) -> list[str]:
    """The app's command for a start on this machine.

    Programs come from project/.venv; variables are filled; a port or address that is written out
    gives way to DATABRICKS_APP_PORT on loopback. Without a command the platform runs the first
    .py file in the root, and so do we. Raises StepFailed when there is nothing to run.
    """
    command = _content(project, env_values).get("command")
    if isinstance(command, str):
        command = shlex.split(command)
    if not command:
        return [_program(project, "python", env_values), _first_script(project)]
    if not isinstance(command, list):
        raise StepFailed(f"The command in {NAME} is neither a list nor a text.", "Correct it.")
    words = [str(word) for word in cast("list[object]", command)]
    words = [_VARIABLE.sub(lambda v: env_values.get(v[1], v[0]), word) for word in words]
    if words[:2] == ["uv", "run"] and len(words) > 2 and not words[2].startswith("-"):
        words = words[2:]
    words = _on_loopback(words, env_values.get("DATABRICKS_APP_PORT", ""))
    return [_program(project, words[0], env_values), *words[1:]]


def _content(project: Path, values: Mapping[str, str]) -> dict[str, Any]:
    template, plain = project / TEMPLATE, project / NAME
    if template.is_file():
        return _filled(_load(template), values)
    return _load(plain) if plain.is_file() else {}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StepFailed(f"Cannot read {path}: {error}.", "Mend the file, then retry.") from error


def _load(path: Path) -> dict[str, Any]:
    try:
        content: object = yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        told = " ".join(str(error).split())
        raise StepFailed(f"{path} is not valid YAML: {told}.", "Correct it, then retry.") from error
    if not isinstance(content, dict):
        raise StepFailed(f"{path} holds no command and no env.", "Correct it, then retry.")
    return cast("dict[str, Any]", content)


def _entries(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    entries: object = content.get("env") or []
    if not isinstance(entries, list):
        raise StepFailed(f"env in {NAME} is not a list of name and value.", "Correct it.")
    listed = cast("list[object]", entries)
    return [cast("dict[str, Any]", entry) for entry in listed if isinstance(entry, dict)]


def _filled(content: dict[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    missing: set[str] = set()
    filled = cast("dict[str, Any]", _fill(content, values, missing))
    for entry in _entries(filled):
        name = str(entry.get("name", ""))
        if "valueFrom" in entry or "value_from" in entry:
            continue
        if name in values:
            entry["value"] = values[name]
        elif entry.get("value") in (None, ""):
            missing.add(name)
    if missing:
        raise StepFailed(
            f"{TEMPLATE} asks for {', '.join(sorted(missing))}, which .env.local does not have.",
            "Add it to .env.local, or write the value into the template, then retry.",
        )
    return filled


def _fill(node: Any, values: Mapping[str, str], missing: set[str]) -> Any:
    if isinstance(node, dict):
        pairs = cast("dict[str, Any]", node).items()
        return {key: _fill(value, values, missing) for key, value in pairs}
    if isinstance(node, list):
        return [_fill(item, values, missing) for item in cast("list[Any]", node)]
    if not isinstance(node, str):
        return node

    def replace(found: re.Match[str]) -> str:
        name = found[1]
        if name == "DATABRICKS_APP_PORT":
            # The port is the platform's to choose, whatever .env.local says.
            return found[0]
        if name in values:
            return values[name]
        if name not in SET_BY_THE_PLATFORM:
            missing.add(name)
        return found[0]

    return _PLACEHOLDER.sub(replace, node)


def _program(project: Path, name: str, env: Mapping[str, str]) -> str:
    if "/" in name:
        return str(project / name)
    own = project / ".venv/bin" / name
    if own.is_file() or name in ("python", "python3"):
        return str(own)
    return (tools.uv_program(env) if name == "uv" else None) or name


def _first_script(project: Path) -> str:
    scripts = sorted(path.name for path in project.glob("*.py"))
    if not scripts:
        raise StepFailed(
            f"{project} has no {NAME} with a command and no Python file to run.",
            f"Add a {NAME}, or skip this step.",
        )
    return "app.py" if "app.py" in scripts else scripts[0]


def _on_loopback(words: list[str], port: str) -> list[str]:
    """A trial run takes the port it was given, and is not to be seen from outside."""
    changed: list[str] = []
    before = ""
    for word in words:
        option, equals, value = word.partition("=") if word.startswith("-") else ("", "", word)
        name = option if equals else before
        if name in ("--port", "-p") and value.isdigit() and port:
            value = port
        elif name in ("--host", "-h") and value in _EVERYWHERE:
            value = "127.0.0.1"
        elif name in ("--bind", "-b") and _BIND.fullmatch(value) and port:
            value = f"127.0.0.1:{port}"
        else:
            value = value if equals or not option else word
        changed.append(f"{option}={value}" if equals else value)
        before = word
    return changed
