"""Load the two versions of the email prompt into the Prompt Registry and set the alias.

A second run adds nothing: versions are recognised by their text, and an alias that somebody moved
stays where it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mlflow_demo.registry import alias_version, ensure_alias, ensure_prompt_versions, list_versions
from mlflow_demo.script import Counts, run_script, say
from mlflow_demo.settings import Settings


def load_prompts(settings: Settings) -> Counts:
    say(f"Prompt: {settings.full_prompt_name}")
    original, fixed = ensure_prompt_versions(settings)
    say(f"Version {original}: the original. Version {fixed}: the fixed one.")
    # The tour starts with the weak prompt in production; the person moves the alias to the fixed
    # one after they saw the scores.
    pointed = ensure_alias(settings, original)
    say(f"The alias {settings.prompt_alias} points at version {pointed}.")
    return {
        "prompts": 1 if alias_version(settings) is not None else 0,
        "prompt_versions": len(list_versions(settings)),
    }


if __name__ == "__main__":
    run_script(load_prompts)
