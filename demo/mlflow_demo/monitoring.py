"""Production monitoring: scorers that the workspace runs on new traces by itself.

https://docs.databricks.com/aws/en/mlflow3/genai/eval-monitor/production-monitoring
They run about every 15 minutes on Databricks; the sandbox stores them and runs none.
"""

from __future__ import annotations

import mlflow.genai.scorers as mlflow_scorers
from mlflow.genai.scorers import ScorerSamplingConfig

from mlflow_demo.judges import JUDGE_NAMES, scorers_for
from mlflow_demo.mlflow_errors import explained
from mlflow_demo.settings import Settings

CODE_RATE, JUDGE_RATE = 1.0, 0.2
"""Share of the new traces that a scorer looks at. Plain code is free; a judge costs tokens."""


def scorer_names(settings: Settings) -> list[str]:
    """The scorers that are scheduled for the experiment. Raises DemoError."""
    with explained("scorers", settings):
        found = mlflow_scorers.list_scorers(experiment_id=settings.experiment_id)
    return sorted(scorer.name for scorer in found if (scorer.sample_rate or 0) > 0)


def schedule_scorers(settings: Settings, simulated: bool) -> list[str]:
    """Register and start every scorer that is not scheduled yet; the names of all that are.

    One that somebody changed or stopped in the workspace stays as it is. Raises DemoError.
    """
    with explained("scorers", settings):
        found = mlflow_scorers.list_scorers(experiment_id=settings.experiment_id)
        known = {scorer.name for scorer in found}
        for scorer in scorers_for(settings, simulated):
            if scorer.name in known:
                continue
            registered = scorer.register(experiment_id=settings.experiment_id)
            rate = JUDGE_RATE if scorer.name in JUDGE_NAMES else CODE_RATE
            registered.start(
                experiment_id=settings.experiment_id,
                sampling_config=ScorerSamplingConfig(sample_rate=rate),
            )
    return scorer_names(settings)
