"""When server, prompt or endpoint fail, the page says what to do and goes on afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .reading import choose, generate, open_step
from .standin import Standin

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("fault", "said", "fix"),
    [
        ("prompt", "has no version for the alias production", "Run setup/1_load_prompts.py"),
        ("endpoint", "may not query the endpoint", "Grant CAN_QUERY on the endpoint"),
        ("mid_stream", "may not query the endpoint", "Grant CAN_QUERY on the endpoint"),
        ("cut_off", "stopped before it was complete", "Generate it again"),
        ("rubbish", "could not be read", "Try again"),
        ("broken", "The server failed (email, status 502)", "look at the app's log"),
    ],
)
def test_a_failure_names_its_fix_and_can_be_tried_again(
    page: Page, standin: Standin, fault: str, said: str, fix: str
) -> None:
    choose(page, "Helio Robotics")
    standin.set(fault)
    page.get_by_role("button", name="Generate email").click()
    alert = page.get_by_role("alert").filter(has_text=said)
    expect(alert).to_contain_text(fix)

    standin.set("none")
    alert.get_by_role("button", name="Try again").click()
    expect(page.get_by_label("Email", exact=True)).to_be_visible()
    expect(alert).to_have_count(0)


def test_what_came_before_the_failure_stays(page: Page, standin: Standin) -> None:
    standin.set("mid_stream")
    generate(page)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_test_id("stream")).to_contain_text("Dear Dana,")


def test_an_endpoint_that_says_nothing_can_be_given_up(page: Page, standin: Standin) -> None:
    standin.set("silent")
    generate(page)
    expect(page.get_by_text("The model is slow to start")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    standin.set("none")
    page.get_by_role("button", name="Generate again").click()
    expect(page.get_by_label("Email", exact=True)).to_be_visible()


def test_what_is_missing_is_told_and_the_notice_leaves(page: Page, standin: Standin) -> None:
    standin.set("prompt")
    page.reload()
    notice = page.get_by_role("status").filter(has_text="Something is missing")
    expect(notice).to_contain_text("Run setup/1_load_prompts.py")
    standin.set("none")
    notice.get_by_role("button", name="Check again").click()
    expect(notice).to_have_count(0)


def test_feedback_that_was_not_stored_is_told(page: Page, standin: Standin) -> None:
    generate(page)
    page.get_by_role("button", name="Good", exact=True).click()
    standin.set("broken")
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_role("alert").filter(has_text="feedback, status 502")).to_be_visible()
    standin.set("none")
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_text("Feedback stored on the trace")).to_be_visible()


def test_the_tour_recovers_too(page: Page, standin: Standin) -> None:
    standin.set("broken")
    page.goto("./#/tour/measure")
    alert = page.get_by_role("main").get_by_role("alert").filter(has_text="evaluations")
    expect(alert).to_be_visible()
    standin.set("none")
    alert.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("region", name="Scores")).to_be_visible()
    open_step(page, "Measure")


def test_a_server_that_is_gone_is_told(page: Page) -> None:
    choose(page, "Helio Robotics")
    page.context.set_offline(True)
    page.get_by_role("button", name="Generate email").click()
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("alert").get_by_role("button", name="Try again").first.click()
    expect(page.get_by_label("Email", exact=True)).to_be_visible()
