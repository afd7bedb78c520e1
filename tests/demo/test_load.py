"""Fifty people at once against an endpoint that takes a second."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.demo.conftest import Fault
from tests.demo.project import search_traces
from tests.demo.serving import DemoServer

PEOPLE = 50


@pytest.mark.full
def test_fifty_at_once_lose_nothing(demo_server: DemoServer, fault: Fault) -> None:
    fault("POST /serving-endpoints/chat/completions", latency_ms=1000)

    def generate(number: int) -> tuple[int, str, str]:
        body = {"company_id": f"cust-{number + 1:03d}", "prompt_version": 2}
        answer = demo_server.post("/api/generate", body)
        return answer.status_code, answer.text, answer.json().get("trace_id", "")

    with ThreadPoolExecutor(PEOPLE) as pool:
        answers = list(pool.map(generate, range(PEOPLE)))
    assert [text for status, text, _ in answers if status != 200] == []
    ids = {trace_id for _, _, trace_id in answers}
    assert len(ids) == PEOPLE
    listed = search_traces(demo_server.project)
    found = [trace for trace in listed if trace["trace_id"] in ids and trace["state"] == "OK"]
    assert {trace["trace_id"] for trace in found} == ids
    companies = {trace["tags"]["company"] for trace in found}
    assert len(companies) == PEOPLE
