"""A mail on a topic goes out only to who allows it when its turn comes; an answer needs no consent."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.mail import suppression_store
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.consent.statements import customer, merge, say, topic
from tests.mailbox import outbox

QUEUE = "OutboundCampaignsQueue"


@pytest.fixture
def url(api: Api) -> str:
    suppression_store.address_key("once@per.process")  # reads the secret
    topic(api)
    return customer(api, emails=["ada@example.org"])


def _queued(api: Api, url: str, **more: Any) -> str:
    mail = {"customer_id": url.rpartition("/")[2], "subject": "Offers", "text": "Looms.", "topic": "offers"}
    return f"/v1/messages/{api.post('/v1/messages', mail | more).ok(201)['id']}"


def _sending(cloud: Cloud) -> list[str]:
    """The calls of sending what is queued."""
    cloud.publish()
    waking = cloud.receive(QUEUE)
    with counted() as calls:
        assert cloud.deliver(QUEUE, waking) == set()
    return calls


def test_who_allows_it_gets_it_for_no_call_more(api: Api, cloud: Cloud, url: str) -> None:
    say(api, url)
    message = _queued(api, url)
    assert _sending(cloud) == ["UpdateItem", "BatchGetItem", "SendRawEmail", "TransactWriteItems"]
    assert (api.get(message).ok()["status"], api.get(message).ok()["topic"]) == ("sent", "offers")


@pytest.mark.parametrize("state", [None, "denied", "withdrawn"])
def test_who_does_not_gets_nothing(api: Api, cloud: Cloud, url: str, state: str | None) -> None:
    if state:
        say(api, url, state=state)
    message = _queued(api, url)
    assert _sending(cloud) == ["UpdateItem", "BatchGetItem", "TransactWriteItems"]
    found = api.get(message).ok()
    assert (found["status"], found["failure"]) == (
        "suppressed", "The customer does not allow e-mail on this topic."
    )  # fmt: skip
    assert outbox() == []


def test_a_no_after_it_was_queued_is_heard(api: Api, cloud: Cloud, url: str) -> None:
    say(api, url)
    _queued(api, url)
    say(api, url, state="withdrawn")
    _sending(cloud)
    assert outbox() == []


def test_a_no_of_whom_they_were_merged_with_is_heard(api: Api, cloud: Cloud, url: str) -> None:
    other = customer(api)
    say(api, url)
    say(api, other, state="denied")
    merge(api, url, other)
    _queued(api, url)
    assert _sending(cloud).count("BatchGetItem") == 2
    assert outbox() == []


def test_a_stranger_allowed_nothing(api: Api, cloud: Cloud, url: str) -> None:
    _queued(api, url, customer_id=None, email="stranger@example.org")
    _sending(cloud)
    assert outbox() == []


def test_an_answer_is_sent_whatever_they_said(api: Api, cloud: Cloud, url: str) -> None:
    say(api, url, state="denied")
    _queued(api, url, topic=None)
    _queued(api, url, topic="service")
    cloud.pump()
    assert len(outbox()) == 2


def test_a_topic_must_be_there_and_active(api: Api, cloud: Cloud, url: str) -> None:
    mail = {"email": "ada@example.org", "subject": "Hello", "text": "Hello", "topic": "nothing"}
    problem = api.post("/v1/messages", mail).problem(422, "invalid")
    assert problem["invalid_params"][0]["name"] == "topic"
    say(api, url)
    _queued(api, url)
    api.patch("/v1/topics/offers", {"active": False}).ok()
    api.post("/v1/messages", {**mail, "topic": "offers"}).problem(422, "invalid")
    _sending(cloud)
    assert outbox() == [], "ended after it was queued"
