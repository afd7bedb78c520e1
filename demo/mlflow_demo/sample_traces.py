"""One sample trace for each customer and each version of the prompt."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed

from mlflow.entities import Trace

from mlflow_demo.agent import EmailAgent, EmailRequest
from mlflow_demo.customers import all_customers
from mlflow_demo.settings import Settings
from mlflow_demo.trace_search import find_traces

WORKERS = 8
SAMPLE_TAG = "sample_version"
"""The tag that tells a sample trace; its value is the prompt version."""

_INSTRUCTIONS = (
    "Write a follow-up email after our last contact.",
    "Ask for a short call next week.",
    "Write about the coming renewal.",
    "Offer a training on a feature that the team does not use yet.",
    "Ask for feedback on the last months.",
)


def sample_requests(version: int) -> list[EmailRequest]:
    """What the samples ask for: the same for every version, so that they can be compared."""
    return [
        EmailRequest(
            customer_id=customer["id"],
            instructions=_INSTRUCTIONS[number % len(_INSTRUCTIONS)],
            prompt_version=version,
            user=str(customer["account_manager"]).lower().replace(" ", "."),
            session=f"sample-{version}-{number // 5:02d}",
            tags={SAMPLE_TAG: str(version)},
        )
        for number, customer in enumerate(all_customers())
    ]


def sample_traces(settings: Settings, version: int, with_spans: bool = False) -> list[Trace]:
    """The sample traces of a version that went well, one a customer, in the customers' order."""
    found = find_traces(
        settings, f"tags.{SAMPLE_TAG} = '{version}' AND trace.status = 'OK'", with_spans=with_spans
    )
    by_customer = {trace.info.tags.get("customer_id", ""): trace for trace in found}
    return [by_customer[key] for key in sorted(by_customer) if key]


def make_sample_traces(
    settings: Settings, agent: EmailAgent, version: int, on_done: Callable[[int, int], None]
) -> None:
    """Write the emails that no sample trace of the version is there for.

    `on_done` gets how many are done of how many. The first failure stops what has not started
    and is raised (DemoError); a second run goes on with the rest.
    """
    there = {trace.info.tags.get("customer_id") for trace in sample_traces(settings, version)}
    left = [request for request in sample_requests(version) if request.customer_id not in there]
    pool = ThreadPoolExecutor(WORKERS)
    try:
        running = [pool.submit(agent.write_email, request) for request in left]
        for number, done in enumerate(as_completed(running), start=1):
            done.result()
            on_done(number, len(left))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
