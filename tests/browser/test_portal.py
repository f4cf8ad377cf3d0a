"""A customer's own tickets, on a phone and on a desk: asking for a link, asking, answering, solving."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.caller import Caller
from tests.e2e.clouds import Cloud
from tests.e2e.post import Post, address_of


def test_from_the_link_to_what_is_solved(
    sized: tuple[Page, str], cloud: Cloud, post: Post, picture: Callable[[str], None]
) -> None:
    page, size = sized
    address = address_of("reader")
    caller = Caller(cloud.addresses["api_url"], cloud.addresses["api_key"])
    caller.post("/v1/customers", {"name": "Reader", "emails": [address]}).ok(201)
    page.goto(f"{cloud.addresses['api_url']}/my")
    page.get_by_label("Your e-mail address").fill(address)
    picture(f"portal-entrance-{size}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Please look into your mail.")
    found = re.search(r"https?://\S+/my/\S+", post.receive(address).text)
    assert found
    page.goto(found[0])
    page.get_by_label("What is it about?").fill("The shade is torn")
    page.get_by_label("What would you like to tell us?").fill("It came torn.\nWhat now?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The shade is torn")
    expect(page.get_by_role("status")).to_have_text("Thank you, we have it.")
    page.get_by_label("What would you like to tell us?").fill("A photo follows.")
    picture(f"portal-ticket-{size}")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("A photo follows.")).to_be_visible()
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44
    page.get_by_role("button", name="This is solved").click()
    expect(page.get_by_role("button", name="This is not solved")).to_be_visible()
    page.get_by_role("link", name="All your requests").click()
    expect(page.get_by_role("link", name="The shade is torn")).to_be_visible()
    picture(f"portal-{size}")
