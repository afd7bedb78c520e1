"""Fifty people who generate an email at once, against one person alone.

    uv run python -m benchmarks.demo_load

The demo's own server and a sandbox whose endpoint takes one second; all on this machine, which the
server shares with the endpoint, MLflow and the fifty people. One round is one person's emails one
after the other, then fifty at once; the rounds alternate, so that a busy moment of the machine
meets both. What is read is the ratio of the medians: 1.0 would be a server that nobody waits for.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.results import keep, spread
from tests.demo.project import make_project, search_traces, sync_environment
from tests.demo.serving import DemoServer, serve
from tests.sandbox.running import RunningSandbox, serving

PEOPLE = 50
ALONE = 5
ROUNDS = 3
ENDPOINT_SECONDS = 1.0


@dataclass(frozen=True)
class Answer:
    status: int
    seconds: float
    trace_id: str


def generate(server: DemoServer, number: int) -> Answer:
    """An email to a customer of one's own."""
    body = {"company_id": f"cust-{number % 50 + 1:03d}", "prompt_version": 2}
    began = time.monotonic()
    answer = server.post("/api/generate", body)
    seconds = time.monotonic() - began
    trace_id = answer.json()["trace_id"] if answer.is_success else ""
    return Answer(answer.status_code, seconds, trace_id)


def at_once(server: DemoServer) -> list[Answer]:
    with ThreadPoolExecutor(PEOPLE) as people:
        return list(people.map(partial(generate, server), range(PEOPLE)))


def measure(server: DemoServer) -> None:
    generate(server, 0)
    alone: list[Answer] = []
    together: list[Answer] = []
    walls: list[float] = []
    for _ in range(ROUNDS):
        alone += [generate(server, number) for number in range(ALONE)]
        began = time.monotonic()
        together += at_once(server)
        walls.append(time.monotonic() - began)
    answers = alone + together
    kept = {trace["trace_id"] for trace in search_traces(server.project) if trace["state"] == "OK"}
    one = spread([answer.seconds for answer in alone])
    many = spread([answer.seconds for answer in together])
    keep(
        "demo_load",
        {
            "endpoint_seconds": ENDPOINT_SECONDS,
            "rounds": ROUNDS,
            "people": PEOPLE,
            "alone_seconds": one,
            "at_once_seconds": many,
            "ratio_of_medians": round(many["median"] / one["median"], 2),
            "all_fifty_seconds": spread(walls),
            "emails": len(answers),
            "errors": sum(answer.status != 200 for answer in answers),
            "traces_missing": len({answer.trace_id for answer in answers} - kept),
        },
    )


def slow_endpoint(sandbox: RunningSandbox) -> None:
    fault = {
        "match": "POST /serving-endpoints/chat/completions",
        "latency_ms": round(ENDPOINT_SECONDS * 1000),
    }
    sandbox.call("POST", "/sandbox/faults", fault)


def main() -> None:
    python = sync_environment()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder, "state")) as sandbox:
        project = make_project(Path(folder, "demo"), sandbox, python, "load")
        project.load("1_load_prompts.py")
        slow_endpoint(sandbox)
        with serve(project) as server:
            measure(server)


if __name__ == "__main__":
    main()
