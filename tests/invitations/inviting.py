"""Builders: customers who are invited, the links in their mails, and pages that are looked at and sent."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from chalicelib.kernel.timers import Wake
from tests.api import Answer, Api
from tests.cloud import Cloud
from tests.mailbox import outbox

FORM = {"Content_Type": "application/x-www-form-urlencoded"}
LINK = re.compile(r"https://api\.shop\.example(/s/[A-Za-z0-9_-]+)\?score=(\d+)")


def customer(api: Api, name: str = "Ada", **more: Any) -> str:
    body = {"name": name, "emails": [f"{name.lower()}@example.org"]} | more
    made: str = api.post("/v1/customers", body).ok(201)["id"]
    return made


def invite(api: Api, cloud: Cloud, *customer_ids: str, survey: str = "delivery") -> list[dict[str, Any]]:
    """Invite customers, and have their mails sent: the invitations as they are then."""
    answer = api.post(f"/v1/surveys/{survey}/invitations", {"customer_ids": list(customer_ids)}).ok()
    cloud.pump()
    made = [one["invitation_id"] for one in answer["results"]]
    return [api.get(f"/v1/invitations/{one}").ok() for one in made if one]


def body_of(kind: str) -> str:
    """What the last mail says, `plain` or `html`."""
    part = outbox()[-1].get_body((kind,))
    assert part
    return str(part.get_content()).replace("\r\n", "\n")


def mailed() -> str:
    """The text of the last mail."""
    return body_of("plain")


def path() -> str:
    """The path of the page that the last mail leads to."""
    found = LINK.search(mailed())
    assert found
    return found[1]


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hidden: list[tuple[str, str]] = []
        self.offered: set[str] = set()
        self.chosen: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if name is None or tag == "meta":
            return
        if given.get("type") == "hidden":
            self.hidden.append((name, value))
        else:
            self.offered.add(name)
            if "checked" in given:
                self.chosen[name] = value


def fields(page: Answer) -> _Fields:
    """What a page's form asks, and what it sends by itself."""
    read = _Fields()
    read.feed(page.text)
    return read


def send(where: str, page: Answer, **answers: Any) -> Answer:
    """Send the form of a page, as a browser would."""
    pairs = fields(page).hidden + [
        (name, str(one))
        for name, value in answers.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return Api(None).post(where.partition("?")[0], urlencode(pairs), **FORM)


def look(where: str, **headers: str) -> Answer:
    return Api(None).get(where, **headers)


def title(page: Answer) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text)
    assert found
    return found[1]


def wake(cloud: Cloud, invitation: dict[str, Any]) -> None:
    """Fire the timer of what is due on an invitation, as if its time had come."""
    asked = [one["data"] for one in cloud.items() if one.get("type") == "invitation.scheduled"]
    due = max(one["wake_at"] for one in asked if one["invitation_id"] == invitation["id"])
    body = Wake.model_validate({"wake_id": invitation["id"], "wake_at": due}, strict=False).model_dump_json()
    cloud.sqs.send_message(QueueUrl=cloud["TimersQueue"], MessageBody=body)
    cloud.pump()
