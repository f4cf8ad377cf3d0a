"""What SES reports of a sent mail raises its status, in any order, and surely suppresses bad addresses."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from chalicelib.mail import suppression_store
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import outbox

QUEUE = "MailEventsQueue"
BOB = "bob@example.net"
AT = "2026-11-20T10:00:05.000Z"
UNKNOWN = "msg_01J00000000000000000000000"
_numbers = itertools.count(1)


def _mail(api: Api, cloud: Cloud, *, sent: bool = True) -> str:
    mail = {"email": BOB, "subject": "Hello", "text": "Hello"}
    message_id: str = api.post("/v1/messages", mail).ok(201)["id"]
    if sent:
        cloud.pump()
    return message_id


def _notice(kind: str, message_id: str, *recipients: str, shape: str = "eventType", **more: Any) -> Any:
    """A message of the queue that says what became of a mail."""
    addresses = [{"emailAddress": one} for one in recipients or (BOB,)]
    details: Any = {
        "Delivery": {"delivery": {"recipients": [one["emailAddress"] for one in addresses], "timestamp": AT}},
        "Bounce": {
            "bounce": {"bounceType": "Permanent", "bouncedRecipients": addresses, "timestamp": AT, **more}
        },
        "Complaint": {"complaint": {"complainedRecipients": addresses, "timestamp": AT}},
        "Reject": {"reject": {"reason": "Bad content"}},
        "Send": {"send": {}},
        "Open": {"open": {}},
    }[kind]
    tags = {"message": [message_id]} if message_id else {}
    mail = {
        "messageId": "0100",
        "destination": [one["emailAddress"] for one in addresses],
        "timestamp": AT,
        "tags": tags,
    }
    return {"MessageId": f"n{next(_numbers)}", "Body": json.dumps({shape: kind, "mail": mail, **details})}


def _status(api: Api, message_id: str) -> str:
    found: str = api.get(f"/v1/messages/{message_id}").ok()["status"]
    return found


def _types(cloud: Cloud, message_id: str) -> list[str]:
    events = [item for item in cloud.items() if item["pk"] == f"MSG#{message_id}" and item["sk"] != "MAIL"]
    return sorted(event["type"] for event in events)


@pytest.mark.parametrize("shape", ["eventType", "notificationType"])
@pytest.mark.parametrize(
    ("kind", "status"),
    [("Delivery", "delivered"), ("Bounce", "bounced"), ("Complaint", "complained"), ("Reject", "failed")],
)
def test_a_report_raises_the_status_in_one_call(
    api: Api, cloud: Cloud, kind: str, status: str, shape: str
) -> None:
    message_id = _mail(api, cloud)
    before = api.get(f"/v1/messages/{message_id}")
    with counted() as calls:
        assert cloud.deliver(QUEUE, [_notice(kind, message_id, shape=shape)]) == set()
    assert calls == ["TransactWriteItems"] * (1 if kind in ("Delivery", "Reject") else 2)
    after = api.get(f"/v1/messages/{message_id}", If_None_Match=before.headers["ETag"]).ok()
    assert after["status"] == status
    event = {"failed": "mail.not_sent"}.get(status, f"mail.{status}")
    assert _types(cloud, message_id) == sorted(["mail.queued", "mail.sent", event])


@pytest.mark.parametrize("order", list(itertools.permutations(["Delivery", "Bounce", "Complaint"])))
def test_in_any_order_and_twice_the_worst_stays(api: Api, cloud: Cloud, order: tuple[str, ...]) -> None:
    message_id = _mail(api, cloud)
    for kind in order:
        notice = _notice(kind, message_id)
        assert cloud.deliver(QUEUE, [notice, notice]) == set()
        assert cloud.deliver(QUEUE, [notice]) == set()
    assert _status(api, message_id) == "complained"
    assert _types(cloud, message_id).count("mail.complained") == 1


def test_a_report_before_sent_was_written(api: Api, cloud: Cloud) -> None:
    message_id = _mail(api, cloud, sent=False)
    cloud.deliver(QUEUE, [_notice("Delivery", message_id)])
    assert _status(api, message_id) == "delivered"
    cloud.pump()
    assert outbox() == [], "what was delivered is not sent again"


@pytest.mark.parametrize("kind", ["Bounce", "Complaint"])
@pytest.mark.parametrize("case", ["first", "late", "unknown message", "no tag", "same batch"])
def test_an_address_is_suppressed_whatever_its_message_says(
    api: Api, cloud: Cloud, kind: str, case: str
) -> None:
    message_id = (
        {"unknown message": UNKNOWN, "no tag": ""}.get(case)
        if "message" in case or case == "no tag"
        else None
    )
    message_id = _mail(api, cloud) if message_id is None else message_id
    notices = [_notice(kind, message_id)]
    if case == "late":
        cloud.deliver(QUEUE, [_notice("Complaint", message_id, "other@example.net")])
    if case == "same batch":
        notices.insert(0, _notice("Complaint", message_id, "other@example.net"))
    assert cloud.deliver(QUEUE, notices) == set()
    assert suppression_store.suppressed([BOB])[0] == {BOB}
    count = len(outbox())
    second = _mail(api, cloud)
    assert _status(api, second) == "suppressed"
    assert len(outbox()) == count


def test_a_soft_bounce_suppresses_nobody(api: Api, cloud: Cloud) -> None:
    message_id = _mail(api, cloud)
    recipient = {"emailAddress": BOB, "diagnosticCode": "smtp; 452 4.2.2 mailbox full"}
    soft = _notice("Bounce", message_id, bounceType="Transient", bouncedRecipients=[recipient])
    assert cloud.deliver(QUEUE, [soft]) == set()
    message = api.get(f"/v1/messages/{message_id}").ok()
    assert (message["status"], message["failure"]) == ("bounced", "smtp; 452 4.2.2 mailbox full")
    assert suppression_store.suppressed([BOB])[0] == set()
    [bounced] = [item for item in cloud.items() if item.get("type") == "mail.bounced"]
    assert bounced["data"]["hard"] is False


def test_every_recipient_counts(api: Api, cloud: Cloud) -> None:
    message_id = _mail(api, cloud)
    addresses = [BOB, "Carol <carol@example.net>", BOB.upper(), "zoe@bücher.example"]
    assert cloud.deliver(QUEUE, [_notice("Bounce", message_id, *addresses)]) == set()
    wanted = [BOB, "carol@example.net", "zoe@xn--bcher-kva.example"]
    assert suppression_store.suppressed([*wanted, "dave@example.net"])[0] == set(wanted)


def test_an_unknown_message_is_done(api: Api, cloud: Cloud) -> None:
    before = cloud.items()
    assert cloud.deliver(QUEUE, [_notice("Delivery", UNKNOWN), _notice("Delivery", "")]) == set()
    assert cloud.items() == before


def test_what_changes_nothing_costs_nothing(api: Api, cloud: Cloud) -> None:
    message_id = _mail(api, cloud)
    with counted() as calls:
        handshake = {
            "MessageId": "h",
            "Body": "Successfully validated SNS topic for Amazon SES event publishing.",
        }
        assert (
            cloud.deliver(QUEUE, [_notice("Send", message_id), _notice("Open", message_id), handshake])
            == set()
        )
    assert calls == []


def test_ten_reports_are_one_call_and_a_bad_one_fails_alone(api: Api, cloud: Cloud) -> None:
    sent = [_mail(api, cloud) for _ in range(9)]
    notices = [_notice("Delivery", one) for one in sent]
    with counted() as calls:
        assert cloud.deliver(QUEUE, [{"MessageId": "bad", "Body": "no JSON"}, *notices]) == {"bad"}
    assert [call for call in calls if "Visibility" not in call and call != "GetQueueUrl"] == [
        "TransactWriteItems"
    ]
    assert {_status(api, one) for one in sent} == {"delivered"}


def test_a_repeat_among_others_costs_one_call_more(api: Api, cloud: Cloud) -> None:
    sent = [_mail(api, cloud) for _ in range(3)]
    cloud.deliver(QUEUE, [_notice("Delivery", sent[0])])
    with counted() as calls:
        assert cloud.deliver(QUEUE, [_notice("Delivery", one) for one in sent]) == set()
    assert calls == ["TransactWriteItems"] * 2
    assert {_status(api, one) for one in sent} == {"delivered"}


def test_the_customers_timeline_tells_it(api: Api, cloud: Cloud) -> None:
    ada = api.post("/v1/customers", {"emails": ["ada@example.org"]}).ok(201)
    mail = {"customer_id": ada["id"], "subject": "Hello", "text": "Hello"}
    message_id = api.post("/v1/messages", mail).ok(201)["id"]
    cloud.pump()
    notice = _notice("Bounce", message_id, "ada@example.org")
    body = json.loads(notice["Body"])
    body["mail"]["tags"]["customer"] = [ada["id"]]
    cloud.deliver(QUEUE, [notice | {"Body": json.dumps(body)}])
    entries = api.get(f"/v1/customers/{ada['id']}/timeline").ok()["data"]
    [bounced] = [entry for entry in entries if entry["type"] == "mail.bounced"]
    assert bounced["data"] == {"message_id": message_id, "hard": True}
    assert (bounced["channel"], bounced["occurred_at"]) == ("email", "2026-11-20T10:00:05.000Z")
