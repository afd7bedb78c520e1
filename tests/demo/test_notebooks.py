"""Each notebook executed from top to bottom in a kernel, its outputs read."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.demo.conftest import Loaded
from tests.demo.project import DEMO, Project

NOTEBOOKS = Path("mlflow_demo/notebooks")
EXPECTED = {
    "0_demo_overview": [
        "Alder Street Bakeries",
        "Prompt version 1, written by a simulated endpoint",
        "Prompt version 2, written by a simulated endpoint",
        "T-1001",
        "simulated",
        "/traces",
    ],
    "1_observe_with_traces": [
        "Single sign-on asks for the password again",
        "generate_email [AGENT]",
        "  call_model [CHAT_MODEL]",
        "'total_tokens'",
        "Bluefin Logistics",
        "Thumb on the trace: down",
    ],
    "2_create_quality_metrics": [
        "False - Ignored: ['T-1001']",
        "names_open_tickets/mean",
        "Alder Street Bakeries - Ignored",
        "Simulated endpoint: True",
        "'personalisation'",
    ],
    "3_find_fix_quality_issues": [
        "(simulated endpoint)",
        "Ignored although open",
        "+- Use only the facts in the customer's record.",
        "10 of them with prompt version 2: 10 pass.",
        "gain",
        "production is version 2",
    ],
    "4_human_review": [
        "'Email quality review': 1 labeling session(s)",
        "email_accurate (feedback)",
        "email_accurate = no by expert@example.com",
        "The scorer says: no - Not in the record",
    ],
    "5_production_monitoring": [
        "accuracy: 100% of the new traces",
        "up, ",
        "milliseconds",
        "open_tickets",
    ],
}


@pytest.mark.full
@pytest.mark.parametrize("name", EXPECTED)
def test_a_notebook_from_top_to_bottom(loaded: Loaded, name: str) -> None:
    project = loaded.project
    before = _alias(project)
    try:
        outputs = _execute(project, name)
        for text in EXPECTED[name]:
            assert text in outputs, f"{text!r} is missing in:\n{outputs}"
        if name == "3_find_fix_quality_issues":
            assert "production is version 2" in _execute(project, name), "a second run"
    finally:
        _set_alias(project, before)


def test_every_notebook_is_committed_without_outputs() -> None:
    found = sorted((DEMO / NOTEBOOKS).glob("*.ipynb"))
    assert [path.stem for path in found] == sorted(EXPECTED)
    for path in found:
        cells: list[dict[str, Any]] = json.loads(path.read_text())["cells"]
        assert len({cell["id"] for cell in cells}) == len(cells)
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        for source in code:
            for word in ("dbutils", "run_line_magic", "%pip"):
                assert word not in source or "DATABRICKS_RUNTIME_VERSION" in source


def _execute(project: Project, name: str) -> str:
    """Run it in place in the copy; everything that its cells showed."""
    path = project.root / NOTEBOOKS / f"{name}.ipynb"
    ended = subprocess.run(
        [str(project.python.parent / "jupyter-execute"), "--inplace", "--timeout=800", str(path)],
        cwd=project.root,
        env=project.env(),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    shown: list[str] = []
    for cell in json.loads(path.read_text())["cells"]:
        for output in cell.get("outputs", []):
            assert output["output_type"] != "error"
            data = output.get("data", {})
            for kind in (output.get("text"), data.get("text/plain")):
                shown.append("".join(kind or ()))
    return "\n".join(shown)


def _alias(project: Project) -> int:
    path = f"/api/2.0/mlflow/unity-catalog/prompts/{project.prompt}/versions/by-alias/production"
    found = project.sandbox.call("GET", path)
    return int((found.get("prompt_version") or found)["version"])


def _set_alias(project: Project, version: int) -> None:
    ended = project.run(
        "-c",
        "import sys; sys.path.insert(0, '.')\n"
        "from mlflow_demo.notebook import open_demo\n"
        "from mlflow_demo.registry import point_alias\n"
        f"point_alias(open_demo().settings, {version})",
    )
    assert ended.returncode == 0, ended.stderr
