"""The Databricks config file, and which sign-in is chosen: no network, no SDK."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from services.errors import ConfigurationError, PrerequisitesMissing, SetupError
from services.workspace.profiles import choose_sign_in, config_file, list_profiles

HOST = "https://one.cloud.databricks.com"
OTHER = "https://two.cloud.databricks.com"
TOKEN = "dapi" + "0" * 32


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": ""}


def write(environ: Mapping[str, str], text: str) -> None:
    config_file(environ).write_text(text)


def test_default_comes_first_and_settings_are_no_profile(environ: dict[str, str]) -> None:
    write(
        environ,
        f"[__settings__]\ndefault_profile = b\n[b]\nhost = {HOST}/?o=1\n"
        f"[DEFAULT]\nhost = {OTHER}\ntoken = {TOKEN}\n[c]\nhost={HOST}\n"
        "client_id=x\nclient_secret=y\n",
    )
    profiles = list_profiles(environ)
    assert [(p.name, p.host, p.auth_type, p.problem) for p in profiles] == [
        ("DEFAULT", OTHER, "pat", ""),
        ("b", HOST, "databricks-cli", ""),
        ("c", HOST, "oauth-m2m", ""),
    ]
    assert TOKEN not in repr(profiles)


def test_no_file_is_no_profile(environ: dict[str, str]) -> None:
    assert list_profiles(environ) == []


def test_the_named_file_is_read(environ: dict[str, str], tmp_path: Path) -> None:
    environ["DATABRICKS_CONFIG_FILE"] = "~/elsewhere"
    (tmp_path / "elsewhere").write_text(f"[DEFAULT]\nhost = {HOST}\ntoken = {TOKEN}\n")
    assert choose_sign_in(None, environ).source == "profile DEFAULT of ~/elsewhere"


def test_a_broken_file_is_told_without_its_lines(environ: dict[str, str]) -> None:
    write(environ, f"[DEFAULT]\nhost = {HOST}\n{TOKEN}\n")
    with pytest.raises(ConfigurationError, match="cannot be read at line 3") as told:
        list_profiles(environ)
    assert TOKEN not in str(told.value)


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        ("", "names no host"),
        ("http://workspace.example.com", "unencrypted"),
        ("https://accounts.cloud.databricks.com", "account console"),
        ("ftp://x", "no web address"),
    ],
)
def test_a_host_that_is_no_workspace(environ: dict[str, str], host: str, problem: str) -> None:
    write(environ, f"[DEFAULT]\nhost = {host}\ntoken = {TOKEN}\n")
    assert problem in list_profiles(environ)[0].problem
    with pytest.raises(ConfigurationError, match=problem):
        choose_sign_in(None, environ)


def test_loopback_may_be_plain(environ: dict[str, str]) -> None:
    write(environ, f"[DEFAULT]\nhost = http://127.0.0.1:8080/\ntoken = {TOKEN}\n")
    sign_in = choose_sign_in(None, environ)
    assert (sign_in.host, sign_in.loopback) == ("http://127.0.0.1:8080", True)


def test_a_named_profile_wins_over_exports_and_says_so(environ: dict[str, str]) -> None:
    write(environ, f"[DEFAULT]\nhost={OTHER}\ntoken={TOKEN}\n[dev]\nhost={HOST}\ntoken={TOKEN}\n")
    environ |= {"DATABRICKS_HOST": OTHER, "DATABRICKS_TOKEN": "dapi" + "1" * 32}
    sign_in = choose_sign_in("dev", environ)
    assert (sign_in.host, sign_in.profile) == (HOST, "dev")
    assert len(sign_in.warnings) == 2
    assert all("is exported and not used" in warning for warning in sign_in.warnings)


def test_complete_exports_win_over_default(environ: dict[str, str]) -> None:
    write(environ, f"[DEFAULT]\nhost={OTHER}\ntoken={TOKEN}\n")
    environ |= {"DATABRICKS_HOST": HOST, "DATABRICKS_TOKEN": TOKEN}
    sign_in = choose_sign_in(None, environ)
    assert (sign_in.host, sign_in.profile, sign_in.source) == (HOST, None, "environment")
    assert sign_in.secrets == (TOKEN,)


def test_an_exported_host_alone_finds_its_profile(environ: dict[str, str]) -> None:
    write(environ, f"[DEFAULT]\nhost={OTHER}\ntoken={TOKEN}\n[dev]\nhost={HOST}\ntoken={TOKEN}\n")
    environ["DATABRICKS_HOST"] = HOST
    assert choose_sign_in(None, environ).profile == "dev"


def test_an_exported_host_without_any_sign_in_is_not_replaced(environ: dict[str, str]) -> None:
    write(environ, f"[DEFAULT]\nhost={OTHER}\ntoken={TOKEN}\n")
    environ["DATABRICKS_HOST"] = HOST
    with pytest.raises(ConfigurationError, match="no profile and no exported token is for it"):
        choose_sign_in(None, environ)


def test_two_exported_methods_contradict(environ: dict[str, str]) -> None:
    environ |= {
        "DATABRICKS_HOST": HOST,
        "DATABRICKS_TOKEN": TOKEN,
        "DATABRICKS_CLIENT_ID": "id",
        "DATABRICKS_CLIENT_SECRET": "very-secret",
    }
    with pytest.raises(ConfigurationError, match="More than one authorization method") as told:
        choose_sign_in(None, environ)
    text = str(told.value)
    assert "DATABRICKS_CLIENT_SECRET" in text
    assert TOKEN not in text
    assert "very-secret" not in text


def test_a_stray_secret_beside_a_profile_does_not_contradict(environ: dict[str, str]) -> None:
    write(environ, f"[DEFAULT]\nhost={HOST}\ntoken={TOKEN}\n")
    environ |= {"DATABRICKS_CLIENT_ID": "id", "DATABRICKS_CLIENT_SECRET": "very-secret"}
    sign_in = choose_sign_in("DEFAULT", environ)
    assert (sign_in.auth_type, sign_in.secrets) == ("pat", (TOKEN,))


@pytest.mark.parametrize("text", ["", f"[dev]\nhost={HOST}\ntoken={TOKEN}\n"])
def test_without_default_the_mending_command_is_told(environ: dict[str, str], text: str) -> None:
    write(environ, text)
    with pytest.raises(PrerequisitesMissing) as told:
        choose_sign_in(None, environ)
    assert "databricks auth login --profile DEFAULT" in told.value.advice


def test_the_command_without_any_profile_is_a_sentence_of_its_own(environ: dict[str, str]) -> None:
    with pytest.raises(PrerequisitesMissing) as told:
        choose_sign_in(None, environ)
    assert told.value.advice == (
        "Run: databricks auth login --profile DEFAULT. Without a workspace, start with --sandbox."
    )


def test_the_settings_name_the_default(environ: dict[str, str]) -> None:
    text = f"[__settings__]\ndefault_profile=dev\n[dev]\nhost={HOST}\ntoken={TOKEN}\n"
    write(environ, text)
    assert choose_sign_in(None, environ).profile == "dev"


def test_an_unknown_profile_names_the_known(environ: dict[str, str]) -> None:
    write(environ, f"[dev]\nhost={HOST}\ntoken={TOKEN}\n")
    with pytest.raises(SetupError, match="has no profile prod; it has: dev"):
        choose_sign_in("prod", environ)


def test_a_child_gets_this_sign_in_and_no_other(environ: dict[str, str]) -> None:
    write(environ, f"[dev]\nhost={HOST}\ntoken={TOKEN}\n")
    base = {
        "PATH": "/bin",
        "DATABRICKS_TOKEN": "dapi-stray",
        "DATABRICKS_HOST": OTHER,
        "MLFLOW_TRACKING_URI": "http://elsewhere",
        "ARM_CLIENT_SECRET": "stray",
        "PYTHONDONTWRITEBYTECODE": "1",
        "VIRTUAL_ENV": "/venv",
    }
    child = choose_sign_in("dev", environ).child_environment(base)
    assert child == {
        "PATH": "/bin",
        "DATABRICKS_CONFIG_FILE": str(config_file(environ)),
        "DATABRICKS_CONFIG_PROFILE": "dev",
    }


def test_a_child_gets_exported_credentials_as_they_are(environ: dict[str, str]) -> None:
    exported = {"DATABRICKS_HOST": HOST, "DATABRICKS_TOKEN": TOKEN}
    child = choose_sign_in(None, {**environ, **exported}).child_environment(
        {"PATH": "/bin", "DATABRICKS_CLIENT_ID": "stray", **exported}
    )
    assert child == {"PATH": "/bin", "DATABRICKS_AUTH_TYPE": "pat", **exported}
