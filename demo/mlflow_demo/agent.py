"""The email agent: it looks up the customer, loads the prompt, asks the model, and traces each."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import mlflow
from mlflow.entities import SpanType

from mlflow_demo import VERSION
from mlflow_demo.chat import ChatAnswer, ChatEndpoint
from mlflow_demo.customers import Customer, get_customer
from mlflow_demo.email_text import Email, parse_email
from mlflow_demo.registry import LoadedPrompt, load_prompt
from mlflow_demo.settings import Settings

DEFAULT_INSTRUCTIONS = "Write a follow-up email."


@dataclass(frozen=True)
class EmailRequest:
    customer_id: str
    instructions: str = DEFAULT_INSTRUCTIONS
    prompt_version: int | None = None
    """None: the version that the alias points at."""
    user: str = "unknown"
    session: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    """More tags for the trace."""


@dataclass(frozen=True)
class GeneratedEmail:
    email: Email
    trace_id: str
    prompt_version: int
    model: str
    simulated: bool
    latency_ms: int


class EmailAgent:
    """Writes emails. Safe to use from many threads; each email leaves one trace."""

    def __init__(self, settings: Settings, endpoint: ChatEndpoint) -> None:
        self._settings = settings
        self._endpoint = endpoint

    def write_email(
        self,
        request: EmailRequest,
        on_delta: Callable[[str], None] | None = None,
        on_start: Callable[[str], None] | None = None,
    ) -> GeneratedEmail:
        """Write one email. `on_start` gets the trace id, `on_delta` the text while it comes.

        Raises DemoError; the trace then has the status ERROR and shows which step failed.
        """
        started = time.monotonic()
        with mlflow.start_span("generate_email", span_type=SpanType.AGENT) as span:
            self._describe_trace(request)
            if on_start is not None:
                on_start(span.trace_id)
            customer = self._retrieve_customer(request.customer_id)
            # The whole record stands in the root's inputs: a judge, a scorer or an expert who
            # reads the trace then knows what the model was told.
            span.set_inputs({"instructions": request.instructions, "customer": customer})
            prompt = self._load_prompt(request.prompt_version)
            answer = self._ask_model(self._fill(prompt, customer, request.instructions), on_delta)
            email = parse_email(answer.text)
            span.set_outputs(email.as_dict())
            mlflow.update_current_trace(
                tags={
                    "company": str(customer["name"]),
                    "prompt_version": str(prompt.version),
                    "simulated": str(answer.simulated).lower(),
                },
                request_preview=f"{customer['name']}: {request.instructions}",
                response_preview=email.subject or email.body[:120],
            )
        return GeneratedEmail(
            email=email,
            trace_id=span.trace_id,
            prompt_version=prompt.version,
            model=answer.model,
            simulated=answer.simulated,
            latency_ms=round((time.monotonic() - started) * 1000),
        )

    def _describe_trace(self, request: EmailRequest) -> None:
        # https://mlflow.org/docs/latest/genai/tracing/track-users-sessions/
        mlflow.update_current_trace(
            tags={"customer_id": request.customer_id, **request.tags},
            metadata={"app_version": VERSION, "app_name": self._settings.app_name},
            user=request.user,
            session_id=request.session or None,
        )

    @mlflow.trace(name="retrieve_customer", span_type=SpanType.RETRIEVER)
    def _retrieve_customer(self, customer_id: str) -> Customer:
        return get_customer(customer_id)

    @mlflow.trace(name="load_prompt", span_type=SpanType.TOOL)
    def _load_prompt(self, version: int | None) -> LoadedPrompt:
        return load_prompt(self._settings, version)

    @mlflow.trace(name="fill_prompt", span_type=SpanType.PARSER)
    def _fill(self, prompt: LoadedPrompt, customer: Customer, instructions: str) -> str:
        record = json.dumps(customer, indent=1, ensure_ascii=False)
        return prompt.fill(customer=record, instructions=instructions)

    def _ask_model(self, prompt: str, on_delta: Callable[[str], None] | None) -> ChatAnswer:
        with mlflow.start_span("call_model", span_type=SpanType.CHAT_MODEL) as span:
            messages = [{"role": "user", "content": prompt}]
            span.set_inputs({"model": self._endpoint.name, "messages": messages})
            answer = self._endpoint.ask(prompt, on_delta)
            span.set_outputs({"choices": [{"role": "assistant", "content": answer.text}]})
            span.set_attributes(
                {
                    "model": answer.model,
                    "simulated": answer.simulated,
                    "mlflow.chat.tokenUsage": {
                        "input_tokens": answer.prompt_tokens,
                        "output_tokens": answer.completion_tokens,
                        "total_tokens": answer.prompt_tokens + answer.completion_tokens,
                    },
                }
            )
        return answer


def connected_agent(settings: Settings) -> EmailAgent:
    """An agent for these settings: signs in, points MLflow at the experiment. Raises DemoError."""
    from mlflow_demo.workspace import connect

    return EmailAgent(settings, ChatEndpoint(settings.model, connect(settings)))
