"""services/sample_data.py: a project's scripts really run, in its own Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from services import sample_data
from services.errors import StepFailed
from tests.services.programs import Told, environment, own_python, project


async def test_scripts_run_in_order_with_the_values_of_env_local(tmp_path: Path) -> None:
    own_python(tmp_path)
    say = "import os, sys\nprint(os.environ['UC_CATALOG'], os.getcwd(), sys.prefix)\n"
    counts = "import json\nprint(json.dumps({'counts': {'%s': %d}}))\n"
    project(
        tmp_path,
        {
            ".env.local": 'UC_CATALOG="main"\n',
            "setup/1_load_prompts.py": say + counts % ("prompts", 1),
            "setup/2_load_sample_traces.py": "print('two')\n" + counts % ("traces", 50),
            "setup/10_more.py": "print('ten')\n",
            "setup/notes.py": "raise SystemExit('never run')\n",
        },
    )
    told = Told()
    env = environment(tmp_path, UC_CATALOG="from outside")
    found = await sample_data.load(tmp_path, env, told.line, told.note)
    assert found == {"prompts": 1, "traces": 50}
    assert told.lines == [
        "setup/3_run_evals_for_sample_traces.py is not in this project; left out.",
        "setup/4_setup_monitoring.py is not in this project; left out.",
        "setup/5_setup_labeling_session.py is not in this project; left out.",
        "setup/1_load_prompts.py",
        f"main {tmp_path} {tmp_path / '.venv'}",
        "prompts: 1",
        "setup/2_load_sample_traces.py",
        "two",
        "traces: 50",
        "setup/10_more.py",
        "ten",
    ]
    assert told.notes == [
        ("1_load_prompts.py", 0, 3),
        ("2_load_sample_traces.py", 1, 3),
        ("10_more.py", 2, 3),
    ]


async def test_a_failed_script_is_named_and_the_rest_is_not_run(tmp_path: Path) -> None:
    own_python(tmp_path)
    project(
        tmp_path,
        {
            "setup/1_load_prompts.py": "raise SystemExit('PERMISSION_DENIED: no CREATE FUNCTION')",
            "setup/2_load_sample_traces.py": "print('never')",
        },
    )
    told = Told()
    with pytest.raises(StepFailed) as failed:
        await sample_data.load(tmp_path, environment(tmp_path), told.line, told.note)
    assert failed.value.message == (
        "setup/1_load_prompts.py failed (code 1): PERMISSION_DENIED: no CREATE FUNCTION"
    )
    assert "never" not in told.lines


async def test_a_project_without_scripts_is_no_failure(tmp_path: Path) -> None:
    told = Told()
    assert await sample_data.load(tmp_path, environment(tmp_path), told.line, told.note) == {}
    assert len(told.lines) == len(sample_data.KNOWN)


@pytest.mark.parametrize(
    "line", ['{"counts": [1]}', '{"counts": {"a": "b"}}', '{"counts"', '{"counts": null}']
)
async def test_a_line_that_only_looks_like_counts_does_no_harm(tmp_path: Path, line: str) -> None:
    own_python(tmp_path)
    project(tmp_path, {"setup/1_load_prompts.py": f"print({line!r})"})
    told = Told()
    assert await sample_data.load(tmp_path, environment(tmp_path), told.line, told.note) == {}
