"""Builders: a customer with a ticket, and the link that opens it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from tests.api import Answer, Api
from tests.cloud import Cloud
from tests.mailbox import outbox

FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def ask(email: str = "ada@example.org") -> Answer:
    return Api(None).post("/v1/public/portal", {"email": email})


def mailed_path(cloud: Cloud, email: str = "ada@example.org") -> str:
    """Ask for a link; its path, from the mail."""
    assert ask(email).status == 202
    cloud.pump()
    found = re.search(r"https://api\.shop\.example(/my/[A-Za-z0-9_-]+)\s", outbox()[-1].get_content())
    assert found
    return found[1]


def made(api: Api, customer_id: str, **more: Any) -> str:
    """The token of a link that staff made."""
    url: str = api.post(f"/v1/customers/{customer_id}/portal-links", more).ok(201)["url"]
    return url.rpartition("/")[2]


def base(token: str) -> str:
    return f"/v1/public/portal/{token}/tickets"


def messages(token: str, ticket: str) -> list[Any]:
    found: list[Any] = Api(None).get(f"{base(token)}/{ticket}/messages").ok()["data"]
    return found


def press(path: str, **fields: str) -> Answer:
    return Api(None).post(path, urlencode(fields), **FORM)
