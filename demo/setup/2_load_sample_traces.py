"""Generate one email per customer with each version of the prompt: the sample traces.

A second run only generates the emails that are missing.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mlflow_demo.agent import connected_agent
from mlflow_demo.registry import ensure_prompt_versions
from mlflow_demo.sample_traces import make_sample_traces, sample_traces
from mlflow_demo.script import Counts, run_script, say
from mlflow_demo.settings import Settings


def load_sample_traces(settings: Settings) -> Counts:
    agent = connected_agent(settings)
    versions = ensure_prompt_versions(settings)
    for version in versions:

        def progress(done: int, of: int, version: int = version) -> None:
            if done % 10 == 0 or done == of:
                say(f"Prompt version {version}: {done} of {of} emails")

        make_sample_traces(settings, agent, version, progress)
    counts = [len(sample_traces(settings, version)) for version in versions]
    say(f"Sample traces: {' and '.join(map(str, counts))}")
    return {"traces": sum(counts)}


if __name__ == "__main__":
    run_script(load_sample_traces)
