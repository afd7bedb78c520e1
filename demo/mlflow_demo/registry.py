"""The email prompt in the MLflow Prompt Registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mlflow
from mlflow.exceptions import MlflowException

from mlflow_demo.mlflow_errors import explain, explained, is_missing, prompt_missing
from mlflow_demo.prompts import FIXED_MESSAGE, FIXED_PROMPT, ORIGINAL_MESSAGE, ORIGINAL_PROMPT
from mlflow_demo.settings import Settings

VERSIONS = ((ORIGINAL_PROMPT, ORIGINAL_MESSAGE), (FIXED_PROMPT, FIXED_MESSAGE))
"""Template and commit message of the versions 1 and 2."""


@dataclass(frozen=True)
class LoadedPrompt:
    version: int
    template: str

    def fill(self, **values: str) -> str:
        """The template with its `{{names}}` replaced."""
        text = self.template
        for name, value in values.items():
            text = text.replace("{{" + name + "}}", value)
        return text


def load_prompt(settings: Settings, version: int | None = None) -> LoadedPrompt:
    """That version, or the one that the alias points at now.

    Inside a trace MLflow links the version to it. Raises DemoError (prompt_missing,
    permission_denied...).
    """
    if version is None:
        version = alias_version(settings)
    if version is None:
        raise prompt_missing(settings)
    with explained("prompt", settings):
        # A version never changes, so MLflow keeps it once it is read.
        found = mlflow.genai.load_prompt(
            f"prompts:/{settings.full_prompt_name}/{version}", link_to_model=False
        )
    if found is None:  # So the client answers a version that is not there.
        raise prompt_missing(settings, version)
    return LoadedPrompt(int(found.version), str(found.template))


def ensure_prompt_versions(settings: Settings) -> list[int]:
    """Register what is missing of the versions 1 and 2; the version numbers of both.

    A template that is registered already is recognised by its text, so that a second run adds
    nothing. Raises DemoError.
    """
    known = {prompt.template: int(prompt.version) for prompt in list_versions(settings)}
    numbers: list[int] = []
    with explained("prompt", settings):
        for template, message in VERSIONS:
            if template not in known:
                made = mlflow.genai.register_prompt(
                    name=settings.full_prompt_name,
                    template=template,
                    commit_message=message,
                    tags={"demo": "mlflow-demo"},
                )
                known[template] = int(made.version)
            numbers.append(known[template])
    return numbers


def ensure_alias(settings: Settings, version: int) -> int:
    """Let the alias point at `version`, unless it points somewhere already; where it points."""
    current = alias_version(settings) if prompt_exists(settings) else None
    if current is None:
        point_alias(settings, version)
        current = version
    return current


def point_alias(settings: Settings, version: int) -> None:
    """Let the alias point at `version`, wherever it pointed before."""
    with explained("prompt", settings):
        mlflow.genai.set_prompt_alias(
            name=settings.full_prompt_name, alias=settings.prompt_alias, version=version
        )


def alias_version(settings: Settings) -> int | None:
    """The version that the alias points at, None when there is no such alias or prompt."""
    try:
        found = mlflow.MlflowClient().get_prompt_version_by_alias(
            settings.full_prompt_name, settings.prompt_alias
        )
    except MlflowException as error:
        if is_missing(error):
            return None
        raise explain(error, "prompt", settings) from error
    return None if found is None else int(found.version)


def list_versions(settings: Settings) -> list[Any]:
    """Every version of the prompt with its text, oldest first; [] when there is no prompt."""
    if not prompt_exists(settings):
        return []
    with explained("prompt", settings):
        found = mlflow.MlflowClient().search_prompt_versions(settings.full_prompt_name)
    versions = getattr(found, "prompt_versions", found)
    return sorted(versions, key=lambda prompt: int(prompt.version))


def prompt_exists(settings: Settings) -> bool:
    """Whether the schema holds the prompt.

    The schema is searched: asking for a prompt that is not there can be answered with
    PERMISSION_DENIED, since nobody holds a privilege on it.
    """
    place = f"catalog = '{settings.catalog}' AND schema = '{settings.schema}'"
    token: str | None = None
    with explained("prompt", settings):
        while True:
            page = mlflow.MlflowClient().search_prompts(filter_string=place, page_token=token)
            if any(prompt.name.lower() == settings.full_prompt_name.lower() for prompt in page):
                return True
            token = page.token
            if not token:
                return False
