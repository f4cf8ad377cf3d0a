"""A survey, on a phone and on a desk, by keyboard alone and without scripts: from the mail to the thanks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SIZES
from tests.e2e.caller import Caller
from tests.e2e.clouds import Cloud
from tests.e2e.post import Post, address_of

SURVEY = "lamp-fitting"
DEFINITION: dict[str, Any] = {
    "key": SURVEY,
    "name": "After a fitting",
    "kind": "nps",
    "public": True,
    "texts": {"en": {"title": "Your new lamp"}, "de": {"title": "Ihre neue Lampe"}},
    "questions": [
        {
            "id": "reason",
            "type": "choice",
            "required": True,
            "when": {"question": "score", "at_most": 6},
            "text": {"en": "What went wrong?", "de": "Was ging schief?"},
            "options": [
                {"id": "late", "text": {"en": "It took long", "de": "Es dauerte"}},
                {"id": "scratched", "text": {"en": "It was scratched", "de": "Sie war zerkratzt"}},
            ],
        },
        {"id": "fitter", "type": "rating", "text": {"en": "And our fitter?", "de": "Und unser Monteur?"}},
    ],
}


@pytest.fixture(scope="module")
def caller(cloud: Cloud) -> Caller:
    made = Caller(cloud.addresses["api_url"], cloud.addresses["api_key"])
    made.post("/v1/surveys", DEFINITION).ok(201)
    made.post(f"/v1/surveys/{SURVEY}/publish", {}).ok()
    return made


@pytest.fixture
def invited(caller: Caller, post: Post) -> Callable[..., tuple[str, str]]:
    """Invite somebody: their id, and the address of the page that they were mailed."""

    def invite(locale: str = "en") -> tuple[str, str]:
        address = address_of("reader")
        body = {"name": "Reader", "emails": [address], "locale": locale}
        customer = caller.post("/v1/customers", body).ok(201)["id"]
        caller.post(f"/v1/surveys/{SURVEY}/invitations", {"customer_ids": [customer]}).ok()
        found = re.search(r"https?://\S+/s/[\w-]+", post.receive(address).text)
        assert found
        return customer, found[0]

    return invite


def test_from_the_mail_to_the_thanks_by_keyboard(
    sized: tuple[Page, str], invited: Any, caller: Caller, picture: Callable[[str], None]
) -> None:
    page, size = sized
    customer, link = invited()
    page.goto(f"{link}?score=3")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your new lamp")
    expect(page.get_by_role("radio", name="3", exact=True).first).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="3", exact=True).first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="4", exact=True).first).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("It took long")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Two hours.")
    picture(f"survey-{size}")
    assert caller.get(f"/v1/feedback?customer_id={customer}").ok()["data"] == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your answer has arrived.")
    page.goto(f"{link}?score=9")
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your answer already. Thank you.")


def test_marks_and_buttons_are_large_enough_for_a_thumb(sized: tuple[Page, str], invited: Any) -> None:
    page, _ = sized
    page.goto(invited()[1])
    for one in [*page.locator(".marks span").all(), *page.get_by_role("button").all()]:
        box = one.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["width"] >= 40


@pytest.mark.parametrize("size", SIZES)
def test_without_scripts_in_german_and_in_two_steps(
    browser: Browser, invited: Any, cloud: Cloud, size: str
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=SIZES[size], locale="de-DE")
    page = context.new_page()
    page.goto(f"{cloud.addresses['api_url']}/surveys/{SURVEY}")
    assert page.locator("html").get_attribute("lang") == "de"
    page.locator(".marks label").first.click()
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_role("status")).to_have_text("Eine Frage noch.")
    page.get_by_text("Sie war zerkratzt").click()
    page.get_by_role("button", name="Absenden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vielen Dank. Ihre Antwort ist angekommen.")
    context.close()
