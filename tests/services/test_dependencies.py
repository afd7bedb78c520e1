"""services/dependencies.py and client_build.py with the real uv, and npm or bun."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from services import dependencies
from services.errors import StepFailed
from tests.services.programs import Told, environment, lock, program, project

PYPROJECT = '[project]\nname = "a-demo"\nversion = "1"\nrequires-python = ">=3.10"\n'
PACKAGE = '{"name": "page", "scripts": {"build": "node build.mjs"}}'
BUILD = """
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
mkdirSync("build", { recursive: true });
writeFileSync("build/index.html", readFileSync("src/page.txt"));
console.log("built");
"""
UP_TO_DATE = "The Python packages are up to date."


def runs(python: Path) -> bool:
    return subprocess.run([python, "-c", "import sys"], check=False).returncode == 0


async def test_a_locked_project_gets_its_own_environment_once(tmp_path: Path) -> None:
    root = project(tmp_path / "demo", {"pyproject.toml": PYPROJECT})
    locked = lock(root)
    env, told = environment(tmp_path), Told()
    python = await dependencies.install_python(root, env, told.line)
    assert python == root / ".venv/bin/python"
    assert runs(python)
    assert UP_TO_DATE not in told.lines
    again = Told()
    await dependencies.install_python(root, env, again.line)
    assert again.lines == [UP_TO_DATE]
    assert (root / "uv.lock").read_bytes() == locked


async def test_a_changed_project_is_installed_again(tmp_path: Path) -> None:
    root = project(tmp_path / "demo", {"pyproject.toml": PYPROJECT})
    lock(root)
    env = environment(tmp_path)
    await dependencies.install_python(root, env, Told().line)
    project(root, {"pyproject.toml": PYPROJECT.replace('"1"', '"2"')})
    lock(root)
    told = Told()
    await dependencies.install_python(root, env, told.line)
    assert UP_TO_DATE not in told.lines


async def test_an_environment_without_its_python_is_made_again(tmp_path: Path) -> None:
    root = project(tmp_path / "demo", {"pyproject.toml": PYPROJECT})
    lock(root)
    env = environment(tmp_path)
    python = await dependencies.install_python(root, env, Told().line)
    python.unlink()
    await dependencies.install_python(root, env, Told().line)
    assert runs(python)


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
async def test_a_checkout_without_a_lock_stays_without_one(tmp_path: Path, name: str) -> None:
    text = PYPROJECT if name == "pyproject.toml" else "# nothing yet\n"
    root = project(tmp_path / "foreign", {name: text})
    told = Told()
    python = await dependencies.install_python(root, environment(tmp_path), told.line)
    assert runs(python)
    assert told.lines[0] == f"The project has no uv.lock; installing what {name} asks for."
    assert not (root / "uv.lock").exists()


async def test_an_outer_environment_is_left_alone(tmp_path: Path) -> None:
    """The wizard itself may run in one: uv must not take it for the demo's."""
    root = project(tmp_path / "demo", {"pyproject.toml": PYPROJECT})
    lock(root)
    other = tmp_path / "other"
    env = environment(tmp_path, VIRTUAL_ENV=str(other), UV_PROJECT_ENVIRONMENT=str(other))
    await dependencies.install_python(root, env, Told().line)
    assert not other.exists()


async def test_uvs_reason_is_told_and_a_retry_starts_over(tmp_path: Path) -> None:
    root = project(tmp_path / "demo", {"requirements.txt": "./not-there\n"})
    env = environment(tmp_path)
    for _ in range(2):
        with pytest.raises(StepFailed, match="uv could not install the Python packages") as failed:
            await dependencies.install_python(root, env, Told().line)
        assert "not-there" in failed.value.message


async def test_no_uv_is_told_with_its_remedy(tmp_path: Path) -> None:
    root = project(tmp_path / "demo", {"pyproject.toml": PYPROJECT})
    env = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    with pytest.raises(StepFailed, match="uv was not found") as failed:
        await dependencies.install_python(root, env, Told().line)
    assert "astral.sh/uv" in failed.value.advice


def front_end(root: Path) -> Path:
    return project(
        root,
        {
            "client/package.json": PACKAGE,
            "client/build.mjs": BUILD,
            "client/src/page.txt": "one",
        },
    )


async def test_the_front_end_is_built_once(tmp_path: Path) -> None:
    root, env = front_end(tmp_path / "demo"), environment(tmp_path)
    told = Told()
    await dependencies.build_client(root, env, told.line)
    page = root / "client/build/index.html"
    assert page.read_text() == "one"
    assert "built" in told.text
    again = Told()
    await dependencies.build_client(root, env, again.line)
    assert again.lines == ["The front end is built and up to date."]
    assert not list(root.glob("client/*lock*"))


async def test_a_changed_source_is_built_again(tmp_path: Path) -> None:
    root, env = front_end(tmp_path / "demo"), environment(tmp_path)
    await dependencies.build_client(root, env, Told().line)
    project(root, {"client/src/page.txt": "two"})
    await dependencies.build_client(root, env, Told().line)
    assert (root / "client/build/index.html").read_text() == "two"


async def test_npm_steps_in_when_bun_fails(tmp_path: Path) -> None:
    root = front_end(tmp_path / "demo")
    bun = program(tmp_path / "bin", "bun", "echo 'lockfile version 2 is unknown'; exit 1")
    told = Told()
    await dependencies.build_client(root, environment(tmp_path, AUTO_SETUP_BUN=str(bun)), told.line)
    assert "bun install --no-save ended with code 1." in told.lines
    assert (root / "client/build/index.html").read_text() == "one"


async def test_a_build_that_fails_says_why(tmp_path: Path) -> None:
    root = front_end(tmp_path / "demo")
    project(root, {"client/build.mjs": "throw new Error('no such colour')"})
    with pytest.raises(StepFailed, match="The front end could not be built") as failed:
        await dependencies.build_client(root, environment(tmp_path), Told().line)
    assert "no such colour" in failed.value.message


async def test_neither_bun_nor_npm_is_told_with_its_remedy(tmp_path: Path) -> None:
    root = front_end(tmp_path / "demo")
    env = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    with pytest.raises(StepFailed, match="needs bun or npm"):
        await dependencies.build_client(root, env, Told().line)


async def test_a_project_without_a_front_end_is_left_alone(tmp_path: Path) -> None:
    told = Told()
    await dependencies.build_client(tmp_path, environment(tmp_path), told.line)
    assert "no front end to build" in told.text
    front_end(tmp_path)
    project(tmp_path, {"client/package.json": "{}"})
    await dependencies.build_client(tmp_path, environment(tmp_path), told.line)
    assert "no build script" in told.text


async def test_a_broken_package_json_is_named(tmp_path: Path) -> None:
    project(tmp_path, {"client/package.json": "{"})
    with pytest.raises(StepFailed, match=r"package\.json is not valid JSON"):
        await dependencies.build_client(tmp_path, environment(tmp_path), Told().line)
