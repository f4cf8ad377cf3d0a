"""A desk with Sam and Kim, and a ticket that Ada's mail opened."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import receive, write
from tests.notices.desk import staff


@pytest.fixture
def desk(api: Api) -> str:
    made: str = api.post("/v1/teams", {"name": "Desk"}).ok(201)["id"]
    return made


@pytest.fixture
def sam(api: Api, desk: str) -> str:
    return staff(api, "Sam", desk)


@pytest.fixture
def kim(api: Api, desk: str) -> str:
    return staff(api, "Kim", desk)


@pytest.fixture
def ticket(api: Api, cloud: Cloud) -> str:
    """The path of a ticket that Ada's mail opened."""
    receive(cloud, write("It leaks.", message_id="<first@example.org>"))
    [one] = api.get("/v1/tickets").ok()["data"]
    return f"/v1/tickets/{one['id']}"


@pytest.fixture
def assigned(ticket: str, sam: str) -> dict[str, Any]:
    """What the event says by which Sam gets the ticket."""
    return {"ticket_id": ticket.rpartition("/")[2], "assignee": sam}
