"""The help pages, on a phone and on a desk: finding an article, its language, and voting."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.clouds import Cloud


def test_finding_reading_and_voting(
    sized: tuple[Page, str], cloud: Cloud, picture: Callable[[str], None]
) -> None:
    page, size = sized
    page.goto(f"{cloud.addresses['api_url']}/help?language=en")
    expect(page.get_by_role("heading", name="Orders")).to_be_visible()
    picture(f"help-{size}")
    page.get_by_role("searchbox").fill("flikcer")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="A lamp flickers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A lamp flickers")
    picture(f"help-article-{size}")
    yes = page.get_by_role("button", name="Yes")
    box = yes.bounding_box()
    assert box
    assert box["height"] >= 44
    yes.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Thank you for telling us.")


def test_another_language(page: Page, cloud: Cloud) -> None:
    page.goto(f"{cloud.addresses['api_url']}/help/returns")
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Etwas zurückgeben")
    assert page.locator("html").get_attribute("lang") == "de"
