"""Mails that come at once, again, or while a worker dies: each is filed once, and none is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from chalicelib.kernel import workers
from chalicelib.kernel.errors import Unavailable
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import arrive, outbox, receive, write
from tests.stack import SUPPORT_ADDRESS
from tests.support.lists import messages, tickets

QUEUE = "InboundMailQueue"
PNG = b"\x89PNG\r\n\x1a\nx"


def at_once(cloud: Cloud, batches: list[list[Any]]) -> list[set[str]]:
    """Hand each batch to a worker of its own."""
    with ThreadPoolExecutor(len(batches)) as pool:
        return list(pool.map(lambda batch: cloud.deliver(QUEUE, batch), batches))


def test_a_new_mail_is_three_calls(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(subject="first of this process"))
    arrive(cloud, write())
    received = cloud.receive(QUEUE)
    with counted() as calls:
        assert cloud.deliver(QUEUE, received) == set()
    assert calls == ["GetObject", "BatchGetItem", "TransactWriteItems"]


def test_an_answer_is_four_calls_and_one_for_each_object(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    arrive(cloud, write("x", In_Reply_To="<first@example.org>", html="<p>x</p>", attachment=PNG))
    received = cloud.receive(QUEUE)
    with counted() as calls:
        assert cloud.deliver(QUEUE, received) == set()
    stored = ["PutObject", "PutObject"]
    assert calls == ["GetObject", "BatchGetItem", "BatchGetItem", *stored, "TransactWriteItems"]


def test_answers_at_once_all_land(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    [ticket] = tickets(api)
    api.patch(f"/v1/tickets/{ticket['id']}", {"status": "solved"}).ok()
    for number in range(4):
        answer = write(f"answer {number}", sender=f"p{number}@example.org", In_Reply_To="<first@example.org>")
        arrive(cloud, answer, sender=f"p{number}@example.org")
    received = cloud.receive(QUEUE)
    for failed, message in zip(at_once(cloud, [[one] for one in received]), received, strict=True):
        if failed:  # overtaken more often than a worker tries at once: it comes again
            assert cloud.deliver(QUEUE, [message]) == set()
    texts = {one["text"].strip() for one in messages(api, ticket)}
    assert texts >= {f"answer {number}" for number in range(4)}
    after = api.get(f"/v1/tickets/{ticket['id']}").ok()
    assert after["status"] == "open"
    assert len(after["participants"]) == 5


def test_first_mails_of_a_stranger_at_once_make_one_lead(api: Api, cloud: Cloud) -> None:
    for number in range(2):
        arrive(
            cloud,
            write(sender="Eve <eve@example.net>", subject=f"Question {number}"),
            sender="eve@example.net",
        )
    assert at_once(cloud, [[one] for one in cloud.receive(QUEUE)]) == [set(), set()]
    [lead] = api.get("/v1/customers?stage=lead").ok()["data"]
    assert (lead["name"], lead["emails"]) == ("Eve", ["eve@example.net"])
    assert {one["customer_id"] for one in tickets(api)} == {lead["id"]}
    assert len(tickets(api)) == 2


def test_one_mail_at_two_workers_is_filed_once(api: Api, cloud: Cloud, ada: Any) -> None:
    raw = write(message_id="<same@example.org>", attachment=PNG)
    arrive(cloud, raw)
    arrive(cloud, raw)
    received = cloud.receive(QUEUE)
    assert at_once(cloud, [received, received[::-1], received]) == [set()] * 3
    cloud.pump()
    [ticket] = tickets(api)
    assert [one["direction"] for one in messages(api, ticket)] == ["outbound", "inbound"]
    assert len(outbox()) == 1


def test_a_worker_that_dies_before_it_commits_leaves_nothing_wrong(
    api: Api, cloud: Cloud, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(cloud, write(attachment=PNG, html="<p>x</p>"))
    received = cloud.receive(QUEUE)
    before = cloud.items()
    with monkeypatch.context() as patched:
        patched.setattr(workers, "commit_all", lambda works: [Unavailable("no")] * len(works))
        assert len(cloud.deliver(QUEUE, received)) == 1
    assert cloud.items() == before
    keys = _objects(cloud)
    assert cloud.deliver(QUEUE, received) == set()
    assert _objects(cloud) == keys, "the second try stores nothing beside the first one's"
    assert len(messages(api, tickets(api)[0])) == 2


def _objects(cloud: Cloud) -> list[str]:
    found = boto3.client("s3").list_objects_v2(Bucket=cloud["MailBucket"])
    return [one["Key"] for one in found["Contents"]]


def test_a_device_that_numbers_all_its_mails_alike_is_heard(api: Api, cloud: Cloud, ada: Any) -> None:
    for text in ("Paper jam", "Out of toner"):
        receive(cloud, write(text, message_id="<constant@printer>"))
    assert len(tickets(api)) == 2


def test_a_scanner_whose_mails_differ_in_their_attachments_alone_is_heard(
    api: Api, cloud: Cloud, ada: Any
) -> None:
    for scan in (PNG + b"one", PNG + b"two"):
        receive(cloud, write("", subject="Scan", message_id="<constant@scanner>", attachment=scan))
    assert len(tickets(api)) == 2


def test_nobody_takes_over_a_thread_by_its_message_id(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(message_id="<known@example.org>"))
    [ticket] = tickets(api)
    receive(cloud, write("mine now", sender="eve@evil.example", message_id="<known@example.org>"))
    receive(cloud, write("An answer", sender="bob@example.org", In_Reply_To="<known@example.org>"))
    assert messages(api, ticket)[0]["text"].strip() == "An answer"
    assert len(tickets(api)) == 2


def test_two_threads_claim_one_message_id_at_once(api: Api, cloud: Cloud, ada: Any) -> None:
    for sender in ("ada@example.org", "eve@evil.example"):
        arrive(cloud, write(sender=sender, message_id="<known@example.org>"), sender=sender)
    assert at_once(cloud, [[one] for one in cloud.receive(QUEUE)]) == [set(), set()]
    assert len(tickets(api)) == 2


def test_the_same_mail_to_two_of_our_addresses_is_one_ticket(api: Api, cloud: Cloud, ada: Any) -> None:
    raw = write(message_id="<both@example.org>")
    receive(cloud, raw, to=SUPPORT_ADDRESS)
    receive(cloud, raw, to="sales@shop.example")
    assert len(tickets(api)) == 1
