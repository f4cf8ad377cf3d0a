"""Mails and messages that are broken, or come twice: none is lost, none holds up the next."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.caller import Caller, fetch
from tests.e2e.clouds import Cloud
from tests.e2e.post import Post, address_of
from tests.e2e.test_feedback import statistics_of
from tests.e2e.test_mail_in import mail_of, messages, ticket_of
from tests.e2e.waiting import eventually

TRIES = 2


def depth(sqs: Any, url: str) -> int:
    """How many messages wait in a queue or are being worked on."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def test_the_same_mail_twice_is_one_ticket_and_one_acknowledgement(
    api: Caller, post: Post, cloud: Cloud, sqs: Any, ada: Any
) -> None:
    mail = mail_of(ada, "Sent twice", "By a nervous mail server.")
    for _ in range(3):
        post.send(mail)
    ticket = ticket_of(api, ada)
    post.receive(ada["emails"][0])
    eventually(lambda: depth(sqs, cloud.addresses["outputs"]["InboundMailQueueUrl"]) == 0)
    assert ticket_of(api, ada)["id"] == ticket["id"]
    assert [one["direction"] for one in messages(api, ticket)] == ["outbound", "inbound"]
    assert len(post.outbox(ada["emails"][0])) == 1


def test_a_mail_that_cannot_be_read_is_a_visible_ticket_with_its_source(api: Caller, post: Post) -> None:
    raw = b"\x00\xff no header at all " + secrets.token_hex(8).encode()
    post.send_raw(raw, address_of("broken"))

    def filed() -> Any:
        found = [messages(api, ticket)[0] for ticket in api.data("/v1/tickets?status=open&limit=20")]
        return [message for message in found if message["class"] == "unreadable"]

    [message] = eventually(filed)
    link = api.get(f"/v1/messages/{message['id']}/raw").ok()
    assert raw in fetch(link["url"]).content


def test_a_bad_mail_does_not_hold_up_the_next(api: Caller, post: Post, ada: Any) -> None:
    post.send_raw(b"Content-Type: multipart/mixed; boundary=\r\n\r\n--", address_of("broken"))
    post.send(mail_of(ada, "The next one", "Still here?"))
    assert ticket_of(api, ada)["subject"] == "The next one"


@pytest.fixture
def impatient_queue(cloud: Cloud, sqs: Any) -> Iterator[str]:
    """The feedback queue, which gives a message up sooner than it would otherwise; its URL."""
    url = cloud.addresses["outputs"]["FeedbackQueueUrl"]
    names = ["VisibilityTimeout", "RedrivePolicy"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    policy = json.loads(before["RedrivePolicy"]) | {"maxReceiveCount": TRIES}
    sooner = {"VisibilityTimeout": "5", "RedrivePolicy": json.dumps(policy)}
    sqs.set_queue_attributes(QueueUrl=url, Attributes=sooner)
    yield url
    sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


def test_poison_ends_in_the_dead_letters_while_its_neighbours_are_done(
    api: Caller, cloud: Cloud, sqs: Any, impatient_queue: str
) -> None:
    survey, poison = (f"poison-{secrets.token_hex(6)}" for _ in range(2))
    for number in range(6):
        sqs.send_message(QueueUrl=impatient_queue, MessageBody=poison) if number == 3 else None
        api.post("/v1/feedback", {"survey": survey, "kind": "nps", "score": 10}).ok(202)
    assert statistics_of(api, survey, 6)["nps"]["promoters"] == 6

    def dead() -> bool:
        url = cloud.addresses["outputs"]["FeedbackDeadLettersUrl"]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1)
        return any(message["Body"] == poison for message in found.get("Messages", []))

    eventually(dead, within=60)
    assert depth(sqs, impatient_queue) == 0
