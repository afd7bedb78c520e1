"""What a person does on the page, in their words."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Page, expect

STEPS = ("Trace", "Measure", "Fix", "Label", "Monitor")


def choose(page: Page, company: str) -> None:
    """Searches for a company and chooses it."""
    field = page.get_by_role("combobox", name="Company")
    field.click()
    field.fill(company)
    page.get_by_role("option", name=company).click()


def generate(page: Page, company: str = "Helio Robotics") -> None:
    choose(page, company)
    page.get_by_role("button", name="Generate email").click()


def open_step(page: Page, name: str) -> None:
    """Opens a step of the tour and looks at each of its charts."""
    page.goto(f"./#/tour/{name.lower()}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{STEPS.index(name) + 1}. {name}")
    expect(page.get_by_test_id("loading")).to_have_count(0)
    for figure in page.get_by_role("figure").all():
        figure.scroll_into_view_if_needed()
        expect(figure.locator("svg").first).to_be_visible()


def expect_accessible(page: Page, client: Path) -> None:
    """No violation that axe finds, of any of its rules."""
    page.evaluate((client / "node_modules/axe-core/axe.min.js").read_text())
    found = cast(
        "list[dict[str, Any]]",
        page.evaluate("async () => (await axe.run(document)).violations"),
    )
    told = [f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in found]
    assert not told, "\n".join(told)


def expect_no_sideways_scroll(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"The page is {wide} px wider than the window."
