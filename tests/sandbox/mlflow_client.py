"""The real MLflow client in a process of its own, as a person's script would use it."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from tests.sandbox.running import ROOT, RunningSandbox, environment

_BEGINNING = """
import json, os, sys
import mlflow
answer = {}
"""
_END = """
print()
print(json.dumps(answer))
"""


def run_client(
    sandbox: RunningSandbox, script: str, *, python: str | Path = sys.executable, **more: str
) -> dict[str, Any]:
    """Run a script that has `mlflow` and fills the dict `answer`; what it filled in.

    The script is signed in as the local person unless `more` (environment) says otherwise.
    """
    settings = {
        "MLFLOW_TRACKING_URI": "databricks",
        "MLFLOW_REGISTRY_URI": "databricks-uc",
        "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_MODEL_CATALOG_URI": "",
        "DATABRICKS_CONFIG_FILE": str(sandbox.config_file),
        "DATABRICKS_CONFIG_PROFILE": "DEFAULT",
    }
    done = subprocess.run(
        [str(python), "-c", _BEGINNING + textwrap.dedent(script) + _END],
        cwd=ROOT,
        env=environment({**settings, **more}),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
