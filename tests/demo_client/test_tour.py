"""The guided tour in Chromium: its order, its charts and the tables behind them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, expect

from .reading import STEPS, choose, open_step
from .standin import Standin

pytestmark = pytest.mark.browser


def test_the_tour_leads_from_step_to_step(page: Page) -> None:
    page.get_by_role("link", name="1. Trace").click()
    for number, step in enumerate(STEPS, start=1):
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(f"{number}. {step}")
        expect(heading).to_be_focused()
        current = page.get_by_role("link", name=f"{number}. {step}", exact=False).first
        expect(current).to_have_attribute("aria-current", "page")
        if number < len(STEPS):
            page.get_by_role("link", name=f"Next: {number + 1}.").click()
    expect(page.get_by_role("link", name="Next:")).to_have_count(0)


def test_recent_traces_link_into_the_workspace(page: Page) -> None:
    open_step(page, "Trace")
    table = page.get_by_role("table", name="The latest emails and their traces")
    expect(table.get_by_role("link")).to_have_count(10)
    expect(table.get_by_role("link").first).to_have_attribute(
        "href", "https://workspace.example/ml/experiments/1/traces?selected=tr-0"
    )
    expect(table.get_by_text("Failed")).to_have_count(1)


def test_the_chart_library_is_loaded_when_a_chart_is_looked_at(page: Page) -> None:
    loaded: list[str] = []

    def note(request: Request) -> None:
        if "/assets/Bars-" in request.url and request.url.endswith(".js"):
            loaded.append(request.url)

    page.on("request", note)
    open_step(page, "Trace")
    assert loaded == []
    open_step(page, "Fix")
    assert len(loaded) == 1


def test_the_fix_shows_that_the_scores_rose(page: Page) -> None:
    open_step(page, "Fix")
    expect(page.get_by_text("Accuracy went from 52 % to 96 %.")).to_be_visible()
    chart = page.get_by_role("figure")
    expect(chart.get_by_role("img")).to_have_accessible_name(
        "Share of emails that pass each scorer, before and after the fix"
    )
    # Six scorers, two runs.
    expect(chart.locator(".recharts-bar-rectangle")).to_have_count(12)
    accuracy = page.get_by_role("row", name="Accuracy")
    expect(accuracy).to_have_text("Accuracy52 %96 %+44 points")

    show = page.get_by_role("button", name="Show the figures as a table")
    show.click()
    expect(accuracy).to_be_in_viewport()
    expect(page.get_by_role("button", name="Hide the figures")).to_have_attribute(
        "aria-expanded", "true"
    )


def test_both_prompts_write_to_the_same_customer(page: Page, standin: Standin) -> None:
    open_step(page, "Fix")
    choose(page, "Helio Robotics")
    page.get_by_role("button", name="Write both").click()
    expect(page.get_by_role("link", name="See the trace")).to_have_count(2)
    asked = standin.sent("/api/generate/stream")
    assert sorted(each["prompt_version"] for each in asked) == [1, 2]
    assert {each["company_id"] for each in asked} == {"c02"}


def test_a_run_can_be_chosen_and_is_called_simulated(page: Page) -> None:
    open_step(page, "Measure")
    scores = page.get_by_role("region", name="Scores")
    expect(scores.get_by_text("Simulated")).to_be_visible()
    expect(scores.get_by_role("row", name="Accuracy")).to_have_text("Accuracy96 %")
    scores.get_by_role("combobox", name="Evaluation run").click()
    page.get_by_role("option", name="Original prompt (v1)").click()
    expect(scores.get_by_role("row", name="Accuracy")).to_have_text("Accuracy52 %")


def test_disliked_emails_are_offered_for_labeling(page: Page) -> None:
    open_step(page, "Label")
    expect(page.get_by_role("link", name="Answer the questions")).to_be_visible()
    table = page.get_by_role("table", name="Emails that people disliked")
    expect(table.get_by_text("Not good")).to_have_count(3)


def test_monitoring_says_what_a_sandbox_does_not_do(page: Page) -> None:
    open_step(page, "Monitor")
    expect(page.get_by_text("run only when asked")).to_be_visible()
    expect(page.get_by_role("img")).to_have_accessible_name(
        "Time each email took, oldest on the left"
    )
