"""Where a sender dies or SES's answer is lost, an answer goes again, a campaign's mail does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from chalicelib.kernel import aws
from chalicelib.kernel.errors import Unavailable
from chalicelib.mail import sending, store, suppression_store
from tests.api import Api
from tests.cloud import Cloud
from tests.consent.statements import customer, say, topic
from tests.faults import answering, repeating
from tests.mailbox import outbox

QUEUES = {"answer": "OutboundMailQueue", "campaign": "OutboundCampaignsQueue"}


@pytest.fixture
def queued(api: Api, cloud: Cloud) -> Callable[[str], tuple[str, list[Any]]]:
    """Queue an answer, or a campaign's mail: its id, and the messages that wake its worker."""

    def queue(kind: str) -> tuple[str, list[Any]]:
        suppression_store.address_key("once@per.process")  # reads the secret
        topic(api, "news", double_opt_in=False)
        url = customer(api, emails=["ada@example.org"])
        say(api, url, topic="news")
        body = {"customer_id": url.rpartition("/")[2], "subject": "Hi", "text": "Hello."}
        if kind == "campaign":
            body["topic"] = "news"
        message_id = api.post("/v1/messages", body).ok(201)["id"]
        cloud.publish()
        return message_id, cloud.receive(QUEUES[kind])

    return queue


def _die(monkeypatch: pytest.MonkeyPatch, place: str, error: Exception, *, after: bool = False) -> None:
    """Have a call fail: before it does anything, or `after` it did."""
    owner, _, name = place.rpartition(".")
    places = {"ses": aws.ses(), "sending": sending, "store": store, "suppression_store": suppression_store}
    target: Any = places[owner]
    real = getattr(target, name)

    def dying(*args: Any, **named: Any) -> Any:
        if after:
            real(*args, **named)
        raise error

    monkeypatch.setattr(target, name, dying)


def _end_claim(cloud: Cloud, message_id: str) -> None:
    boto3.client("dynamodb").update_item(
        TableName=cloud["Table"],
        Key={"pk": {"S": f"MSG#{message_id}"}, "sk": {"S": "MAIL"}},
        UpdateExpression="SET claimed_until = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )


def _message(api: Api, message_id: str) -> tuple[str, bool]:
    found = api.get(f"/v1/messages/{message_id}").ok()
    return found["status"], found["uncertain"]


@pytest.mark.parametrize("kind", QUEUES)
@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("sending.outgoing", Unavailable("S3 is busy.")),
        ("sending.compose", RuntimeError("a bug")),
        ("suppression_store.suppressed", Unavailable("The table is busy.")),
        ("ses.send_raw_email", EndpointConnectionError(endpoint_url="https://ses.example")),
    ],
)
def test_what_fails_before_ses_was_asked_is_certain(
    api: Api,
    cloud: Cloud,
    queued: Any,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    place: str,
    error: Exception,
) -> None:
    message_id, waking = queued(kind)
    with monkeypatch.context() as patched:
        _die(patched, place, error)
        assert len(cloud.deliver(QUEUES[kind], waking)) == 1
    assert _message(api, message_id) == ("queued", False)
    assert cloud.deliver(QUEUES[kind], waking) == set()
    assert len(outbox()) == 1
    assert _message(api, message_id) == ("sent", False)


@pytest.mark.parametrize(
    ("place", "error", "after", "went"),
    [
        ("ses.send_raw_email", SystemError("the function was stopped before"), False, 0),
        ("ses.send_raw_email", ReadTimeoutError(endpoint_url="ses"), True, 1),
        ("sending._sent", SystemError("the function was stopped after"), False, 1),
    ],
)
@pytest.mark.parametrize("kind", QUEUES)
def test_a_lost_answer(
    api: Api,
    cloud: Cloud,
    queued: Any,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    place: str,
    error: Exception,
    after: bool,
    went: int,
) -> None:
    message_id, waking = queued(kind)
    with monkeypatch.context() as patched:
        _die(patched, place, error, after=after)
        assert len(cloud.deliver(QUEUES[kind], waking)) == 1
    assert len(outbox()) == went
    assert len(cloud.deliver(QUEUES[kind], waking)) == 1, "its claim holds"
    _end_claim(cloud, message_id)
    assert cloud.deliver(QUEUES[kind], waking) == set()
    assert len(outbox()) == went + (kind == "answer")
    assert _message(api, message_id) == ("sent" if kind == "answer" else "failed", True)
    assert cloud.deliver(QUEUES[kind], waking) == set()
    assert len(outbox()) == went + (kind == "answer")


def test_no_try_is_wasted_while_a_claim_holds(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, waking = queued("answer")
    with answering(aws.sqs(), "ChangeMessageVisibilityBatch", *[{"Successful": []}] * 2) as calls:
        with monkeypatch.context() as patched:
            _die(patched, "ses.send_raw_email", ReadTimeoutError(endpoint_url="ses"))
            cloud.deliver(QUEUES["answer"], waking)
        cloud.deliver(QUEUES["answer"], waking)
    waits = [entry["VisibilityTimeout"] for call in calls for entry in call["Entries"]]
    assert waits[0] == sending.CLAIM_SECONDS + 1
    assert sending.CLAIM_SECONDS - 5 <= waits[1] <= sending.CLAIM_SECONDS + 1


@pytest.mark.parametrize("kind", QUEUES)
def test_a_claim_whose_answer_was_lost_is_ones_own(api: Api, cloud: Cloud, queued: Any, kind: str) -> None:
    message_id, waking = queued(kind)
    with repeating(aws.dynamodb(), "UpdateItem"):
        assert cloud.deliver(QUEUES[kind], waking) == set()
    assert _message(api, message_id) == ("sent", False)
    assert len(outbox()) == 1


def test_an_abandoned_mail_is_claimed_though_the_answer_was_lost(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id, waking = queued("answer")
    with monkeypatch.context() as patched:
        _die(patched, "ses.send_raw_email", SystemError("the function was stopped before"))
        cloud.deliver(QUEUES["answer"], waking)
    _end_claim(cloud, message_id)
    with repeating(aws.dynamodb(), "UpdateItem"):
        assert cloud.deliver(QUEUES["answer"], waking) == set()
    assert _message(api, message_id) == ("sent", True)
    assert len(outbox()) == 1


def test_throttling_waits_for_a_timer_after_some_tries(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id, waking = queued("campaign")
    answer: Any = {"Error": {"Code": "Throttling", "Message": "Maximum sending rate exceeded."}}
    _die(monkeypatch, "ses.send_raw_email", ClientError(answer, "SendRawEmail"))
    assert [len(cloud.deliver(QUEUES["campaign"], waking)) for _ in range(3)] == [1, 1, 0]
    found = api.get(f"/v1/messages/{message_id}").ok()
    assert (found["status"], found["not_before"] is not None) == ("queued", True)
    [event] = [item for item in cloud.items() if item.get("type") == "mail.deferred"]
    assert (event["data"]["reason"], event["data"]["wake_id"]) == ("send_rate", message_id)


def test_a_full_day_waits_at_once(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id, waking = queued("answer")
    answer: Any = {"Error": {"Code": "Throttling", "Message": "Daily message quota exceeded."}}
    _die(monkeypatch, "ses.send_raw_email", ClientError(answer, "SendRawEmail"))
    assert cloud.deliver(QUEUES["answer"], waking) == set()
    assert _message(api, message_id) == ("queued", False)


@pytest.mark.usefixtures("cloud")
def test_ses_is_asked_once_whatever_it_answers() -> None:
    asked: list[str] = []

    def fail(request: Any, **_: Any) -> None:
        asked.append(request.url)
        raise ReadTimeoutError(endpoint_url=request.url)

    client = aws.ses()
    client.meta.events.register("before-send.ses.SendRawEmail", fail)
    try:
        with pytest.raises(ReadTimeoutError):
            client.send_raw_email(RawMessage={"Data": b"Subject: x\r\n\r\nx"})
    finally:
        client.meta.events.unregister("before-send.ses.SendRawEmail", fail)
    assert len(asked) == 1, "a retry after a lost answer would send it twice"
