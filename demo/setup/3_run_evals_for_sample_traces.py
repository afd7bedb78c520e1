"""Evaluate the sample traces of both versions of the prompt, so that they can be compared.

A second run finds both evaluations and makes no new one.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mlflow_demo.evaluation import Evaluation, ensure_evaluation, list_evaluations, run_name
from mlflow_demo.registry import ensure_prompt_versions
from mlflow_demo.script import Counts, run_script, say
from mlflow_demo.settings import Settings


def run_evaluations(settings: Settings) -> Counts:
    versions = ensure_prompt_versions(settings)
    for version in versions:
        say(f"Evaluating the emails of prompt version {version}")
        _show(ensure_evaluation(settings, version))
    names = {run_name(version) for version in versions}
    return {
        "evaluation_runs": sum(known.name in names for known in list_evaluations(settings)),
    }


def _show(evaluation: Evaluation) -> None:
    scores = ", ".join(f"{name} {value:.0%}" for name, value in sorted(evaluation.scores.items()))
    simulated = " (simulated endpoint)" if evaluation.simulated else ""
    say(f"{evaluation.name}, {evaluation.rows} emails{simulated}: {scores}")


if __name__ == "__main__":
    run_script(run_evaluations)
