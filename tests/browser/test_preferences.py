"""The page on which somebody chooses what they get, and the one to leave a topic; phone and desk."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.caller import Caller
from tests.e2e.clouds import Cloud
from tests.e2e.post import Post, address_of

RUN = secrets.token_hex(4)
LAMPS, EVENINGS = f"lamps-{RUN}", f"evenings-{RUN}"
TOPICS = {LAMPS: f"New lamps {RUN}", EVENINGS: f"Evenings in the shop {RUN}"}


@pytest.fixture(scope="module")
def caller(cloud: Cloud) -> Caller:
    made = Caller(cloud.addresses["api_url"], cloud.addresses["api_key"])
    for topic, name in TOPICS.items():
        described = {"id": topic, "name": name, "double_opt_in": False, "description": "Four times a year"}
        made.post("/v1/topics", described).ok(201)
    return made


@pytest.fixture
def mailed(caller: Caller, post: Post) -> tuple[str, str]:
    """A reader of one topic: their path, and the link to leave it in a mail they got."""
    address = address_of("reader")
    customer = caller.post("/v1/customers", {"name": "Reader", "emails": [address]}).ok(201)["id"]
    said = {"channel": "email", "topic": LAMPS, "state": "granted", "source": "counter"}
    caller.post(f"/v1/customers/{customer}/consents", said).ok()
    mail = {"customer_id": customer, "topic": LAMPS, "subject": "Lamps", "text": "They are here."}
    caller.post("/v1/messages", mail).ok(201)
    found = re.search(r"https?://\S+/unsubscribe/\S+", post.receive(address).text)
    assert found
    return f"/v1/customers/{customer}", found[0]


def _state(caller: Caller, customer: str, topic: str) -> Any:
    effective = caller.get(f"{customer}/consents").ok()["effective"]
    return next((one["state"] for one in effective if one["topic"] == topic), None)


def test_choosing_what_one_gets(
    sized: tuple[Page, str], mailed: tuple[str, str], caller: Caller, picture: Callable[[str], None]
) -> None:
    page, size = sized
    customer, link = mailed
    page.goto(link.replace("/unsubscribe/", "/preferences/"))
    lamps = page.get_by_role("checkbox", name=TOPICS[LAMPS])
    evenings = page.get_by_role("checkbox", name=TOPICS[EVENINGS])
    expect(lamps).to_be_checked()
    expect(evenings).not_to_be_checked()
    picture(f"preferences-{size}")
    for choice in page.locator("label.choice").all():
        box = choice.bounding_box()
        assert box
        assert box["height"] >= 44, "large enough for a thumb"
    page.get_by_text(TOPICS[EVENINGS]).click()
    lamps.focus()
    page.keyboard.press("Space")
    page.get_by_label("language").select_option("de")
    page.get_by_role("button").first.click()
    expect(page.get_by_role("status")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "de"
    assert _state(caller, customer, LAMPS) == "withdrawn"
    assert _state(caller, customer, EVENINGS) == "granted"


def test_leaving_takes_one_press_and_looking_none(
    sized: tuple[Page, str], mailed: tuple[str, str], caller: Caller, picture: Callable[[str], None]
) -> None:
    page, size = sized
    customer, link = mailed
    page.goto(link)
    picture(f"unsubscribe-{size}")
    assert _state(caller, customer, LAMPS) == "granted", "looking changes nothing"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button")).to_have_count(0)
    picture(f"unsubscribed-{size}")
    assert _state(caller, customer, LAMPS) == "withdrawn"
