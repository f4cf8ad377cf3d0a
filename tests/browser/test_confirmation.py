"""The page behind a confirmation mail, on a phone and on a desk, by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.caller import Caller
from tests.e2e.clouds import Cloud
from tests.e2e.post import Post, address_of

TOPIC = "lamp-letters"


@pytest.fixture(scope="module")
def caller(cloud: Cloud) -> Caller:
    made = Caller(cloud.addresses["api_url"], cloud.addresses["api_key"])
    made.post("/v1/topics", {"id": TOPIC, "name": "Letters about lamps"}).ok(201)
    return made


@pytest.fixture
def asked(caller: Caller, post: Post) -> Callable[..., tuple[str, str]]:
    """Sign somebody up: their path, and the link that they were mailed."""

    def ask(locale: str = "en") -> tuple[str, str]:
        address = address_of("reader")
        body = {"email": address, "topic": TOPIC, "locale": locale, "source": "web form /signup"}
        customer_id = caller.post("/v1/subscriptions", body).ok()["customer_id"]
        found = re.search(r"https?://\S+/confirm/\S+", post.receive(address).text)
        assert found
        return f"/v1/customers/{customer_id}", found[0]

    return ask


def _state(caller: Caller, customer: str) -> Any:
    [effective] = caller.get(f"{customer}/consents").ok()["effective"]
    return effective["state"]


def test_confirming_by_keyboard(
    sized: tuple[Page, str], asked: Any, caller: Caller, picture: Callable[[str], None]
) -> None:
    page, size = sized
    customer, link = asked()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Do you want “Letters about lamps” by e-mail?")
    picture(f"confirm-{size}")
    assert _state(caller, customer) == "pending", "looking changes nothing"
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Yes, send it to me")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you.")
    picture(f"confirmed-{size}")
    assert _state(caller, customer) == "granted"


def test_declining_by_keyboard_in_german(sized: tuple[Page, str], asked: Any, caller: Caller) -> None:
    page, _ = sized
    customer, link = asked("de-AT")
    page.goto(link)
    assert page.locator("html").get_attribute("lang") == "de"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Nein, das war ich nicht")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("nicht")
    assert _state(caller, customer) == "denied"


def test_buttons_are_large_enough_for_a_thumb(sized: tuple[Page, str], asked: Any) -> None:
    page, _ = sized
    page.goto(asked()[1])
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44


def test_a_broken_link_says_so(browser: Browser, asked: Any) -> None:
    _, link = asked()
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(link[:-3])
    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("This link is not complete.")
    context.close()
