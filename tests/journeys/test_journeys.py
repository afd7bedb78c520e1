"""The whole way in a real terminal, by keys alone, in each kind of workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.traveller import Traveller, travelling

SUGGESTED = "❯ ★"
"""The highlighted row is the suggested one."""
ASK = "copies the request for an admin"
FULL = "Setup completed successfully."


def to_the_questions(on: Traveller) -> None:
    on.starts()
    on.reads("welcome", "1 of 11", "Set up in a Databricks workspace")
    on.keys("Enter")
    on.reads("sign-in", "2 of 11", "you@sandbox.local")
    on.keys("Enter")


def to_the_plan(on: Traveller, *marks: str) -> None:
    """Enter takes every suggestion; `marks` are what the plan shows in the end."""
    on.reads("mode", "4 of 11", "Suggested.")
    on.keys("Enter")
    for place, name in enumerate(("catalog", "schema", "app", "model"), 5):
        on.reads(name, f"{place} of 11", SUGGESTED)
        on.keys("Enter")
    on.reads("plan", "9 of 11", "Nothing is made before you start.", *marks)


def to_the_end(on: Traveller, *marks: str) -> None:
    on.keys("Enter")
    on.reads("progress", "10 of 11", "Now: Load sample data")
    on.reads("done", "11 of 11", FULL, *marks)
    on.keys("Enter")
    on.reads("after", "ended with 0")


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (140, 45)])
def test_default(tmp_path: Path, columns: int, rows: int) -> None:
    with travelling(tmp_path, "default", columns, rows) as on:
        to_the_questions(on)
        to_the_plan(on, "create 5, reuse 1, grant 4, upload 1")
        to_the_end(on, "The app")


def test_enterprise(tmp_path: Path) -> None:
    """Of 2,000 catalogs the person's own is suggested; nobody has to look for it."""
    with travelling(tmp_path, "enterprise") as on:
        to_the_questions(on)
        to_the_plan(on, "2 Catalog     zz_you")
        to_the_end(on, "The app")


def test_no_apps(tmp_path: Path) -> None:
    """Notebooks alone are suggested where there are no apps."""
    with travelling(tmp_path, "no-apps") as on:
        to_the_questions(on)
        to_the_plan(on, "notebook_only")
        to_the_end(on, "The notebook")


def test_locked_down(tmp_path: Path) -> None:
    """What is lacking is asked for; what cannot be had is left out; it ends with the notebooks."""
    with travelling(tmp_path, "locked-down") as on:
        to_the_questions(on)
        on.reads("mode-lacking", "Both need a catalog that you may use")
        on.keys("Enter")
        on.reads("catalog-lacking", "5 of 11", "none usable", ASK, "❯ ✗ main")
        on.keys("y")
        on.reads("catalog-copied", "The request for an admin copied.")
        on.admin("catalog", "main", "USE_CATALOG", "CREATE_SCHEMA")
        on.keys("r")
        on.reads("catalog-granted", "❯ ✓ main")
        on.keys("Enter")
        for place, name in enumerate(("schema", "app", "model"), 6):
            on.reads(name, f"{place} of 11", SUGGESTED)
            on.keys("Enter")
        on.reads("plan", "9 of 11", "create 5")
        on.keys("Enter")
        told = "Ask a workspace admin to let you create apps, then retry"
        on.reads("app-refused", "Create the app: you@", told, "e Edit", "r Retry")
        on.keys("e")
        on.reads("plan-again", "9 of 11", "create 3")
        on.keys("1")
        on.reads("mode-changed", "4 of 11")
        on.keys("Right", "Enter")
        on.reads("plan-of-notebooks", "9 of 11", "notebook_only", "Nothing is made before")
        to_the_end(on, "The notebook")


def test_empty(tmp_path: Path) -> None:
    """Nothing can be had here: it says whom to ask for what, and keeps the answers."""
    with travelling(tmp_path, "empty") as on:
        to_the_questions(on)
        on.reads("mode", "Both need a catalog and a chat model that you may use")
        on.keys("Enter")
        on.reads("catalog-lacking", "5 of 11", "2 found, none usable.", ASK)
        metastore = on.sandbox.client().metastores.summary().metastore_id or ""
        on.admin("metastore", metastore, "CREATE_CATALOG")
        on.keys("r")
        on.reads("catalog-new", "❯ ★ mlflow_demo", "new, created for you")
        on.keys("Enter")
        for place, name in enumerate(("schema", "app"), 6):
            on.reads(name, f"{place} of 11", SUGGESTED)
            on.keys("Enter")
        on.reads("model-lacking", "8 of 11", "No chat endpoint is here", ASK)
        on.keys("y")
        on.reads("model-copied", "The request for an admin copied.")
        on.keys("C-q")
        on.reads("after", "ended with 130")
        assert on.answers()["catalog"] == "mlflow_demo"


def test_killed_and_resumed(tmp_path: Path) -> None:
    with travelling(tmp_path, "default") as on:
        to_the_questions(on)
        to_the_plan(on)
        on.keys("Enter")
        on.reads("progress", "Now: Load sample data")
        before = on.answers()
        on.is_killed()
        on.starts()
        on.reads("welcome-again", "Resume where it stopped", "Load sample data was interrupted.")
        on.keys("Enter")
        on.reads("done", "11 of 11", FULL, "The app")
        assert on.answers() == before
        on.keys("Enter")
        on.reads("after", "ended with 0")
