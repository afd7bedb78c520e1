"""The experience without an app: the data and the notebooks, and three steps skipped."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.running import RunningSandbox
from tests.setup.wizard import STEPS, Wizard, log_has

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]
CUSTOMERS = 20
SKIPPED = ("create_app", "validate_local_setup", "setup_permissions")


def test_notebooks_without_an_app(wizard: Wizard, sandbox: RunningSandbox) -> None:
    """Killed while the data loads; it goes on from there with the same answers."""
    half = log_has("load_sample_data", f"10 of {CUSTOMERS}")
    wizard.kill_when(half, "--yes", "--mode", "notebook_only")
    assert wizard.statuses()["load_sample_data"] == "in_progress"
    ended = wizard.run("--yes", "--resume")
    assert ended.code == 0, ended.events[-3:]
    assert {"create_catalog_schema", "create_experiment"}.isdisjoint(ended.started())
    wanted = {step: "skipped" if step in SKIPPED else "completed" for step in STEPS}
    assert ended.result["steps"] == wanted
    assert set(ended.result["links"]) == {"experiment", "mlflow", "catalog", "notebook"}
    client: Any = sandbox.client()
    folder = "/Users/you@sandbox.local/mlflow-demo/mlflow_demo/notebooks"
    listed = {
        (o.path or "").rsplit("/", 1)[1]: str(o.object_type) for o in client.workspace.list(folder)
    }
    notebooks = sorted(name for name, kind in listed.items() if "NOTEBOOK" in kind)
    assert [name[0] for name in notebooks] == ["0", "1", "2", "3", "4", "5"]
    assert "0_demo_overview" in notebooks
    assert not [app.name for app in client.apps.list() if "mlflow" in app.name]
    # The link leads to the notebook's own page.
    link = ended.result["links"]["notebook"]
    assert link.endswith("/mlflow_demo/notebooks/0_demo_overview")
    left_out = " ".join(e.get("reason", "") for e in ended.of("step") if e["status"] == "skipped")
    assert "notebook_only" in left_out
