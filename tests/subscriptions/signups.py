"""Builders: a sign-up, and the link in the mail that follows."""

from __future__ import annotations

import re
from typing import Any

from tests.api import Answer, Api
from tests.cloud import Cloud
from tests.mailbox import outbox

FORM = {"Content_Type": "application/x-www-form-urlencoded"}
EMAIL = "ada@example.org"


def sign_up(api: Api, **more: Any) -> Any:
    body = {"email": EMAIL, "topic": "news", "source": "web form /signup"}
    return api.post("/v1/subscriptions", body | more).ok()


def link(cloud: Cloud) -> str:
    """The path in the latest mail."""
    cloud.pump()
    text = outbox()[-1].get_content()
    found = re.search(r"https://api\.shop\.example(/confirm/[A-Za-z0-9_-]+)\s", text)
    assert found, text
    return found[1]


def press(path: str, content: str = "") -> Answer:
    """What a browser sends when somebody presses a button of the page."""
    return Api(None).post(path, content, **FORM)
