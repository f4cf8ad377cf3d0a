"""Ada with a ticket and the link that opens it; and Bob, who is somebody else."""

from __future__ import annotations

import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import receive, write
from tests.portal.links import made

PNG = b"\x89PNG\r\n\x1a\npicture"


@pytest.fixture
def ticket(api: Api, cloud: Cloud) -> str:
    """The id of Ada's ticket, by a mail of hers with a picture, answered, with a note inside."""
    mail = write("It leaks.", sender="Ada <ada@example.org>", attachment=PNG, message_id="<a@example.org>")
    receive(cloud, mail)
    [one] = api.get("/v1/tickets").ok()["data"]
    url = f"/v1/tickets/{one['id']}/messages"
    api.post(url, {"text": "She is <b>rude</b>, secretly.", "internal": True}).ok(201)
    api.post(url, {"text": "Which <kettle>?", "status": "pending"}).ok(201)
    cloud.pump()
    return str(one["id"])


@pytest.fixture
def ada(api: Api, ticket: str) -> str:
    return str(api.get(f"/v1/tickets/{ticket}").ok()["customer_id"])


@pytest.fixture
def token(api: Api, ada: str) -> str:
    return made(api, ada)


@pytest.fixture
def bob(api: Api) -> str:
    body = {"name": "Bob", "emails": ["bob@example.org"], "locale": "de"}
    return str(api.post("/v1/customers", body).ok(201)["id"])
