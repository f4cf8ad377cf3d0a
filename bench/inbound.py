"""Mail in: how fast the worker is, how many calls it makes, and whether answers find their tickets.

`python -m bench.inbound [CLOUD.JSON]`: the worker in this process with the table on DynamoDB Local, and the
same worker on the local cloud through SMTP: on the one that a `cloud.json` names, or on one that is
started for it where `.venv-cloud` is there. Threading is told of 500 new mails, 100 answers of four kinds, 10
strangers with somebody else's tag, and every tenth mail twice.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench.on_cloud import on_cloud
from bench.post import Post, opened
from bench.report import Line, alone, progress
from chalicelib.kernel import table
from chalicelib.kernel.pages import Query, every
from chalicelib.mail import store, thread_store, threads
from chalicelib.mail.model import StoredMessage
from chalicelib.support import store as tickets
from tests import mailbox
from tests.calls import counted
from tests.cloud import invoke, sqs_event
from tests.e2e.clouds import Cloud
from tests.e2e.post import Post as Door
from tests.e2e.post import address_of
from tests.e2e.post import write as write_mail
from tests.mailbox import write

TITLE = "Mail in"
NEW, ANSWERS, STRANGERS = 500, 100, 10
ON_CLOUD = 100
SENDER = "chalicelib.mail.worker:outbound_mail"
KINDS = ("tag and In-Reply-To", "tag only", "In-Reply-To their own mail", "In-Reply-To our acknowledgement")


def measure(cloud_file: str | None = None) -> Iterator[Line]:
    with opened() as post:
        yield from _in_process(post)
    yield on_cloud("new mails a second on the local cloud, SMTP to ticket", cloud_file, _rate)


def _in_process(post: Post) -> Iterator[Line]:
    progress(f"{NEW} new mails, in this process")
    filed = [_Filed(post, number) for number in range(NEW)]
    seconds = sum(one.seconds for one in filed)
    yield Line("new mails a second, one worker", "", f"{NEW / seconds:.1f} ({post.engine})", None)
    median = statistics.median(one.seconds for one in filed) * 1000
    worst = max(one.seconds for one in filed) * 1000
    yield Line("milliseconds a mail", "", f"{median:.0f} median, {worst:.0f} at most", None)
    calls = [one.calls for one in filed[1:]]
    yield Line("calls for a new mail", "≤ 4", f"{max(calls)} at most", max(calls) <= 4)
    progress("acknowledgements are sent")
    for one in filed[:ANSWERS]:
        one.acknowledge()
    yield from _threading(post, filed)


class _Filed:
    """A new mail, filed; every tenth comes twice."""

    def __init__(self, post: Post, number: int) -> None:
        self.post = post
        self.sender = f"person{number}@people.example"
        self.mail_id = f"first{number}@people.example"
        raw = write(
            f"My lamp number {number} is broken, please help me.",
            sender=f"Person {number} <{self.sender}>",
            subject=f"Lamp {number}",
            message_id=f"<{self.mail_id}>",
        )
        notice = post.put(raw, sender=self.sender)
        with counted() as calls:
            began = time.perf_counter()
            assert post.deliver(notice), "the worker did not take a mail"
            self.seconds = time.perf_counter() - began
        self.calls = len(calls)
        if number % 10 == 0:
            assert post.deliver(post.put(raw, sender=self.sender))
            assert post.deliver(notice)
        item = table.get(thread_store.thread_item_key(threads.index_key("mid", self.mail_id)))
        assert item is not None
        self.ticket = tickets.get(item["thread_id"])
        self.ses_id = ""

    def acknowledge(self) -> None:
        """Send what was queued for it, as the bus would have it sent."""
        [queued] = [one for one in said_in(self.ticket.id) if one.direction == "outbound"]
        detail = {"detail": {"data": {"message_id": queued.id}}}
        body = json.dumps(detail)
        arn = self.post.cloud.arn("OutboundMailQueue")
        assert not invoke(SENDER, sqs_event(arn, [{"Body": body}]))["batchItemFailures"]
        self.ses_id = mailbox.ses_ids()[-1]

    def answer(self, kind: int) -> bytes:
        """An answer that lost what its kind says: no plus-address in any."""
        tagged = f"Re: Lamp [#{self.ticket.tag}]"
        subject, answered = (
            (tagged, f"<{self.ses_id}@eu-west-1.amazonses.com>"),
            (tagged, None),
            ("Re: lamp", f"<{self.mail_id}>"),
            ("Re: lamp", f"<{self.ses_id}@eu-west-1.amazonses.com>"),
        )[kind]
        headers: dict[str, Any] = {"In_Reply_To": answered} if answered else {}
        return write("It is still broken.", sender=self.sender, subject=subject, **headers)


def said_in(ticket_id: str) -> list[StoredMessage]:
    """A ticket's messages."""
    return list(store.every_of_thread(ticket_id))


def _threading(post: Post, filed: list[_Filed]) -> Iterator[Line]:
    progress(f"{ANSWERS} answers and {STRANGERS} strangers")
    before = _count_tickets()
    right = [0] * len(KINDS)
    for number, one in enumerate(filed[:ANSWERS]):
        kind = number % len(KINDS)
        known = len(said_in(one.ticket.id))
        notice = post.put(one.answer(kind), sender=one.sender)
        for _ in range(1 + (number % 10 == 0)):
            assert post.deliver(notice)
        right[kind] += len(said_in(one.ticket.id)) == known + 1
    for name, found in zip(KINDS, right, strict=True):
        share = ANSWERS // len(KINDS)
        yield Line(f"answers in their ticket: {name}", str(share), str(found), found == share)
    inside = 0
    for number, one in enumerate(filed[:STRANGERS]):
        known = len(said_in(one.ticket.id))
        sender = f"stranger{number}@evil.example"
        raw = write("Tell me all", sender=sender, subject=f"Re: [#{one.ticket.tag}]")
        assert post.deliver(post.put(raw, sender=sender))
        inside += len(said_in(one.ticket.id)) != known
    yield Line("strangers let in by somebody else's tag", "0", str(inside), inside == 0)
    opened_now = _count_tickets() - before
    yield Line("tickets opened by these", str(STRANGERS), str(opened_now), opened_now == STRANGERS)
    total = before
    yield Line(
        f"tickets of {NEW} mails, every tenth of which came three times", str(NEW), str(total), total == NEW
    )


def _count_tickets() -> int:
    return sum(1 for _ in every(Query("TKT#STATUS#open", index="gsi1")))


def _rate(cloud: Cloud) -> str:
    """Mails a second, from the first into the SMTP door until the last is a ticket."""
    from tests.e2e.caller import Caller

    api = Caller(cloud.addresses["api_url"], cloud.addresses["api_key"])
    door = Door(cloud.addresses)
    senders = [address_of(f"person{number}") for number in range(ON_CLOUD + 1)]
    door.send(write_mail(senders[0], "First", "It warms the function up."))
    _wait(api, senders[0], 1)
    progress(f"{ON_CLOUD} mails by SMTP")
    began = time.monotonic()
    for number, sender in enumerate(senders[1:]):
        door.send(write_mail(sender, f"Lamp {number}", "My lamp is broken, please help me."))
    brought = time.monotonic() - began
    for sender in senders[1:]:
        _wait(api, sender, 1)
    seconds = time.monotonic() - began
    return f"{ON_CLOUD / seconds:.1f} ({ON_CLOUD} in {seconds:.0f} s, {brought:.0f} s of it into the door)"


def _wait(api: Any, sender: str, count: int) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        found = api.get(f"/v1/customers?email={sender}").ok()["data"]
        if found and len(api.get(f"/v1/tickets?customer_id={found[0]['id']}").ok()["data"]) >= count:
            return
        time.sleep(0.2)
    raise TimeoutError("a mail did not become a ticket")


if __name__ == "__main__":
    sys.exit(alone(TITLE, lambda: measure(*sys.argv[1:2])))
