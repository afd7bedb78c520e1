"""Serving endpoints: the list, who may query what, and the answers in OpenAI's form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from databricks.sdk.errors import NotFound, PermissionDenied
from databricks.sdk.errors.base import DatabricksError
from databricks.sdk.service.serving import ChatMessage, ChatMessageRole

from tests.sandbox.running import RunningSandbox

MODEL = "databricks-claude-3-7-sonnet"
HELLO = {"messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 1}


def test_the_list_tells_task_and_state(workspace_server: RunningSandbox) -> None:
    found = {e.name: e for e in workspace_server.client().serving_endpoints.list()}
    assert found[MODEL].task == "llm/v1/chat"
    ready = {name: e.state.ready.value for name, e in found.items() if e.state and e.state.ready}
    assert ready[MODEL] == "READY"
    assert ready["contract-reader"] == "NOT_READY"
    assert found["databricks-bge-large-en"].task == "llm/v1/embeddings"
    assert "board-briefings" not in found
    assert "Simulated" in (found[MODEL].description or "")


def test_a_chat_answers_the_same_each_time(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    asked = [ChatMessage(role=ChatMessageRole.USER, content="Say hello.")]
    answers = [
        (client.serving_endpoints.query(MODEL, messages=asked).choices or [])[0].message
        for _ in range(2)
    ]
    assert answers[0] is not None and answers[0].content
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("databricks-claude-opus-4", PermissionDenied, "rate limit of 0"),
        ("contract-reader", DatabricksError, "not ready"),
        ("board-briefings", PermissionDenied, "CAN_QUERY"),
        ("databricks-bge-large-en", DatabricksError, "field input"),
        ("no-such-model", NotFound, "does not exist"),
    ],
)
def test_a_query_is_refused_with_the_reason(
    workspace_server: RunningSandbox, name: str, error: type[DatabricksError], words: str
) -> None:
    asked = [ChatMessage(role=ChatMessageRole.USER, content="hi")]
    with pytest.raises(error, match=words):
        workspace_server.client().serving_endpoints.query(name, messages=asked, max_tokens=1)


def test_the_openai_path_takes_the_endpoint_as_model(workspace_server: RunningSandbox) -> None:
    answer = workspace_server.call(
        "POST", "/serving-endpoints/chat/completions", {"model": MODEL, **HELLO}
    )
    assert answer["object"] == "chat.completion"
    assert answer["choices"][0]["message"]["content"]
    assert answer["usage"]["total_tokens"] > 0


def test_a_stream_ends_as_openais(workspace_server: RunningSandbox) -> None:
    body = {"model": MODEL, "messages": HELLO["messages"], "stream": True}
    lines: list[str] = []
    with (
        workspace_server.http() as http,
        http.stream("POST", "/serving-endpoints/chat/completions", json=body) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line.removeprefix("data: ") for line in answer.iter_lines() if line]
    assert lines[-1] == "[DONE]"
    chunks: list[dict[str, Any]] = [json.loads(line) for line in lines[:-1]]
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
    assert text


def test_embeddings_of_like_texts_are_close(workspace_server: RunningSandbox) -> None:
    body = {"input": ["a red apple", "the red apple", "quarterly revenue"]}
    answer = workspace_server.call(
        "POST", "/serving-endpoints/databricks-bge-large-en/invocations", body
    )
    first, near, far = (item["embedding"] for item in answer["data"])
    closeness = [sum(a * b for a, b in zip(first, other, strict=True)) for other in (near, far)]
    assert closeness[0] > closeness[1]


def test_a_broken_body_is_told(workspace_server: RunningSandbox) -> None:
    with workspace_server.http() as http:
        path = f"/serving-endpoints/{MODEL}/invocations"
        for content in ("{", "[]", '{"messages": "hi"}', "{}", '{"messages": [1]}'):
            answer = http.post(path, content=content)
            assert answer.status_code == 400, (content, answer.text)
            assert answer.json()["message"]
