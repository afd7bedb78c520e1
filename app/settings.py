"""Settings: flags > AUTO_SETUP_* > auto-setup.toml > defaults, all through pydantic-settings.

Imported only when a setup is about to run: pydantic is not on the way to --help or --status.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from app.arguments import Arguments
from services.config import ANSWER_NAMES, problem_with
from services.errors import ConfigurationError
from services.paths import BUNDLED_PROJECT

PREFIX = "AUTO_SETUP_"
NOT_SETTINGS = frozenset({"theme", "uv", "bun", "no_install", "bootstrapped"})
"""AUTO_SETUP_* variables of bootstrap/tools.sh and of the screens, which are no settings."""


class Settings(BaseSettings):
    """One run's settings. An answer that nobody gave is None."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    profile: str | None = None
    project: Path = BUNDLED_PROJECT
    mode: str | None = None
    catalog: str | None = None
    schema_name: str | None = Field(default=None, alias="schema")
    app_name: str | None = None
    llm_model: str | None = None
    experiment_path: str | None = None
    sandbox: bool = False
    web: bool = False
    headless: bool = False
    yes: bool = False
    json_lines: bool = Field(default=False, alias="json")
    skip_manual: bool = False

    def answers(self) -> dict[str, str]:
        """The answers that somebody gave, by their names in services.config.ANSWER_NAMES."""
        given = {name: getattr(self, _FIELDS.get(name, name)) for name in ANSWER_NAMES}
        return {name: value for name, value in given.items() if value is not None}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # The sources are read one by one in `load`, so that a problem can name where it stands;
        # what they said, in their order of precedence, comes in as the one source here.
        return (init_settings,)


# Names whose field is called otherwise, because pydantic has methods of those names.
_FIELDS = {"schema": "schema_name", "json": "json_lines"}
NAMES = tuple(
    {field: name for name, field in _FIELDS.items()}.get(field, field)
    for field in Settings.model_fields
)


class _Environment(PydanticBaseSettingsSource):
    """AUTO_SETUP_NAME for each setting; an empty one counts as not set."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(Settings)
        self._environ = environ

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        name = field.alias or field_name
        return self._environ.get(f"{PREFIX}{name.upper()}"), name, False

    def __call__(self) -> dict[str, Any]:
        return {
            name.removeprefix(PREFIX).lower(): value
            for name, value in self._environ.items()
            if name.startswith(PREFIX) and value
            if name.removeprefix(PREFIX).lower() not in NOT_SETTINGS
        }


def load(arguments: Arguments, environ: Mapping[str, str]) -> Settings:
    """Read all sources and check every value.

    Raises ConfigurationError with every problem and where each of them stands.
    """
    environment = _Environment(environ)()
    flags = {name: value for name, value in arguments.values.items() if name != "config"}
    file = _settings_file(arguments, environ, str(environment.get("project", "")))
    sources: list[tuple[str, Mapping[str, Any]]] = [
        ("", flags),
        ("the environment", environment),
        (str(file or ""), _read_toml(file) if file else {}),
    ]
    merged: dict[str, Any] = {}
    origin: dict[str, str] = {}
    problems: list[str] = []
    for where, values in sources:
        for name, value in values.items():
            if name not in NAMES:
                problems.append(_unknown(name, where))
            elif name not in merged:
                merged[name], origin[name] = value, where
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        for detail in error.errors():
            name = str(detail["loc"][0])
            name = next((n for n, field in _FIELDS.items() if field == name), name)
            problems.append(f"{_told(name, origin)}: {detail['msg']}.")
        raise ConfigurationError(problems) from error
    for name, value in settings.answers().items():
        lowered = value.lower() if name in ("catalog", "schema") else value
        if problem := problem_with(name, lowered):
            problems.append(f"{_told(name, origin)}: {problem}" if origin[name] else problem)
    project = Path.cwd() / settings.project.expanduser()
    if not project.is_dir():
        problems.append(f"{_told('project', origin)}: there is no directory {project}.")
    if problems:
        raise ConfigurationError(problems)
    return settings.model_copy(update={"project": project})


def _settings_file(
    arguments: Arguments, environ: Mapping[str, str], project_in_environment: str
) -> Path | None:
    """--config FILE, else auto-setup.toml of the project where there is one.

    Raises ConfigurationError when the file that was named is not there.
    """
    if named := arguments.text("config"):
        file = Path(named).expanduser()
        if not file.is_file():
            raise ConfigurationError([f"The settings file {file} is not there."])
        return file
    project = arguments.text("project") or project_in_environment or str(BUNDLED_PROJECT)
    file = Path(project).expanduser() / "auto-setup.toml"
    return file if file.is_file() else None


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return TomlConfigSettingsSource(Settings, toml_file=file)()
    except ValueError as error:  # not UTF-8, or not TOML
        raise ConfigurationError(
            [f"The settings file {file} is not TOML: {error}."],
            'A line in it looks like: catalog = "main"',
        ) from error
    except OSError as error:
        raise ConfigurationError(
            [f"The settings file {file} cannot be read: {error.strerror}."]
        ) from error


def _unknown(name: str, where: str) -> str:
    near = difflib.get_close_matches(name, NAMES, n=1)
    shown = f"{PREFIX}{name.upper()}" if where == "the environment" else name
    known = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(NAMES)}."
    return f"{shown} in {where} is no setting. {known}"


def _told(name: str, origin: Mapping[str, str]) -> str:
    where = origin.get(name, "")
    if where == "the environment":
        return f"{PREFIX}{name.upper()}"
    return f"{name} in {where}" if where else "--" + name.replace("_", "-")
