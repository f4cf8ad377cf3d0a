"""A desk whose staff are told of its tickets, and what they were told."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import Any

from chalicelib.kernel import ids
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write

QUEUE = "NoticesQueue"


ADA = "ada@example.org"


def staff(api: Api, name: str, *teams: str) -> str:
    body = {"name": name, "email": f"{name.lower()}@shop.example", "team_ids": list(teams)}
    made: str = api.post("/v1/staff", body).ok(201)["id"]
    return made


def notices() -> list[EmailMessage]:
    """The mails to staff, oldest first."""
    return [mail for mail in outbox() if "@shop.example" in mail["To"]]


def text_of(notice: EmailMessage) -> str:
    return str(notice.get_content()).replace("\r\n", "\n")


def told() -> list[tuple[str, str]]:
    """Whom each notice went to, and what its subject begins with."""
    return [(mail["To"].partition(" ")[0], mail["Subject"].partition(":")[0]) for mail in notices()]


def assign(api: Api, ticket: str, staff: str, **headers: str) -> None:
    api.patch(ticket, {"assignee": staff}, **headers).ok()


def answer(cloud: Cloud, text: str = "Still leaks.", **more: Any) -> None:
    receive(cloud, write(text, In_Reply_To="<first@example.org>"), **more)


def hint(type_: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    identifier = ids.new_id("evt", ids.now())
    detail = {"id": identifier, "type": type_, "data": data, "occurred_at": ids.stamp(ids.now()), **more}
    return {"Body": json.dumps({"detail": detail}), "MessageId": identifier}
