"""Serving endpoints: listing, and queries in the forms of OpenAI's API.

Chat answers come from sandbox/chat.py, by documented rules; embeddings are hashes of the words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox import chat, endpoints
from sandbox.api.bodies import json_body, required
from sandbox.context import principal_of, sandbox_of
from sandbox.errors import invalid
from sandbox.seed_endpoints import CHAT, EMBEDDINGS

DIMENSIONS = 64


async def list_endpoints(request: Request) -> Response:
    """All at once: the platform does not page this list."""
    found = endpoints.visible(sandbox_of(request), principal_of(request))
    return JSONResponse({"endpoints": [endpoints.summary(*pair) for pair in found]})


async def get_endpoint(request: Request) -> Response:
    name = request.path_params["name"]
    return JSONResponse(endpoints.detail(sandbox_of(request), principal_of(request), name))


async def invoke(request: Request) -> Response:
    """Query one endpoint by name, as its task wants it."""
    body, name = await json_body(request), request.path_params["name"]
    endpoint = sandbox_of(request).store.get("endpoint", name)
    if endpoint is not None and endpoint["task"] == EMBEDDINGS:
        return await _embed(request, name, body)
    return await _chat(request, name, body)


async def chat_completions(request: Request) -> Response:
    """OpenAI's form: the endpoint's name is the model."""
    body = await json_body(request)
    return await _chat(request, required(body, "model"), body)


async def embeddings(request: Request) -> Response:
    body = await json_body(request)
    return await _embed(request, required(body, "model"), body)


async def _chat(request: Request, name: str, body: dict[str, Any]) -> Response:
    endpoints.require_query(sandbox_of(request), principal_of(request), name, CHAT)
    if not body.get("stream"):
        answer = await run_in_threadpool(chat.complete, name, body)
        return JSONResponse(answer, headers={"served-model-name": name})
    chunks = await run_in_threadpool(chat.stream, name, body)
    headers = {"served-model-name": name, "cache-control": "no-cache"}
    return StreamingResponse(_events(chunks), 200, headers, "text/event-stream")


async def _events(chunks: Iterator[dict[str, Any]]) -> AsyncIterator[str]:
    """Server-sent events, ended the way OpenAI's API ends them."""
    async for chunk in iterate_in_threadpool(chunks):
        yield f"data: {json.dumps(chunk)}\n\n"
    yield "data: [DONE]\n\n"


async def _embed(request: Request, name: str, body: dict[str, Any]) -> Response:
    endpoints.require_query(sandbox_of(request), principal_of(request), name, EMBEDDINGS)
    given = body.get("input")
    texts: list[Any] = [given] if isinstance(given, str) else list(given or ())
    if not texts or not all(isinstance(text, str) for text in texts):
        raise invalid("The field input has to be a string or a list of strings.")
    words = sum(len(text.split()) for text in texts)
    return JSONResponse(
        {
            "object": "list",
            "model": name,
            "data": [
                {"object": "embedding", "index": index, "embedding": _vector(text)}
                for index, text in enumerate(texts)
            ],
            "usage": {"prompt_tokens": words, "total_tokens": words},
        }
    )


def _vector(text: str) -> list[float]:
    """The hashing trick: each word adds to one dimension, so texts that share words are close."""
    vector = [0.0] * DIMENSIONS
    for word in text.lower().split():
        digest = hashlib.sha256(word.encode()).digest()
        vector[digest[0] % DIMENSIONS] += 1.0 if digest[1] % 2 else -1.0
    length = sum(value * value for value in vector) ** 0.5 or 1.0
    return [value / length for value in vector]


routes = [
    Route("/api/2.0/serving-endpoints", list_endpoints),
    Route("/api/2.0/serving-endpoints/{name}", get_endpoint),
    Route("/serving-endpoints/chat/completions", chat_completions, methods=["POST"]),
    Route("/serving-endpoints/embeddings", embeddings, methods=["POST"]),
    Route("/serving-endpoints/{name}/invocations", invoke, methods=["POST"]),
]
