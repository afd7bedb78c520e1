"""The five setup scripts, run as the wizard runs them."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from tests.demo.conftest import SCRIPTS, Fault, Loaded
from tests.demo.project import Project, search_traces

EXPECTED = {
    "prompts": 1,
    "prompt_versions": 2,
    "traces": 100,
    "evaluation_runs": 2,
    "scorers": 4,
    "labeling_sessions": 1,
}


def test_what_the_scripts_say_they_loaded(loaded: Loaded) -> None:
    assert loaded.counts == EXPECTED


def test_the_workspace_holds_what_they_say(loaded: Loaded) -> None:
    samples = search_traces(loaded.project, "tags.sample_version = '2'")
    assert len(samples) == 50
    assert len({_tags(trace)["customer_id"] for trace in samples}) == 50
    names = {each["assessment_name"] for each in samples[0]["assessments"]}
    assert names == {"accuracy", "open_tickets", "personalisation", "length"}
    metadata = samples[0]["trace_metadata"]
    assert metadata["mlflow.trace.user"] and metadata["mlflow.trace.session"]
    assert metadata["app_version"] == "1.0.0"


def test_a_second_run_adds_nothing(loaded: Loaded) -> None:
    samples = "tags.sample_version != ''"
    before = {trace["trace_id"] for trace in search_traces(loaded.project, samples)}
    again: dict[str, int] = {}
    for script in SCRIPTS:
        again |= loaded.project.load(script)
    assert again == loaded.counts
    after = search_traces(loaded.project, samples)
    assert {trace["trace_id"] for trace in after} == before


def test_the_fixed_prompt_is_better_in_every_score(loaded: Loaded) -> None:
    client = loaded.project.sandbox.client()
    runs = client.experiments.search_runs(
        experiment_ids=[loaded.project.experiment_id],
        filter="tags.demo_complete = 'true'",
        max_results=10,
    )
    scores: dict[str, dict[str, float]] = {}
    for run in runs:
        assert run.data is not None and run.info is not None
        tags = {tag.key: tag.value for tag in run.data.tags or []}
        assert tags["simulated"] == "true"
        scores[str(tags["prompt_version"])] = {
            str(metric.key): float(metric.value or 0) for metric in run.data.metrics or []
        }
    assert set(scores) == {"1", "2"}
    assert scores["2"]["accuracy/mean"] >= scores["1"]["accuracy/mean"] + 0.3
    for name, score in scores["1"].items():
        assert scores["2"][name] > score


def test_another_workspace_is_refused_before_anything_is_written(new_project: Project) -> None:
    new_project.set(DATABRICKS_HOST="http://127.0.0.1:9")
    ended = new_project.run("setup/1_load_prompts.py")
    assert ended.returncode == 1
    assert "The sign-in leads to" in ended.stderr
    assert "Nothing was written" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_settings_that_are_missing_are_named(new_project: Project) -> None:
    new_project.set(LLM_MODEL="", UC_SCHEMA="")
    ended = new_project.run("setup/2_load_sample_traces.py")
    assert ended.returncode == 1
    assert "UC_SCHEMA, LLM_MODEL is not set" in ended.stderr


def test_a_killed_run_is_gone_on_with(new_project: Project) -> None:
    new_project.load(SCRIPTS[0])
    process = subprocess.Popen(
        [str(new_project.python), f"setup/{SCRIPTS[1]}"],
        cwd=new_project.root,
        env=new_project.env(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "10 of 50" in line:
            break
    process.kill()
    process.communicate()
    written = len(search_traces(new_project, "tags.sample_version = '1' AND trace.status = 'OK'"))
    assert 0 < written < 50
    assert new_project.load(SCRIPTS[1]) == {"traces": 100}


@pytest.mark.parametrize(
    ("script", "name"),
    [(SCRIPTS[3], "scorers"), (SCRIPTS[4], "labeling_sessions")],
)
def test_what_is_switched_off_is_left_out(
    new_project: Project, fault: Fault, script: str, name: str
) -> None:
    fault(
        "* /api/2.0/managed-evals/*",
        status=400,
        error_code="FEATURE_DISABLED",
        message="This preview is not enabled.",
    )
    ended = new_project.run(f"setup/{script}")
    assert ended.returncode == 0, ended.stderr
    assert "Left out, " in ended.stdout
    assert ended.stdout.splitlines()[-1] == f'{{"counts": {{"{name}": 0}}}}'


def test_a_refusing_endpoint_ends_with_one_sentence(new_project: Project, fault: Fault) -> None:
    new_project.load(SCRIPTS[0])
    fault(
        "POST /serving-endpoints/*",
        status=403,
        error_code="PERMISSION_DENIED",
        message="The endpoint has a rate limit of 0.",
    )
    ended = new_project.run(f"setup/{SCRIPTS[1]}")
    assert ended.returncode == 1
    assert "Not allowed to query the endpoint" in ended.stderr
    assert "Traceback" not in ended.stderr


def _tags(trace: dict[str, Any]) -> dict[str, str]:
    return trace["tags"]
