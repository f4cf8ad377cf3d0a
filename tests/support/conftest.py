"""Who the tests of tickets know, and what they have at hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.cloud import Cloud


@pytest.fixture
def ada(api: Api) -> Any:
    """Ada, a customer with one address."""
    return api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}).ok(201)


@pytest.fixture
def template(api: Api) -> Any:
    body = {
        "key": "refund",
        "name": "Refund",
        "default_language": "en",
        "contents": {
            "en": {
                "subject": "Refund",
                "text": "Hello {{ customer.name | default('there') }}, about {{ ticket.tag }}: we will see.",
            }
        },
    }
    made = api.post("/v1/templates", body).ok(201)
    return api.post(f"/v1/templates/{made['id']}/publish", {}).ok()


@pytest.fixture
def opened(api: Api, cloud: Cloud, ada: Any) -> Any:
    """Opens a ticket by hand, and has it indexed."""

    def open_ticket(subject: str, text: str = "It leaks.", **more: Any) -> Any:
        body = {"customer_id": ada["id"], "channel": "phone", "subject": subject, "text": text}
        ticket = api.post("/v1/tickets", body | more).ok(201)
        cloud.pump()
        return ticket

    return open_ticket
