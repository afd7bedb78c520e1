"""The page in Chromium: an email from the first click to the feedback."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .reading import choose, generate
from .standin import Standin

pytestmark = pytest.mark.browser


def test_an_email_streams_and_can_then_be_edited(page: Page, standin: Standin) -> None:
    standin.set("held")
    generate(page)
    stream = page.get_by_test_id("stream")
    expect(stream).to_contain_text("The export that fails for large orders")
    expect(stream).to_have_attribute("aria-busy", "true")
    expect(stream).not_to_contain_text("Kind regards")

    standin.set("none")
    email = page.get_by_label("Email", exact=True)
    expect(email).to_have_value(re.compile(r"^Dear Dana,.*Robin$", re.DOTALL))
    expect(page.get_by_label("Subject")).to_have_value("The export that fails for large orders")
    expect(page.get_by_role("status").filter(has_text="ready to edit")).to_be_attached()

    written = email.input_value()
    email.fill("Dear Dana, I shall call you.")
    expect(page.get_by_text("Edited", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo my edits").click()
    expect(email).to_have_value(written)


def test_the_record_shows_what_the_email_may_say(page: Page) -> None:
    choose(page, "Helio Robotics")
    record = page.get_by_role("region", name="What is known of the customer")
    expect(record).to_contain_text("Support tickets (1)")
    expect(record.get_by_text("The export fails for large orders")).to_be_visible()


def test_the_prompt_version_and_the_instructions_are_sent(page: Page, standin: Standin) -> None:
    page.get_by_text("Original (v1)").click()
    page.get_by_label("Instructions").fill("Invite them to the webinar")
    generate(page)
    expect(page.get_by_text("Prompt v1", exact=True)).to_be_visible()
    assert standin.sent("/api/generate/stream") == [
        {
            "company_id": "c02",
            "prompt_version": 1,
            "instructions": "Invite them to the webinar",
        }
    ]


def test_feedback_is_tied_to_the_trace(page: Page, standin: Standin) -> None:
    generate(page)
    page.get_by_role("button", name="Not good").click()
    page.get_by_label("Why?").fill("It is too long")
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_text("Feedback stored on the trace")).to_be_visible()
    [sent] = standin.sent("/api/feedback")
    assert sent["thumb"] == "down"
    assert sent["comment"] == "It is too long"
    assert sent["trace_id"].startswith("tr-new-")


def test_the_trace_opens_beside_the_page(page: Page) -> None:
    generate(page)
    link = page.get_by_role("link", name="See the trace")
    expect(link).to_have_attribute("href", re.compile(r"^https://workspace\.example/.*tr-new-"))
    expect(link).to_have_attribute("target", "_blank")


def test_what_a_stand_in_wrote_is_called_simulated(page: Page) -> None:
    generate(page)
    expect(page.get_by_role("main").get_by_text("Simulated", exact=True)).to_be_visible()


def test_an_email_can_be_stopped(page: Page, standin: Standin) -> None:
    standin.set("held")
    generate(page)
    expect(page.get_by_test_id("stream")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("alert").filter(has_text="Stopped")).to_be_visible()
    expect(page.get_by_test_id("stream")).to_have_attribute("aria-busy", "false")

    standin.set("none")
    page.get_by_role("button", name="Generate again").click()
    expect(page.get_by_label("Email", exact=True)).to_be_visible()


def test_the_keyboard_is_enough(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="Company")).to_be_focused()
    page.keyboard.type("Quarry")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    generate_button = page.get_by_role("button", name="Generate email")
    expect(generate_button).to_be_enabled()
    for _ in range(6):
        page.keyboard.press("Tab")
        if generate_button.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_label("Email", exact=True)).to_be_visible()


def test_a_look_at_the_tour_loses_nothing(page: Page) -> None:
    generate(page)
    page.get_by_label("Email", exact=True).wait_for()
    page.get_by_role("link", name="1. Trace").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("link", name="Back: Write an email").click()
    expect(page.get_by_role("combobox", name="Company")).to_have_value("Helio Robotics")
    expect(page.get_by_label("Email", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_are_remembered(context: BrowserContext, page: Page, scheme: str) -> None:
    page.get_by_role("banner").get_by_text(scheme.capitalize(), exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
    again = context.new_page()
    again.goto("./")
    expect(again.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
