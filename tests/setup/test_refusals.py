"""Workspaces that refuse, and input that is wrong: one clear end each, and nothing half-made."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.running import RunningSandbox, serving
from tests.setup.wizard import Ended, Wizard, copy_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_demo(tmp_path_factory.mktemp("project") / "demo")


@pytest.fixture(scope="module")
def locked(
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[RunningSandbox]:
    state = tmp_path_factory.mktemp("locked") / "state"
    with serving(state, "--scenario", "locked-down") as sandbox:
        yield sandbox


def test_a_locked_down_workspace_stops_before_anything_is_made(
    locked: RunningSandbox, demo: Path
) -> None:
    ended = Wizard(demo, locked.config_file).run("--yes")
    assert ended.code == 1
    failed = [e for e in ended.of("step") if e["status"] == "failed"]
    assert [e["step"] for e in failed] == ["collect_user_input"]
    assert "you may create a schema" in failed[0]["reason"] or "catalog" in failed[0]["reason"]
    assert failed[0]["advice"]
    assert "create_catalog_schema" not in ended.started()
    ledger = demo / ".setup_ledger.json"
    assert not ledger.exists() or json.loads(ledger.read_text())["entries"] == []


def test_what_an_admin_has_to_do_is_said_as_a_statement(locked: RunningSandbox, demo: Path) -> None:
    (demo / ".setup_progress.json").unlink(missing_ok=True)
    names = ("--catalog", "workspace", "--schema", "mine", "--app-name", "mine")
    ended = Wizard(demo, locked.config_file).run("--yes", "--mode", "notebook_only", *names)
    assert ended.code == 1
    failed = [e for e in ended.of("step") if e["status"] == "failed"]
    assert [e["step"] for e in failed] == ["validate_config"]
    assert "GRANT USE CATALOG, CREATE SCHEMA ON CATALOG `workspace`" in failed[0]["advice"]
    # /Shared is closed too, and nobody asked for it.
    assert "/Shared" not in failed[0]["reason"]


@contextmanager
def listener() -> Generator[tuple[str, list[str]]]:
    """Another workspace's address, where every call is written down."""
    calls: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            calls.append(str(self.rfile.readline()))
            self.close_connection = True

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", calls
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_profile_keeps_exported_credentials_out(locked: RunningSandbox, demo: Path) -> None:
    """DATABRICKS_HOST and DATABRICKS_TOKEN of another workspace: nothing reaches it."""
    with listener() as (host, calls):
        elsewhere = {"DATABRICKS_HOST": host, "DATABRICKS_TOKEN": "dapi-of-another-workspace"}
        wizard = Wizard(demo, locked.config_file, elsewhere)
        ended = wizard.run("--dry-run", "--profile", "DEFAULT")
    assert calls == []
    assert ended.code == 1
    assert "DATABRICKS_TOKEN is exported and not used" in ended.stderr
    assert "dapi-of-another" not in ended.text + ended.stderr


def run_in(project: Path, *arguments: str, config: str = "", **environ: str) -> Ended:
    file = project.parent / "databrickscfg"
    file.write_text(config or "[DEFAULT]\nhost = https://127.0.0.1:9\ntoken = dapi-not-real\n")
    return Wizard(project, file, environ).run(*arguments)


def problem(ended: Ended) -> dict[str, Any]:
    assert "Traceback" not in ended.text + ended.stderr
    return ended.result["error"]


def test_an_address_where_nobody_answers(empty_project: Path) -> None:
    ended = run_in(empty_project, "--yes")
    assert ended.code in (1, 3)
    assert "refused the connection" in ended.text
    assert "Traceback" not in ended.text + ended.stderr


def test_wrong_flags_are_all_named(empty_project: Path) -> None:
    ended = run_in(empty_project, "--catalogue", "x", "--app-name", "--status", "--reset")
    assert ended.code == 2
    said = problem(ended)["message"]
    assert "--catalogue" in said and "Did you mean --catalog?" in said
    assert "--app-name needs a value" in said
    assert "contradict" in said


def test_bad_names_are_all_named_before_anything_runs(empty_project: Path) -> None:
    ended = run_in(
        empty_project, "--yes", "--app-name", "My_App", "--catalog", "a$b", "--mode", "both"
    )
    assert ended.code == 2
    said = problem(ended)["message"]
    assert "'My_App' is not a valid app name" in said and "'my-app'" in said
    assert "'$'" in said
    assert "'both'" in said
    assert list(empty_project.iterdir()) == []


def test_a_settings_file_that_is_no_toml(empty_project: Path) -> None:
    (empty_project / "auto-setup.toml").write_text("catalog = \n")
    ended = run_in(empty_project, "--yes")
    assert ended.code == 2
    assert "is not TOML" in problem(ended)["message"]


def test_no_config_file_at_all(empty_project: Path) -> None:
    missing = empty_project.parent / "nowhere"
    ended = Wizard(empty_project, missing).run("--yes")
    assert ended.code in (2, 3)
    assert "databricks auth login" in problem(ended)["advice"]


def test_a_broken_progress_file_is_kept(empty_project: Path) -> None:
    progress = empty_project / ".setup_progress.json"
    progress.write_text("{ not json")
    status = run_in(empty_project, "--status")
    assert status.code == 2
    assert "cannot be read" in problem(status)["message"]
    assert progress.read_text() == "{ not json"
    run_in(empty_project, "--yes")
    kept = [p for p in empty_project.iterdir() if p.name.startswith(".setup_progress")]
    assert any(p.read_text() == "{ not json" for p in kept)


def test_headless_without_yes_ends_with_the_plan(
    locked: RunningSandbox, empty_project: Path
) -> None:
    ended = Wizard(empty_project, locked.config_file).run()
    assert ended.code in (1, 2)
    assert not (empty_project / ".setup_progress.json").exists()


def test_a_second_wizard_is_told(empty_project: Path, locked: RunningSandbox) -> None:
    from services.paths import ProjectPaths
    from services.project_lock import ProjectLock

    with ProjectLock(ProjectPaths(empty_project)):
        for arguments in (("--yes",), ("--cleanup",), ("--rollback", "--yes")):
            ended = Wizard(empty_project, locked.config_file).run(*arguments)
            assert ended.code == 4, arguments
            assert "Another setup is running" in problem(ended)["message"]


def test_prerequisites_are_reported(locked: RunningSandbox, empty_project: Path) -> None:
    ended = Wizard(empty_project, locked.config_file).run("--validate-only")
    found = {f["name"]: f for f in ended.of("finding")}
    assert ended.code == 0, found
    assert found["Sign-in"]["ok"] and "you@sandbox.local" in found["Sign-in"]["detail"]
    assert found["Unity Catalog"]["ok"]
    assert not found["Databricks CLI"]["required"]
    assert list(empty_project.iterdir()) == []
