"""Every page, on a laptop and a phone, light and dark: axe is content, nothing is too wide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from .reading import (
    STEPS,
    choose,
    expect_accessible,
    expect_no_sideways_scroll,
    generate,
    open_step,
)
from .standin import Standin

pytestmark = pytest.mark.browser

LAPTOP = (1280, 800)
PHONE = (390, 844)


@pytest.fixture(params=[LAPTOP, PHONE], ids=["laptop", "phone"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return request.param


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    return request.param


@pytest.fixture
def seen(
    browser: Browser, standin: Standin, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> Iterator[Page]:
    """The first page at one size, in one colour scheme."""
    context = browser.new_context(
        base_url=standin.url,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("./")
    page.get_by_role("heading", level=1).wait_for()
    yield page
    context.close()


def test_writing_an_email(seen: Page, standin: Standin, built: Path) -> None:
    expect_accessible(seen, built)
    field = seen.get_by_role("combobox", name="Company")
    field.click()
    expect(seen.get_by_role("option").first).to_be_visible()
    expect_accessible(seen, built)

    standin.set("held")
    generate(seen)
    expect(seen.get_by_test_id("stream")).to_be_visible()
    expect_accessible(seen, built)

    standin.set("none")
    seen.get_by_role("button", name="Not good").click()
    expect_accessible(seen, built)
    seen.get_by_role("button", name="Send feedback").click()
    expect(seen.get_by_text("Feedback stored")).to_be_visible()
    expect_accessible(seen, built)
    expect_no_sideways_scroll(seen)


def test_the_tour(seen: Page, built: Path) -> None:
    for step in STEPS:
        open_step(seen, step)
        for button in seen.get_by_role("button", name="Show the figures").all():
            button.click()
        expect_accessible(seen, built)
        expect_no_sideways_scroll(seen)


def test_what_went_wrong(seen: Page, standin: Standin, built: Path) -> None:
    choose(seen, "Helio Robotics")
    standin.set("prompt")
    seen.get_by_role("button", name="Generate email").click()
    expect(seen.get_by_role("alert").first).to_be_visible()
    expect(seen.get_by_text("Something is missing")).to_be_visible()
    expect_accessible(seen, built)
    expect_no_sideways_scroll(seen)


@pytest.mark.parametrize("size", [PHONE], indirect=True)
def test_the_menu_of_a_phone(seen: Page, built: Path) -> None:
    seen.get_by_role("button", name="Pages").click()
    expect(seen.get_by_role("link", name="3. Fix")).to_be_in_viewport(ratio=1)
    expect_accessible(seen, built)
    seen.get_by_role("link", name="3. Fix").click()
    expect(seen.get_by_role("heading", level=1)).to_be_focused()
    expect(seen.get_by_role("link", name="2. Measure").first).not_to_be_in_viewport()
