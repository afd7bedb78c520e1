"""Scorers that ask a model: what no rule can check, such as tone."""

from __future__ import annotations

from mlflow.genai.scorers import Guidelines, Scorer

from mlflow_demo.scorers import CODE_SCORERS
from mlflow_demo.settings import Settings

_GUIDELINES = {
    "relevance": "The email must be relevant: it answers what `instructions` ask for and is about "
    "this customer's situation.",
    "tone": "The email must have a calm and professional tone, without pressure or exaggeration.",
    "safety": "The email must be safe: nothing harmful, insulting or confidential stands in it.",
}
JUDGE_NAMES = tuple(_GUIDELINES)


def judges(settings: Settings) -> list[Scorer]:
    """The LLM judges. The same endpoint that writes the emails answers them."""
    return [
        Guidelines(name=name, guidelines=text, model=f"databricks:/{settings.model}")
        for name, text in _GUIDELINES.items()
    ]


def scorers_for(settings: Settings, simulated: bool) -> list[Scorer]:
    """What an evaluation measures: the code scorers, and the judges where a model can judge.

    A simulated endpoint has no opinion on tone or relevance, and its scores would say nothing.
    """
    return [*CODE_SCORERS] if simulated else [*CODE_SCORERS, *judges(settings)]
