"""What holds for every file of the project: sizes, addresses, imports that stay light."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CANONICAL = {
    "uv.lock": re.compile(r"^https://(pypi\.org|files\.pythonhosted\.org)/"),
    "demo/uv.lock": re.compile(r"^https://(pypi\.org|files\.pythonhosted\.org)/"),
}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_source_file_is_a_hall() -> None:
    """Small rooms: 300 lines at most, so that a file keeps one job."""
    sources = tracked("*.py", "*.sh", "*.ts", "*.tsx", "*.tcss", "*.css")
    long = {str(f.relative_to(ROOT)): len(f.read_text().splitlines()) for f in sources}
    assert sources
    assert {name: lines for name, lines in long.items() if lines > 300} == {}


@pytest.mark.parametrize("name", CANONICAL)
def test_locks_hold_public_addresses_only(name: str) -> None:
    addresses = re.findall(r'"(https?://[^"]+)"', (ROOT / name).read_text())
    assert addresses
    assert [a for a in addresses if not CANONICAL[name].match(a)] == []


def test_the_client_lock_names_no_host() -> None:
    """bun.lock leaves the registry's address out; any URL in it would be somebody's own."""
    assert re.findall(r"https?://[^\s\"]+", (ROOT / "demo/client/bun.lock").read_text()) == []


def test_nothing_committed_names_this_machine() -> None:
    home = re.compile(r"(?<![\w.])/(?:root|work|home/[a-z]\w*)/\w")
    named = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in tracked("*.py", "*.sh", "*.md", "*.toml", "*.ts", "*.tsx", "*.json", "*.ipynb")
        for found in [home.search(path.read_text(encoding="utf-8"))]
        if found and path != Path(__file__)
    ]
    assert named == []


HEAVY = ("databricks", "mlflow", "pydantic", "textual", "requests", "yaml")


def imported_by(code: str) -> set[str]:
    """The top-level modules that are loaded after `code` ran in a process of its own."""
    program = f"{code}\nimport sys\nprint('|'.join(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return {name.split(".")[0] for name in done.stdout.splitlines()[-1].split("|")}


@pytest.mark.parametrize("flag", ["--help", "--status"])
def test_help_and_status_load_nothing_heavy(flag: str, tmp_path: Path) -> None:
    code = f"from app.cli import main\nmain(['{flag}', '--project', {str(tmp_path)!r}])"
    assert imported_by(code).isdisjoint(HEAVY)


def test_services_load_no_sdk_on_import() -> None:
    """The SDK takes about a second: it loads in a worker thread, behind the first frame."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in tracked("services/*.py", "services/**/*.py")
    ]
    code = "import importlib\n" + "\n".join(f"importlib.import_module({m!r})" for m in modules)
    assert imported_by(code).isdisjoint({"databricks", "mlflow", "textual", "requests"})
