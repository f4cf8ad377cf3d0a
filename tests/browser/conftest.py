"""A cloud with the demo, and a page of a browser. RAPPORT_SCREENSHOTS names a folder for pictures.

RAPPORT_E2E_CLOUD names the cloud.json of a running cloud to use in place of one of our own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from local.settings import PROJECT
from tests.browser.find import browser as path_of_browser
from tests.e2e.clouds import Cloud, running
from tests.e2e.post import Post

SIZE: ViewportSize = {"width": 1180, "height": 700}
SIZES: dict[str, ViewportSize] = {
    "phone": {"width": 360, "height": 740},
    "desk": {"width": 1180, "height": 900},
}


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running(tmp_path_factory.mktemp("cloud"), demo=True) as found:
        yield found


@pytest.fixture(scope="session")
def post(cloud: Cloud) -> Post:
    return Post(cloud.addresses)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = path_of_browser()
    if path is None:
        pytest.skip("no browser on the PATH")
    # The browser's own sandbox refuses to work for root, as in many containers.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=options)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page. The test fails when a script on it fails, or it asks for something that is not there."""
    context = browser.new_context(viewport=SIZE)
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("response", lambda answer: troubles.append(answer.url) if answer.status >= 400 else None)
    yield opened
    context.close()
    assert troubles == []


@pytest.fixture(params=SIZES)
def sized(request: pytest.FixtureRequest, page: Page) -> Iterator[tuple[Page, str]]:
    """A page on a phone and on a desk, and which it is. The test fails when it is cut off at the side."""
    page.set_viewport_size(SIZES[request.param])
    yield page, request.param
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off"


@pytest.fixture
def picture(page: Page) -> Callable[[str], None]:
    """Takes a picture of the page as it is, where RAPPORT_SCREENSHOTS says; else does nothing."""
    folder = os.environ.get("RAPPORT_SCREENSHOTS")

    def take(name: str) -> None:
        if folder:
            page.screenshot(path=PROJECT / Path(folder) / f"{name}.png")

    return take
