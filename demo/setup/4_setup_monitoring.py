"""Schedule the scorers that watch new traces.

A second run adds nothing. Where the workspace has no production monitoring it is left out, with a
word.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mlflow_demo.errors import DemoError
from mlflow_demo.evaluation import list_evaluations
from mlflow_demo.monitoring import schedule_scorers
from mlflow_demo.script import Counts, run_script, say
from mlflow_demo.settings import Settings


def set_up_monitoring(settings: Settings) -> Counts:
    simulated = any(known.simulated for known in list_evaluations(settings))
    try:
        names = schedule_scorers(settings, simulated)
    except DemoError as error:
        if error.code != "feature_off":
            raise
        say(f"Left out, monitoring: {error.message}")
        return {"scorers": 0}
    say(f"Scheduled: {', '.join(names)}")
    if simulated:
        say("A sandbox stores them and runs them only when asked.")
    return {"scorers": len(names)}


if __name__ == "__main__":
    run_script(set_up_monitoring)
