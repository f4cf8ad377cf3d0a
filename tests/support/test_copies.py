"""Answers in copy: who gets them, who takes part from then on, and what bounces of copies change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write
from tests.stack import SUPPORT_ADDRESS
from tests.support.lists import messages, tickets


@pytest.fixture
def lamp(api: Api, cloud: Cloud) -> Any:
    receive(cloud, write("My lamp flickers.", subject="Lamp"))
    return tickets(api)[0]


def _answer(api: Api, ticket: Any, **more: Any) -> Any:
    return api.post(f"/v1/tickets/{ticket['id']}/messages", {"text": "Try a bulb."} | more)


def _participants(api: Api, ticket: Any) -> dict[str, bool]:
    found = api.get(f"/v1/tickets/{ticket['id']}").ok()["participants"]
    return {one["address"]: one["verified"] for one in found}


def test_an_answer_is_one_mail_with_copies(api: Api, cloud: Cloud, lamp: Any) -> None:
    before = len(outbox())
    answer = _answer(
        api, lamp, cc=["Bob@Example.net", "eve@example.net", "bob@example.net", "ADA@example.org"]
    )
    assert [one["address"] for one in answer.ok(201)["cc"]] == ["Bob@example.net", "eve@example.net"]
    cloud.pump()
    [mail] = outbox()[before:]
    assert (mail["To"], mail["Cc"]) == ("Ada Lovelace <ada@example.org>", "Bob@example.net, eve@example.net")
    assert _participants(api, lamp) == {
        "ada@example.org": True,
        "Bob@example.net": True,
        "eve@example.net": True,
    }
    to = mail["Reply-To"].addresses[0].addr_spec
    receive(cloud, write("I see.", sender="eve@example.net"), to=to, sender="eve@example.net")
    assert messages(api, lamp)[0]["text"].strip() == "I see."


def test_all_who_take_part_get_it_when_asked(api: Api, cloud: Cloud, lamp: Any) -> None:
    url = f"/v1/tickets/{lamp['id']}/participants"
    api.post(url, {"add": ["bob@example.net"]}).ok()
    assert _answer(api, lamp).ok(201)["cc"] == []
    both = _answer(api, lamp, cc=["eve@example.net"], cc_participants=True).ok(201)["cc"]
    assert [one["address"] for one in both] == ["eve@example.net", "bob@example.net"]


def test_what_is_no_address_to_copy_is_refused(api: Api, lamp: Any) -> None:
    for wrong, code in (
        ([SUPPORT_ADDRESS], "own_address"),
        ([f"other@{SUPPORT_ADDRESS.partition('@')[2]}"], "own_address"),
        (["bob@example.net\r\nBcc: x@y.example"], "value_error"),
        ([f"b{n}@example.net" for n in range(20)], "too_long"),
    ):
        problem = _answer(api, lamp, cc=wrong).problem(422, "invalid")
        assert [one["code"] for one in problem["invalid_params"]] == [code]
    _answer(api, lamp, internal=True, cc=["bob@example.net"]).problem(422, "invalid")
    api.post(f"/v1/tickets/{lamp['id']}/participants", {"add": [f"p{n}@example.net" for n in range(19)]}).ok()
    _answer(api, lamp, cc=["bob@example.net"]).problem(409, "too_many_participants")
    assert len(messages(api, lamp)) == 2


def _bounced(cloud: Cloud, message_id: str, destination: list[str], *recipients: str) -> None:
    mail = {"messageId": "0100", "timestamp": "2026-11-20T10:00:05.000Z", "destination": destination}
    bounce = {
        "bounceType": "Permanent",
        "timestamp": mail["timestamp"],
        "bouncedRecipients": [{"emailAddress": one} for one in recipients],
    }
    body = {"eventType": "Bounce", "mail": mail | {"tags": {"message": [message_id]}}, "bounce": bounce}
    assert not cloud.deliver("MailEventsQueue", [{"MessageId": "m", "Body": json.dumps(body)}])


def test_a_copy_that_bounces_is_suppressed_and_says_nothing_of_the_answer(
    api: Api, cloud: Cloud, lamp: Any
) -> None:
    answer = _answer(api, lamp, cc=["bob@example.net"]).ok(201)["id"]
    cloud.pump()
    sent_to = ["ada@example.org", "bob@example.net"]
    _bounced(cloud, answer, sent_to, "bob@example.net")
    assert api.get(f"/v1/messages/{answer}").ok()["status"] != "bounced"
    before = len(outbox())
    _answer(api, lamp, cc=["bob@example.net", "eve@example.net"]).ok(201)
    cloud.pump()
    [mail] = outbox()[before:]
    assert mail["Cc"] == "eve@example.net", "whom mail does not reach is left out"
    _bounced(cloud, answer, sent_to, *sent_to)
    assert api.get(f"/v1/messages/{answer}").ok()["status"] == "bounced"
    last = _answer(api, lamp, cc=["eve@example.net"]).ok(201)["id"]
    cloud.pump()
    assert api.get(f"/v1/messages/{last}").ok()["status"] == "suppressed", "copies alone are not sent"
