"""A prompt as Unity Catalog describes it and as the MLflow server keeps it.

The server keeps a prompt as a registered model and its versions as model versions, with the text
in a tag (mlflow/prompt/constants.py). Unity Catalog's messages are those of
mlflow/protos/unity_catalog_prompt_messages_pb2.py; there the template is JSON-encoded.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from sandbox.errors import invalid

Json = dict[str, Any]
MODELS = "/api/2.0/mlflow/registered-models"
VERSIONS = "/api/2.0/mlflow/model-versions"
IS_PROMPT = "mlflow.prompt.is_prompt"
_TEXT = "mlflow.prompt.text"
_TYPE = "_mlflow_prompt_type"
SOURCE = "prompt-template"
"""The server wants a source for a version and accepts this one for prompts."""


def tag_list(message: Json) -> list[Json]:
    """The tags of a prompt or version message."""
    return [
        {"key": str(tag["key"]), "value": str(tag.get("value", ""))}
        for tag in message.get("tags", [])
    ]


def _timestamp(milliseconds: Any) -> str:
    moment = datetime.fromtimestamp(int(milliseconds) / 1000, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _times(entity: Json) -> Json:
    times = {
        "creation_timestamp": entity.get("creation_timestamp"),
        "last_updated_timestamp": entity.get("last_updated_timestamp"),
    }
    return {key: _timestamp(value) for key, value in times.items() if value is not None}


def _aliases(entity: Json) -> list[Json]:
    """Aliases come as names on a version, as pairs on a model."""
    return [
        {"alias": alias, "version": str(entity["version"])}
        if isinstance(alias, str)
        else {"alias": alias["alias"], "version": str(alias["version"])}
        for alias in entity.get("aliases", [])
    ]


def prompt_shown(model: Json) -> Json:
    """A registered model as Unity Catalog's Prompt."""
    return {
        "name": model["name"],
        "description": model.get("description", ""),
        "aliases": _aliases(model),
        "tags": [tag for tag in tag_list(model) if tag["key"] != IS_PROMPT],
        **_times(model),
    }


def version_wanted(name: str, message: Json) -> Json:
    """A PromptVersion message as the model version that the server is to create."""
    try:
        template = json.loads(message["template"])
    except (KeyError, TypeError, ValueError) as error:
        raise invalid("prompt_version.template must hold the template as JSON.") from error
    text = template if isinstance(template, str) else json.dumps(template)
    kind = "text" if isinstance(template, str) else "chat"
    own = [{"key": IS_PROMPT, "value": "true"}, {"key": _TEXT, "value": text}]
    tags = [tag for tag in tag_list(message) if tag["key"] != _TYPE]
    return {
        "name": name,
        "source": SOURCE,
        "description": message.get("description", ""),
        "tags": [*own, {"key": _TYPE, "value": kind}, *tags],
    }


def version_shown(version: Json) -> Json:
    """A model version as Unity Catalog's PromptVersion."""
    tags = {tag["key"]: tag["value"] for tag in tag_list(version)}
    text = tags.get(_TEXT, "")
    return {
        "name": version["name"],
        "version": str(version["version"]),
        "description": version.get("description", ""),
        "template": text if tags.get(_TYPE) == "chat" else json.dumps(text),
        "aliases": _aliases(version),
        "tags": [
            {"key": key, "value": value}
            for key, value in tags.items()
            if key not in (IS_PROMPT, _TEXT)
        ],
        **_times(version),
    }
