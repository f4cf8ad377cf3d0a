"""The outbox in a browser: the list, one mail, its HTML shut in, its headers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.caller import Caller
from tests.e2e.clouds import Cloud
from tests.e2e.post import Post, address_of

HTML = (
    "<p>Dear Grace,</p><p>your new shade is <b>on its way</b>. You can "
    "<a href='https://parcels.example/4711'>follow the parcel</a>.</p><p>Harbour &amp; Pine</p>"
)
TEXT = "Dear Grace,\n\nyour new shade is on its way.\n\nHarbour & Pine\n"


SUBJECT = "Your new shade for the lamp Fyr"


@pytest.fixture(scope="module", autouse=True)
def _sent(cloud: Cloud, post: Post) -> None:
    """A mail with HTML that was just sent."""
    caller = Caller(cloud.addresses["api_url"], cloud.addresses["api_key"])
    mail = {"email": "grace.hopper@example.org", "subject": SUBJECT, "text": TEXT, "html": HTML}
    caller.post("/v1/messages", mail).ok(201)
    post.receive("grace.hopper@example.org")


def test_the_list_leads_to_a_mail(page: Page, cloud: Cloud, picture: Callable[[str], None]) -> None:
    page.goto(cloud.addresses["outbox_url"])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Outbox")
    # Beside its head: this mail, and the demo's acknowledgements, which may still be on their way.
    expect(page.get_by_role("row").nth(4)).to_be_visible(timeout=60_000)
    picture("outbox")
    page.get_by_role("link", name=SUBJECT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SUBJECT)
    expect(page.locator("pre").first).to_contain_text("your new shade is on its way")
    picture("outbox-mail")
    page.get_by_role("link", name="All mails").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Outbox")


def test_a_new_mail_appears_by_itself(page: Page, cloud: Cloud, post: Post) -> None:
    page.goto(cloud.addresses["outbox_url"])
    address = address_of("late")
    caller = Caller(cloud.addresses["api_url"], cloud.addresses["api_key"])
    caller.post("/v1/messages", {"email": address, "subject": "Late", "text": "Hello"}).ok(201)
    expect(page.get_by_text(address)).to_be_visible(timeout=20_000)


def test_a_mails_html_is_shown_but_shut_in(page: Page, cloud: Cloud) -> None:
    page.goto(cloud.addresses["outbox_url"])
    page.get_by_role("link", name=SUBJECT).click()
    frame = page.locator("iframe")
    assert "allow-scripts" not in (frame.get_attribute("sandbox") or "allow-scripts")
    assert "allow-same-origin" not in (frame.get_attribute("sandbox") or "allow-same-origin")
    expect(page.frame_locator("iframe").locator("b")).to_have_text("on its way")


def test_the_headers_are_there(page: Page, cloud: Cloud) -> None:
    page.goto(cloud.addresses["outbox_url"])
    page.get_by_role("link", name=SUBJECT).click()
    headers = page.locator("pre").last
    expect(headers).to_contain_text("Message-ID: <")
    expect(headers).to_contain_text("MIME-Version: 1.0")
