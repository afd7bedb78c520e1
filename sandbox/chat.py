"""The simulated chat endpoint: deterministic answers in the shape of OpenAI's chat completions.

No model is behind it and nothing pretends that one is: each answer is built by the rules written
down in docs/simulated-endpoint.md, and says in `model` and `system_fingerprint` that it is
simulated. The shapes follow https://platform.openai.com/docs/api-reference/chat, which Databricks
serving endpoints speak.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator
from typing import Any, cast

from sandbox import chat_email, chat_judge
from sandbox.errors import invalid

Json = dict[str, Any]

FINGERPRINT = "simulated-by-rules-1"
WORDS_IN_A_CHUNK = 4
_TOKEN = re.compile(r"\S+\s*")


def complete(endpoint: str, request: Json) -> Json:
    """Answer a chat request whole: an OpenAI `chat.completion` object.

    Raises ApiError (400) when `messages` is missing or not a list of messages.
    """
    prompt = prompt_text(request)
    text, finish_reason = _cut(answer(endpoint, prompt), request)
    return {
        **_head(endpoint, request, "chat.completion"),
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "logprobs": None,
                "finish_reason": finish_reason,
            }
        ],
        "usage": _usage(prompt, text),
    }


def stream(endpoint: str, request: Json) -> Iterator[Json]:
    """Answer a chat request in `chat.completion.chunk` objects, a few words each.

    The texts of the chunks, joined, are what `complete` answers. With
    `stream_options.include_usage` the last chunk carries the usage and no choice. Raises ApiError
    like `complete`, before the first chunk.
    """
    prompt = prompt_text(request)
    text, finish_reason = _cut(answer(endpoint, prompt), request)
    return _chunks(
        _head(endpoint, request, "chat.completion.chunk"), request, prompt, text, finish_reason
    )


def answer(endpoint: str, prompt: str) -> str:
    """The text that the rules give for a prompt: a verdict, an email, or a word on what this is."""
    if chat_judge.is_judge_prompt(prompt):
        return json.dumps(chat_judge.verdict(prompt))
    customer = chat_email.customer_in(prompt)
    if customer is not None:
        return chat_email.write(customer, prompt)
    return (
        f"Simulated answer of {endpoint}: the endpoint works, but no model is behind it. "
        "It writes emails from a customer record and judges them, by documented rules."
    )


def prompt_text(request: Json) -> str:
    """All that the messages say, in order. Content may be a string or a list of text parts."""
    messages: Any = request.get("messages")
    if not isinstance(messages, list) or not messages:
        raise invalid("Parameter 'messages' must be a list with at least one message.")
    texts: list[str] = []
    for message in cast("list[Any]", messages):
        if not isinstance(message, dict) or "role" not in message:
            raise invalid("Each of 'messages' must be an object with 'role' and 'content'.")
        texts.append(_content_text(cast("Json", message).get("content")))
    return "\n".join(texts)


def _content_text(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [
            cast("Json", part) for part in cast("list[Any]", content) if isinstance(part, dict)
        ]
        return "\n".join(str(part.get("text", "")) for part in parts)
    raise invalid("The 'content' of a message must be text or a list of text parts.")


def _cut(text: str, request: Json) -> tuple[str, str]:
    """Keep to the token limit asked for; a token is a word here, whatever a model's would be."""
    limit = request.get("max_tokens") or request.get("max_completion_tokens")
    if limit is None:
        return text, "stop"
    if not isinstance(limit, int) or limit < 1:
        raise invalid("'max_tokens' must be a whole number of at least 1.")
    tokens: list[str] = _TOKEN.findall(text)
    if len(tokens) <= limit:
        return text, "stop"
    return "".join(tokens[:limit]).rstrip(), "length"


def _head(endpoint: str, request: Json, kind: str) -> Json:
    question = json.dumps([endpoint, request.get("messages")], sort_keys=True, default=str)
    return {
        "id": "chatcmpl-simulated-" + hashlib.sha256(question.encode()).hexdigest()[:24],
        "object": kind,
        "created": int(time.time()),
        "model": f"{endpoint} (simulated)",
        "system_fingerprint": FINGERPRINT,
    }


def _usage(prompt: str, text: str) -> Json:
    asked, answered = len(prompt.split()), len(text.split())
    return {
        "prompt_tokens": asked,
        "completion_tokens": answered,
        "total_tokens": asked + answered,
    }


def _chunks(
    head: Json, request: Json, prompt: str, text: str, finish_reason: str
) -> Iterator[Json]:
    def chunk(delta: Json, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**head, "choices": [choice]}

    tokens: list[str] = _TOKEN.findall(text)
    yield chunk({"role": "assistant", "content": ""})
    for start in range(0, len(tokens), WORDS_IN_A_CHUNK):
        yield chunk({"content": "".join(tokens[start : start + WORDS_IN_A_CHUNK])})
    yield chunk({}, finish_reason)
    options: Any = request.get("stream_options")
    if isinstance(options, dict) and cast("Json", options).get("include_usage"):
        yield {**head, "choices": [], "usage": _usage(prompt, text)}
