"""The API's page in a browser: every operation, and a call from the page with a key."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.clouds import Cloud

SLOW = 30_000
"""Milliseconds: the page draws hundreds of operations, which takes a busy machine a while."""


def test_the_page_shows_the_operations(page: Page, cloud: Cloud, picture: Callable[[str], None]) -> None:
    page.goto(cloud.addresses["docs_url"])
    expect(page.get_by_text("/v1/customers", exact=True).first).to_be_visible(timeout=SLOW)
    assert page.locator(".opblock").count() > 20
    picture("api-docs")


def test_the_page_calls_the_api(page: Page, cloud: Cloud) -> None:
    page.goto(cloud.addresses["docs_url"])
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").fill(cloud.addresses["api_key"])
    page.locator(".auth-btn-wrapper .authorize").click()
    page.locator(".auth-btn-wrapper .btn-done").click()
    operation = page.locator(".opblock-get").filter(has_text="/v1/teams").first
    operation.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    status = operation.locator(".live-responses-table .response-col_status").last
    expect(status).to_contain_text("200", timeout=SLOW)  # the page draws all operations anew
