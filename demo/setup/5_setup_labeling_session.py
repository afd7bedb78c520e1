"""Make a labeling session: three questions for experts, and ten emails to answer them for.

A second run adds nothing. Where the workspace has no labeling it is left out, with a word.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mlflow_demo.errors import DemoError
from mlflow_demo.labeling import SCHEMA_NAMES, SESSION_NAME, ensure_session
from mlflow_demo.script import Counts, run_script, say
from mlflow_demo.settings import Settings


def set_up_labeling(settings: Settings) -> Counts:
    try:
        sessions = ensure_session(settings)
    except DemoError as error:
        if error.code != "feature_off":
            raise
        say(f"Left out, labeling: {error.message}")
        return {"labeling_sessions": 0}
    say(f"Labeling session {SESSION_NAME!r} with the questions {', '.join(SCHEMA_NAMES)}")
    return {"labeling_sessions": sessions}


if __name__ == "__main__":
    run_script(set_up_labeling)
