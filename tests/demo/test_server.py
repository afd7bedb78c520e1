"""The demo's API as the page uses it, against the sandbox."""

from __future__ import annotations

from tests.demo.project import MODEL, search_traces
from tests.demo.serving import DemoServer, events

CUSTOMER = {"company_id": "cust-001"}


def test_health_finds_everything(demo_server: DemoServer) -> None:
    health = demo_server.get("/api/health")
    assert health["status"] == "ok"
    assert {check["name"]: check["status"] for check in health["checks"]} == dict.fromkeys(
        ("workspace", "prompt", "experiment", "endpoint"), "ok"
    )


def test_config_says_that_the_endpoint_is_simulated(demo_server: DemoServer) -> None:
    config = demo_server.get("/api/config")
    assert config["simulated"] is True
    assert config["model"] == MODEL
    assert config["prompt_name"] == demo_server.project.prompt
    assert all(
        link.startswith(demo_server.project.sandbox.host) for link in config["links"].values()
    )


def test_companies_are_searched_and_read(demo_server: DemoServer) -> None:
    everybody = demo_server.get("/api/companies?limit=3")
    assert everybody["total"] == 50 and len(everybody["companies"]) == 3
    found = demo_server.get("/api/companies?search=AMARA%20alder")["companies"]
    assert [each["id"] for each in found] == ["cust-001"]
    assert found[0]["open_tickets"] == 1
    record = demo_server.get("/api/companies/cust-001")
    assert record["contact"]["name"] == "Amara Okafor"
    assert {"account", "recent_activity", "support_tickets", "product_usage"} <= set(record)


def test_an_email_its_trace_and_its_feedback(demo_server: DemoServer) -> None:
    made = demo_server.post("/api/generate", CUSTOMER).json()
    assert made["email"]["subject"] and "Amara" in made["email"]["body"]
    assert made["prompt_version"] == 1
    assert made["model"] == f"{MODEL} (simulated)"

    newest = demo_server.get("/api/traces?limit=1")["traces"][0]
    assert newest["trace_id"] == made["trace_id"]
    assert (newest["company"], newest["status"]) == ("Alder Street Bakeries", "OK")
    assert newest["feedback"] is None

    thumb = {"trace_id": made["trace_id"], "thumb": "down", "comment": "14 offices?"}
    assert demo_server.post("/api/feedback", thumb).json() == {"ok": True}
    assert demo_server.get("/api/traces?limit=1")["traces"][0]["feedback"] == "down"
    changed = {"trace_id": made["trace_id"], "thumb": "up"}
    assert demo_server.post("/api/feedback", changed).json() == {"ok": True}
    assert demo_server.get("/api/traces?limit=1")["traces"][0]["feedback"] == "up"


def test_an_email_as_it_is_written(demo_server: DemoServer) -> None:
    body = {**CUSTOMER, "prompt_version": 2, "instructions": "Ask for a short call."}
    with demo_server.http.stream("POST", "/api/generate/stream", json=body) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = list(events(answer.iter_lines()))
    names = [name for name, _ in told]
    assert names[0] == "start" and names[-1] == "done" and names.count("delta") > 5
    done = told[-1][1]
    assert done["trace_id"] == told[0][1]["trace_id"]
    assert done["prompt_version"] == 2
    text = "".join(data["text"] for name, data in told if name == "delta")
    assert done["email"]["body"] in text
    assert "T-1001" in done["email"]["body"]


def test_a_trace_has_its_steps_and_who_asked(demo_server: DemoServer) -> None:
    headers = {"X-Forwarded-Email": "sam@example.com"}
    made = demo_server.http.post("/api/generate", json=CUSTOMER, headers=headers).json()
    ended = demo_server.project.run(
        "-c",
        "import sys; sys.path.insert(0, '.')\n"
        "from mlflow_demo.notebook import open_demo; open_demo()\n"
        "import mlflow\n"
        f"trace = mlflow.get_trace({made['trace_id']!r})\n"
        "print([span.name for span in trace.data.spans])\n"
        "print(trace.info.trace_metadata['mlflow.trace.user'])",
    )
    assert ended.returncode == 0, ended.stderr
    names, user = ended.stdout.splitlines()[-2:]
    for name in ("generate_email", "retrieve_customer", "load_prompt", "fill_prompt", "call_model"):
        assert name in names
    assert user == "sam@example.com"


def test_evaluations_for_the_charts(demo_server: DemoServer) -> None:
    found = demo_server.get("/api/evaluations")
    by_version = {run["prompt_version"]: run for run in found["runs"]}
    assert set(by_version) == {1, 2}
    assert all(run["simulated"] and run["rows"] == 50 for run in found["runs"])
    assert by_version[2]["scores"]["accuracy"] > by_version[1]["scores"]["accuracy"]
    assert found["scorers"] == ["accuracy", "length", "open_tickets", "personalisation"]
    assert found["labeling"]["sessions"] == 1
    assert found["left_out"] == []


def test_bad_requests_are_told_in_a_sentence(demo_server: DemoServer) -> None:
    status, error = demo_server.error("/api/generate", {"company_id": "nobody"})
    assert (status, error["code"]) == (404, "customer_not_found")
    status, error = demo_server.error("/api/generate", {**CUSTOMER, "prompt_version": 99})
    assert (status, error["code"]) == (503, "prompt_missing")
    status, error = demo_server.error("/api/feedback", {"trace_id": "tr-0", "thumb": "sideways"})
    assert (status, error["code"]) == (422, "bad_request")
    status, error = demo_server.error(
        "/api/feedback", {"trace_id": "tr-" + "0" * 32, "thumb": "up"}
    )
    assert (status, error["code"]) == (404, "trace_missing")
    assert demo_server.http.get("/api/nothing").status_code == 404


def test_a_page_stands_at_the_root_and_at_its_own_addresses(demo_server: DemoServer) -> None:
    for path in ("/", "/tour/measure"):
        answer = demo_server.http.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert "api/health" in answer.text


def test_every_email_of_the_server_left_a_finished_trace(demo_server: DemoServer) -> None:
    demo_server.post("/api/generate", CUSTOMER)
    states = {trace["state"] for trace in search_traces(demo_server.project)}
    assert "IN_PROGRESS" not in states
