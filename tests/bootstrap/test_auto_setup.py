"""The bootstrap as a person meets it: real bash, a HOME of its own, few programs on PATH."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = (
    "bash", "cat", "cksum", "cp", "dirname", "env", "head", "ls", "mkdir", "mktemp", "mv", "ps",
    "readlink", "rm", "sed", "sh", "sleep", "tail", "tr", "uname", "wc",
)  # fmt: skip


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A PATH with little more than bash: no uv, no bun, no npm, no curl, no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in PROGRAMS:
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    return folder


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The scripts in a place whose name has spaces, without any environment."""
    target = tmp_path / "a clone of mine"
    shutil.copytree(ROOT / "bootstrap", target / "bootstrap")
    for name in ("auto-setup.sh", "auto-setup.py", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, target / name)
    for name in ("app", "services"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    (target / "demo").mkdir()
    return target


def start(
    script: Path, path: Path, home: Path, *arguments: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    home.mkdir(exist_ok=True)
    return subprocess.run(
        ["bash", str(script), *arguments],
        cwd="/",
        env={"PATH": str(path), "HOME": str(home), "LANG": "C.UTF-8", **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def with_python(path: Path) -> Path:
    (path / "python3").symlink_to(shutil.which("python3.11") or shutil.which("python3") or "")
    return path


def test_status_needs_nothing_but_a_python(bare: Path, clone: Path, tmp_path: Path) -> None:
    """From another directory, through a link, in a path with spaces."""
    link = tmp_path / "link.sh"
    link.symlink_to(clone / "auto-setup.sh")
    ended = start(link, with_python(bare), tmp_path / "home", "--status")
    assert ended.returncode == 0, ended.stderr
    assert "No setup has run in" in ended.stdout
    assert list((tmp_path / "home").iterdir()) == []


def test_help_names_every_command(bare: Path, clone: Path, tmp_path: Path) -> None:
    ended = start(clone / "auto-setup.sh", with_python(bare), tmp_path / "home", "--help")
    assert ended.returncode == 0, ended.stderr
    for flag in ("--resume", "--rollback", "--dry-run", "--sandbox", "--stop-app"):
        assert flag in ended.stdout


def test_forbidden_to_install_it_says_what_to_do(bare: Path, clone: Path, tmp_path: Path) -> None:
    script = clone / "auto-setup.sh"
    ended = start(script, bare, tmp_path / "home", "--dry-run", AUTO_SETUP_NO_INSTALL="1")
    assert ended.returncode == 3
    assert "AUTO_SETUP_NO_INSTALL forbids installing it" in ended.stderr
    assert "https://astral.sh/uv/install.sh" in ended.stderr
    assert ended.stdout == ""
    assert not (tmp_path / "home" / ".local").exists()


def test_without_python_and_network_each_way_is_tried(
    bare: Path, clone: Path, tmp_path: Path
) -> None:
    ended = start(clone / "auto-setup.sh", bare, tmp_path / "home", "--dry-run")
    assert ended.returncode == 3
    assert "uv could not be installed." in ended.stderr
    assert "By hand:" in ended.stderr


def in_bash(path: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = (
        f'. "{ROOT}/bootstrap/say.sh"; . "{ROOT}/bootstrap/tools.sh"; . "{ROOT}/bootstrap/cli.sh"; '
    )
    return subprocess.run(
        ["bash", "-c", program + code, "bash", *arguments],
        env={"PATH": f"{path}:/usr/bin:/bin", "HOME": str(path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(
    ("have", "wanted", "enough"),
    [
        ("1.13.0", "0.262.0", True),
        ("0.262.0", "0.262.0", True),
        ("0.261.9", "0.262.0", False),
        ("0.18.0", "0.262.0", False),
        ("3.10.16", "3.10.16", True),
        ("3.10.9", "3.10.16", False),
        ("3.9.21", "3.10.16", False),
        ("3.13", "3.10.16", True),
        ("3.14.0rc1", "3.10.16", True),
    ],
)
def test_versions_are_compared_as_numbers(have: str, wanted: str, enough: bool) -> None:
    ended = in_bash(Path("/nowhere"), 'at_least "$1" "$2"', have, wanted)
    assert (ended.returncode == 0) is enough


def databricks(folder: Path, lines: Sequence[str]) -> None:
    """A program of that name that prints what the real ones do."""
    program = folder / "databricks"
    program.write_text("#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in lines))
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("Databricks CLI v1.13.0", "Databricks CLI 1.13.0"),
        ("Databricks CLI v0.261.0", "is older than 0.262.0"),
        ("Version 0.18.0", "the old CLI from PyPI (databricks-cli 0.18.0)"),
    ],
)
def test_the_databricks_cli_is_told_from_its_namesake(
    tmp_path: Path, printed: str, said: str
) -> None:
    databricks(tmp_path, [printed])
    ended = in_bash(tmp_path, "say_to 1; report_databricks_cli; say_end")
    assert said in ended.stdout + ended.stderr
