"""/api/generate and /api/feedback: an email, whole or as it is written, and what people think."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from mlflow_demo.agent import DEFAULT_INSTRUCTIONS, EmailAgent, EmailRequest, GeneratedEmail
from mlflow_demo.errors import DemoError
from mlflow_demo.feedback import store_feedback
from server.problems import UNEXPECTED, body_of
from server.state import DemoState
from server.writers import Writers

router = APIRouter(prefix="/api")
KEEP_ALIVE_SECONDS = 10.0
"""A comment line goes out after so long a silence, so that no proxy ends a slow answer."""


def state_of(request: Request) -> DemoState:
    state: DemoState = request.app.state.demo
    return state


State = Annotated[DemoState, Depends(state_of)]
User = Annotated[str, Header(alias="X-Forwarded-Email")]
"""Who is signed in, as Databricks Apps tell it."""
NOBODY = "local user"


class GenerateRequest(BaseModel):
    company_id: str
    instructions: str = Field(default="", max_length=2000)
    prompt_version: Literal["production"] | Annotated[int, Field(ge=1)] = "production"
    """A version, or whatever the alias points at."""


class EmailText(BaseModel):
    subject: str
    body: str


class GenerateAnswer(BaseModel):
    email: EmailText
    trace_id: str
    prompt_version: int
    model: str
    latency_ms: int


class Feedback(BaseModel):
    trace_id: str = Field(min_length=1)
    thumb: Literal["up", "down"]
    comment: str = Field(default="", max_length=2000)


@router.post("/generate")
def generate(body: GenerateRequest, state: State, user: User = NOBODY) -> GenerateAnswer:
    return _answer(state.agent().write_email(_request(body, user)))


@router.post("/generate/stream")
def generate_stream(body: GenerateRequest, state: State, user: User = NOBODY) -> StreamingResponse:
    """Server-sent events: start, delta..., then done or error."""
    events = _events(state.agent(), _request(body, user), state.writers)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


@router.post("/feedback")
def feedback(body: Feedback, state: State, user: User = NOBODY) -> dict[str, bool]:
    settings, _ = state.connect()
    store_feedback(settings, body.trace_id, body.thumb == "up", body.comment, user)
    return {"ok": True}


def _request(body: GenerateRequest, user: str) -> EmailRequest:
    version = None if body.prompt_version == "production" else body.prompt_version
    return EmailRequest(
        customer_id=body.company_id,
        instructions=body.instructions.strip() or DEFAULT_INSTRUCTIONS,
        prompt_version=version,
        user=user,
    )


def _answer(made: GeneratedEmail) -> GenerateAnswer:
    return GenerateAnswer(
        email=EmailText(subject=made.email.subject, body=made.email.body),
        trace_id=made.trace_id,
        prompt_version=made.prompt_version,
        model=made.model,
        latency_ms=made.latency_ms,
    )


def _events(agent: EmailAgent, request: EmailRequest, writers: Writers) -> Iterator[str]:
    """The email is written in a thread of its own: its trace is complete even when the page is
    closed in the middle."""
    waiting: queue.Queue[tuple[str, Any]] = queue.Queue()

    def write() -> None:
        try:
            made = agent.write_email(
                request,
                on_delta=lambda text: waiting.put(("delta", {"text": text})),
                on_start=lambda trace_id: waiting.put(("start", {"trace_id": trace_id})),
            )
            waiting.put(("done", _answer(made).model_dump()))
        except DemoError as error:
            waiting.put(("error", body_of(error)))
        except BaseException:
            waiting.put(("error", UNEXPECTED))
            raise  # into the server's log
        finally:
            waiting.put(("end", None))

    writers.start(write)
    while True:
        try:
            event, data = waiting.get(timeout=KEEP_ALIVE_SECONDS)
        except queue.Empty:
            yield ": waiting for the model\n\n"
            continue
        if event == "end":
            return
        yield f"event: {event}\ndata: {json.dumps(data)}\n\n"
