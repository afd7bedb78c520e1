"""What the screens call each answer."""

from __future__ import annotations

ANSWER_LABELS = {
    "mode": "Mode",
    "catalog": "Catalog",
    "schema": "Schema",
    "app_name": "App",
    "llm_model": "Model",
    "experiment_path": "Experiment",
}
