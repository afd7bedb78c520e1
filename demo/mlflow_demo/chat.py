"""The chat endpoint of the workspace, asked the way OpenAI's API is.

https://docs.databricks.com/aws/en/machine-learning/model-serving/query-chat-models
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import openai

from mlflow_demo.errors import DemoError

if TYPE_CHECKING:
    from databricks.sdk.core import Config

TIMEOUT_SECONDS = 90.0
_OTHER_MODEL = "Choose another endpoint for LLM_MODEL, or try again later."


@dataclass(frozen=True)
class ChatAnswer:
    text: str
    model: str
    """The model as the endpoint names it, which may differ from the endpoint's own name."""
    fingerprint: str
    prompt_tokens: int
    completion_tokens: int

    @property
    def simulated(self) -> bool:
        """Whether the endpoint says of itself that no model is behind it."""
        return "simulated" in self.fingerprint or "simulated" in self.model


class ChatEndpoint:
    """One chat endpoint. Safe to use from many threads."""

    def __init__(self, name: str, config: Config) -> None:
        self.name = name

        def token() -> str:
            # Asked anew for each request: OAuth tokens expire while a server runs.
            return config.authenticate()["Authorization"].removeprefix("Bearer ")

        self._client = openai.OpenAI(
            base_url=f"{(config.host or '').rstrip('/')}/serving-endpoints",
            api_key=token,
            timeout=TIMEOUT_SECONDS,
            max_retries=2,
        )

    def ask(self, prompt: str, on_delta: Callable[[str], None] | None = None) -> ChatAnswer:
        """The endpoint's answer; `on_delta` gets its text piece by piece while it comes.

        Raises DemoError (endpoint_* or answer_unreadable).
        """
        with _explained(self.name):
            return self._stream(prompt, on_delta or _ignore)

    def _stream(self, prompt: str, on_delta: Callable[[str], None]) -> ChatAnswer:
        pieces: list[str] = []
        model, fingerprint, asked, answered = self.name, "", 0, 0
        chunks = self._client.chat.completions.create(
            model=self.name,
            messages=[{"role": "user", "content": prompt}],
            max_tokens=1000,
            stream=True,
            stream_options={"include_usage": True},
        )
        for chunk in chunks:
            model = chunk.model or model
            fingerprint = chunk.system_fingerprint or fingerprint
            if chunk.usage is not None:
                asked, answered = chunk.usage.prompt_tokens, chunk.usage.completion_tokens
            for choice in chunk.choices:
                piece = _text(choice.delta.content)
                if piece:
                    pieces.append(piece)
                    on_delta(piece)
        text = "".join(pieces).strip()
        if not text:
            raise DemoError(
                "answer_unreadable",
                f"The endpoint {self.name} answered without any text.",
                "Try again; if it stays, choose another endpoint for LLM_MODEL.",
            )
        return ChatAnswer(text, model, fingerprint, asked, answered)


def _text(content: Any) -> str:
    """The text of a delta: reasoning models send a list of parts, some of them their thoughts."""
    if isinstance(content, list):
        return "".join(
            str(part.get("text", ""))
            for part in content
            if isinstance(part, dict) and part.get("type") == "text"
        )
    return content if isinstance(content, str) else ""


def _ignore(_text: str) -> None:
    pass


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Raise a DemoError in place of what the OpenAI client raises inside."""
    try:
        yield
    except openai.APITimeoutError as error:
        raise DemoError(
            "endpoint_slow",
            f"The endpoint {name} did not answer within {TIMEOUT_SECONDS:.0f} seconds.",
            _OTHER_MODEL,
        ) from error
    except openai.APIConnectionError as error:
        raise DemoError(
            "workspace_unreachable",
            f"The connection to the endpoint {name} broke.",
            "Check the network, then try again.",
        ) from error
    except openai.APIStatusError as error:
        raise _status_error(name, error) from error
    except openai.OpenAIError as error:
        raise DemoError(
            "endpoint_failed", f"The endpoint {name} failed: {error}", _OTHER_MODEL
        ) from error
    except ValueError as error:  # A body that is no JSON.
        raise DemoError(
            "answer_unreadable",
            f"The endpoint {name} answered with something else than JSON.",
            _OTHER_MODEL,
        ) from error


def _status_error(name: str, error: openai.APIStatusError) -> DemoError:
    said = _message(error)
    if error.status_code == 401:
        return DemoError(
            "not_signed_in", f"The endpoint {name} refuses the sign-in.", "Sign in again."
        )
    if error.status_code == 403:
        return DemoError(
            "endpoint_denied",
            f"Not allowed to query the endpoint {name}: {said}",
            f"Grant CAN_QUERY on {name} to the app's service principal, or choose another "
            "endpoint for LLM_MODEL (trial workspaces list models that they do not serve).",
        )
    if error.status_code == 404:
        return DemoError("endpoint_missing", f"There is no endpoint {name}.", _OTHER_MODEL)
    if error.status_code == 429:
        return DemoError(
            "endpoint_busy", f"The endpoint {name} is busy.", "Wait a minute, then try again."
        )
    return DemoError(
        "endpoint_failed", f"The endpoint {name} failed ({error.status_code}): {said}", _OTHER_MODEL
    )


def _message(error: openai.APIStatusError) -> str:
    body = error.body
    said = body.get("message") if isinstance(body, dict) else None
    lines = str(said or "no reason given").strip().splitlines()
    return lines[0][:300] if lines else "no reason given"
