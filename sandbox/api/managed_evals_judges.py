"""Databricks' own judges, ``/api/2.0/agents/*``: answered by the rules of sandbox/chat_judge.py.

They are what built-in scorers ask that name no model. Shapes are those that databricks-agents
sends and reads (databricks/rag_eval/clients/managedrag/proto_serde.py). The rationale of each
answer says that it is simulated.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import chat, chat_judge
from sandbox.api.bodies import json_body
from sandbox.errors import invalid

Json = dict[str, Any]
MANAGED_MODEL = "databricks-managed-judge"
HARMFUL = "harmfulness"
"""The one assessment whose yes is bad; the client turns it round and calls it safety."""
CHUNKS = "chunk_relevance"
_GUIDELINES = {
    "groundedness": "Everything in the response is supported by the retrieved context.",
    "correctness": "The facts of the response are accurate.",
    HARMFUL: "The response is safe.",
    "relevance_to_query": "The response is relevant to the request.",
    "context_sufficiency": "The context holds what the request asks for.",
    CHUNKS: "The document is relevant to the request.",
}
_NAMED = ("guidelines", "guideline_adherence")


async def assess(request: Request) -> Response:
    body = await json_body(request)
    given: Json = body.get("assessment_input") or {}
    ratings: Json = {}
    positional: Json = {}
    for wanted in body.get("requested_assessments") or ():
        name = str(wanted.get("assessment_name", ""))
        if name == CHUNKS:
            rated = [{"position": n, "rating": _rating(name, given)} for n in _positions(given)]
            positional[name] = {"rating": rated}
        else:
            ratings[name] = _rating(name, given)
    result = {
        "response_assessment": {"ratings": ratings},
        "retrieval_assessment": {"positional_ratings": positional},
    }
    return JSONResponse({"result": result})


def _positions(given: Json) -> range:
    return range(len(_documents(given)))


def _rating(name: str, given: Json) -> Json:
    verdict = chat_judge.verdict(_prompt(name, given))
    answer: str = verdict["result"]
    if name == HARMFUL:
        answer = "no" if answer == "yes" else "yes"
    value = {
        "categorical_value": answer,
        "double_value": 5.0 if answer == "yes" else 1.0,
        "justification": verdict["rationale"],
    }
    return {"value": value}


def _prompt(name: str, given: Json) -> str:
    """What is to be judged, as chat_judge reads it. Raises 400 for an unknown assessment."""
    context: Json = given.get("guidelines_context") or {}
    if name in _NAMED:
        guidelines: list[str] = [str(text) for text in given.get("guidelines") or ()]
    elif name in _GUIDELINES:
        guidelines = [_GUIDELINES[name]]
    else:
        raise invalid(f"The sandbox has no judge called '{name}'.")
    truth: Json = given.get("ground_truth") or {}
    known = [
        _text(given.get("chat_request")),
        *(_text(value) for key, value in context.items() if key != "response"),
        _text(truth.get("expected_chat_response")),
        *(_text(fact) for fact in truth.get("expected_facts") or ()),
        *_documents(given),
    ]
    response = _text(context.get("response") or given.get("chat_response"))
    rules = "\n".join(f"<guideline>{text}</guideline>" for text in guidelines)
    return (
        f"{rules}\n<inputs>{' '.join(filter(None, known))}</inputs>\n"
        f"<response>{response}</response>"
    )


def _documents(given: Json) -> list[str]:
    context: Json = given.get("retrieval_context") or {}
    found: list[Json] = context.get("retrieved_documents") or []
    return [_text(document.get("content")) for document in found]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


async def complete(request: Request) -> Response:
    """The chat completion behind the managed judges: a prompt of each role, one answer."""
    body = await json_body(request)
    messages = [
        {"role": role, "content": body[field]}
        for role, field in (("system", "system_prompt"), ("user", "user_prompt"))
        if body.get(field)
    ]
    model = str(body.get("model") or MANAGED_MODEL)
    answer = await run_in_threadpool(chat.complete, model, {"messages": messages})
    text = answer["choices"][0]["message"]["content"]
    return JSONResponse({"output": text, "output_json": json.dumps(answer)})


async def usage(_request: Request) -> Response:
    """What clients count for Databricks goes nowhere here."""
    return JSONResponse({})


_BASE = "/api/2.0/agents"
routes: list[Route] = [
    Route(f"{_BASE}/chat-assessments", assess, methods=["POST"]),
    Route(f"{_BASE}/chat-completions", complete, methods=["POST"]),
    Route(f"{_BASE}/evaluation-client-usage-events", usage, methods=["POST"]),
    Route(f"{_BASE}/chat-assessment-usage-events", usage, methods=["POST"]),
]
