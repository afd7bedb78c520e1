"""Profiles of the Databricks config file, and the choice of the sign-in to use.

Reads the file itself: no SDK, no network. The rules of the file (`[DEFAULT]` is a profile like
any other, `__settings__` is reserved) are those of the Databricks CLI.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from services.errors import ConfigurationError, PrerequisitesMissing
from services.workspace.credentials import (
    ENVIRONMENT,
    METHODS,
    ContradictingCredentials,
    complete_method,
    is_loopback,
    method_of_host_alone,
    normal_host,
    problem_with_host,
)
from services.workspace.sign_in import SignIn

__all__ = [
    "Profile",
    "SignIn",
    "choose_sign_in",
    "config_file",
    "is_loopback",
    "list_profiles",
]

_SETTINGS = "__settings__"
_LOGIN = "databricks auth login --profile DEFAULT"


@dataclass(frozen=True)
class Profile:
    """One section of the config file. `problem` is empty or says why it cannot be used."""

    name: str
    host: str
    auth_type: str
    problem: str
    values: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


def config_file(environ: Mapping[str, str]) -> Path:
    """Where the profiles stand: DATABRICKS_CONFIG_FILE, else ~/.databrickscfg."""
    named = environ.get("DATABRICKS_CONFIG_FILE", "").strip()
    home = environ.get("HOME", "")
    if not named:
        return (Path(home) if home else Path.home()) / ".databrickscfg"
    if home and (named == "~" or named.startswith("~/")):
        return Path(home) / named[2:]
    return Path(named).expanduser()


def list_profiles(environ: Mapping[str, str]) -> list[Profile]:
    """Every profile, DEFAULT first; none where there is no file.

    Raises ConfigurationError on a file that cannot be read.
    """
    sections = _sections(config_file(environ))
    names = sorted((n for n in sections if n != _SETTINGS), key=lambda name: name != "DEFAULT")
    return [_profile(name, sections[name], environ) for name in names]


def choose_sign_in(profile: str | None, environ: Mapping[str, str]) -> SignIn:
    """The named profile, else complete credentials in the environment, else DEFAULT.

    DATABRICKS_CONFIG_PROFILE names a profile where neither of the first two does.
    Raises ConfigurationError or PrerequisitesMissing with the command that mends it.
    """
    named = {k: v.strip() for k, variable in ENVIRONMENT.items() if (v := environ.get(variable))}
    if profile:
        return _from_profile(profile, f"profile {profile} of {{file}}", named, environ)
    if sign_in := _from_environment(named, environ):
        return sign_in
    if name := environ.get("DATABRICKS_CONFIG_PROFILE", "").strip():
        source = f"profile {name} of {{file}} (DATABRICKS_CONFIG_PROFILE)"
        return _from_profile(name, source, named, environ)
    return _default(named, environ)


def _default(named: Mapping[str, str], environ: Mapping[str, str]) -> SignIn:
    profiles = list_profiles(environ)
    settings = _sections(config_file(environ)).get(_SETTINGS, {})
    preferred = settings.get("default_profile", "")
    wanted = normal_host(named.get("host", ""))
    fitting = [each for each in profiles if each.host == wanted and not each.problem]
    default = next((each for each in profiles if each.name == "DEFAULT"), None)
    if wanted and fitting and fitting[0].name != "DEFAULT":
        name = fitting[0].name
        source = f"profile {name} of {{file}} (the one for DATABRICKS_HOST)"
        return _from_profile(name, source, named, environ)
    if wanted and not fitting:
        # Going on to DEFAULT's host would write into a workspace other than the one named here.
        raise ConfigurationError(
            [f"DATABRICKS_HOST is {wanted}, but no profile and no exported token is for it."],
            f"Run: databricks auth login --host {wanted} --profile NAME, then start with "
            "--profile NAME; or unset DATABRICKS_HOST to use the DEFAULT profile.",
        )
    if default is None and preferred and any(each.name == preferred for each in profiles):
        source = f"profile {preferred} of {{file}} (its default_profile)"
        return _from_profile(preferred, source, named, environ)
    if default is None:
        others = ", ".join(each.name for each in profiles)
        file = _shown(config_file(environ), environ)
        raise PrerequisitesMissing(
            f"There is no sign-in to a workspace: {file} has no DEFAULT profile"
            + (f" (it has {others})." if others else "."),
            f"Run: {_LOGIN}"
            + (
                f", or start with --profile {profiles[0].name}."
                if others
                else ". Without a workspace, start with --sandbox."
            ),
        )
    sign_in = _from_profile("DEFAULT", "profile DEFAULT of {file}", named, environ)
    if preferred not in ("", "DEFAULT"):
        note = f"default_profile is {preferred}, but DEFAULT is used. --profile changes it."
        sign_in = replace(sign_in, warnings=(*sign_in.warnings, note))
    return sign_in


def _from_profile(
    name: str, source: str, named: Mapping[str, str], environ: Mapping[str, str]
) -> SignIn:
    file = config_file(environ)
    shown = _shown(file, environ)
    found = next((each for each in list_profiles(environ) if each.name == name), None)
    if found is None:
        known = ", ".join(each.name for each in list_profiles(environ)) or "none"
        raise ConfigurationError(
            [f"{shown} has no profile {name}; it has: {known}."],
            f"Choose one with --profile, or run: databricks auth login --profile {name}",
        )
    if found.problem:
        raise ConfigurationError(
            [f"Profile {name} of {shown} {found.problem}"],
            f"Correct it in the file, or run: databricks auth login --profile {name}",
        )
    ignored = [
        ENVIRONMENT[key]
        for key, value in named.items()
        if key in {need for needs in METHODS.values() for need in needs}
        or (key == "host" and normal_host(value) != found.host)
    ]
    warnings = tuple(
        f"{variable} is exported and not used: {source.format(file=shown)} is."
        for variable in ignored
    )
    return SignIn(
        host=found.host,
        profile=name,
        auth_type=found.auth_type,
        source=source.format(file=shown),
        warnings=warnings,
        config_file=str(file),
        values=found.values,
    )


def _from_environment(named: Mapping[str, str], environ: Mapping[str, str]) -> SignIn | None:
    if not named.get("host"):
        return None
    try:
        method = complete_method(named)
    except ContradictingCredentials as error:
        pairs = [ENVIRONMENT[key] for key in named if key not in ("host", "account_id")]
        raise ConfigurationError(
            [f"{error.message} Exported are {', '.join(pairs)}."],
            "Unset those that are not meant, or choose a profile with --profile.",
        ) from error
    if not method:
        return None
    if problem := problem_with_host(named["host"]):
        raise ConfigurationError([f"DATABRICKS_HOST {problem}"])
    return SignIn(
        host=normal_host(named["host"]),
        profile=None,
        auth_type=method,
        source="environment",
        values={key: value for key, value in named.items() if key not in ("host", "auth_type")},
    )


def _sections(file: Path) -> dict[str, dict[str, str]]:
    # Another default section than [DEFAULT]: profiles do not inherit from it.
    parser = configparser.ConfigParser(interpolation=None, default_section="\0")
    try:
        text = file.read_text(encoding="utf-8-sig")
        parser.read_string(text, source=str(file))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        # configparser quotes the offending line, which may hold a token: only its number is told.
        where = re.search(r"\[line:?\s*(\d+)\]", str(error))
        line = f" at line {where.group(1)}" if where else ""
        what = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise ConfigurationError(
            [f"The Databricks config file {file} cannot be read{line}: {what}."],
            "Correct the file, or move it away and run: " + _LOGIN,
        ) from None
    return {name: dict(parser.items(name)) for name in parser.sections() if parser.items(name)}


def _profile(name: str, section: Mapping[str, str], environ: Mapping[str, str]) -> Profile:
    values = {key: value.strip() for key, value in section.items() if value.strip()}
    host = values.pop("host", "")
    problem = problem_with_host(host)
    method = ""
    try:
        method = complete_method(values)
    except ContradictingCredentials as error:
        problem = problem or f"is ambiguous. {error.message} {error.advice}"
    if not method and not problem:
        method = method_of_host_alone(host, environ.get("PATH", ""))
    values.pop("auth_type", None)
    return Profile(name, normal_host(host), method, problem, values)


def _shown(file: Path, environ: Mapping[str, str]) -> str:
    home = environ.get("HOME", "")
    return f"~/{file.relative_to(home)}" if home and file.is_relative_to(home) else str(file)
