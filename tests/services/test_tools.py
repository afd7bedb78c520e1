"""services/tools.py with real programs on a PATH of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from services import tools
from services.tools import ToolFinding
from tests.services.programs import program

CLI = "echo 'Databricks CLI v{}'"


async def found(home: Path, *, client: bool = True, **environ: str) -> dict[str, ToolFinding]:
    """The findings on a machine whose only programs are those in home/bin."""
    machine = {"PATH": str(home / "bin"), "HOME": str(home), **environ}
    return {tool.name: tool for tool in await tools.find_tools(machine, client=client)}


@pytest.mark.parametrize(
    ("version", "new_enough"),
    [("0.261.9", False), ("0.262.0", True), ("0.1000.0", True), ("1.13.0", True)],
)
async def test_versions_are_compared_as_numbers(
    tmp_path: Path, version: str, new_enough: bool
) -> None:
    program(tmp_path / "bin", "databricks", CLI.format(version))
    cli = (await found(tmp_path))[tools.DATABRICKS_CLI]
    assert (cli.version, cli.ok, cli.wanted) == (version, new_enough, "0.262.0")
    assert cli.problem == ("" if new_enough else f"Databricks CLI {version} is older than 0.262.0.")
    assert bool(cli.fix) is not new_enough


async def test_the_old_cli_of_pypi_is_recognised(tmp_path: Path) -> None:
    path = program(tmp_path / "bin", "databricks", "echo 'Version 0.18.0'")
    cli = (await found(tmp_path))[tools.DATABRICKS_CLI]
    assert not cli.ok
    assert cli.problem == f"{path} is the old CLI from PyPI (databricks-cli 0.18.0)."
    assert "pip uninstall databricks-cli" in cli.fix


async def test_nothing_there_is_told_for_each(tmp_path: Path) -> None:
    tool = await found(tmp_path)
    assert tool[tools.PYTHON].ok
    for name in (tools.UV, tools.BUN, tools.DATABRICKS_CLI):
        assert (tool[name].found, tool[name].ok) == (None, False)
        assert tool[name].problem
        assert tool[name].fix
    assert [name for name, each in tool.items() if each.required] == ["Python", "uv", "bun"]


async def test_no_front_end_needs_no_bun(tmp_path: Path) -> None:
    assert not (await found(tmp_path, client=False))[tools.BUN].required


async def test_npm_does_for_bun(tmp_path: Path) -> None:
    npm = program(tmp_path / "bin", "npm", "echo 10.9.2")
    bun = (await found(tmp_path))[tools.BUN]
    assert (bun.ok, bun.found, bun.version) == (True, npm, "10.9.2 (npm)")


async def test_a_bun_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "bin", "bun", "echo 'no version set' >&2; exit 126")
    npm = program(tmp_path / "bin", "npm", "echo 10.9.2")
    assert (await found(tmp_path))[tools.BUN].found == npm


async def test_a_uv_that_does_not_run_is_a_problem(tmp_path: Path) -> None:
    uv = program(tmp_path / "bin", "uv", "exit 127")
    tool = (await found(tmp_path))[tools.UV]
    assert (tool.ok, tool.problem) == (False, f"{uv} does not run, or does not tell its version.")


async def test_the_bootstraps_choice_comes_first(tmp_path: Path) -> None:
    program(tmp_path / "bin", "uv", "echo 'uv 0.1.0'")
    chosen = program(tmp_path / "elsewhere", "uv", "echo 'uv 0.9.1 (abc 2026-01-01)'")
    tool = (await found(tmp_path, AUTO_SETUP_UV=str(chosen)))[tools.UV]
    assert (tool.found, tool.version, tool.ok) == (chosen, "0.9.1", True)
    gone = (await found(tmp_path, AUTO_SETUP_UV=str(tmp_path / "none")))[tools.UV]
    assert (gone.version, gone.ok) == ("0.1.0", False)


async def test_what_the_bootstrap_installed_is_found_off_the_path(tmp_path: Path) -> None:
    own = tmp_path / ".local/share/mlflow-demo-setup"
    uv = program(own / "uv", "uv", "echo 'uv 0.9.1'")
    bun = program(own / "bun-npm/node_modules/.bin", "bun", "echo 1.2.20")
    tool = await found(tmp_path)
    assert (tool[tools.UV].found, tool[tools.BUN].found) == (uv, bun)
