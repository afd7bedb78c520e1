"""How each of the setup scripts runs: connect, do, count, and one sentence when it cannot."""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Callable

from mlflow_demo.errors import DemoError
from mlflow_demo.settings import ENV_FILE, Settings, load_settings
from mlflow_demo.workspace import connect

Counts = dict[str, int]


def say(text: str) -> None:
    """One line of progress, at once."""
    print(text, flush=True)


def run_script(work: Callable[[Settings], Counts]) -> None:
    """Run a setup script and end the process.

    The sign-in has to lead to the workspace that .env.local names, or nothing is done. On success
    the last line of stdout is `{"counts": {...}}`, read back from MLflow. A DemoError ends it with
    exit code 1 and one sentence on stderr.
    """
    warnings.filterwarnings("ignore")
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    try:
        settings = load_settings(ENV_FILE)
        say(f"Workspace: {settings.host}")
        connect(settings)
        counts = work(settings)
    except DemoError as error:
        print(str(error), file=sys.stderr)
        sys.exit(1)
    print(json.dumps({"counts": counts}), flush=True)
