"""A storm of mails from one sender: `python -m bench.storm [MAILS]`, 10,000 unless told otherwise.

The real worker gets them in batches of ten, with the table on DynamoDB Local where that can run. Each mail is
to be a ticket of its own, none lost and none doubled; the sender gets as many acknowledgements as the cap
says; the last tenth takes as long as the first.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator

from bench.post import WORKER, Post, opened
from bench.report import Line, alone, progress
from chalicelib.kernel.pages import Query, every
from chalicelib.mail import service as mail
from chalicelib.support import acknowledgement
from tests.cloud import invoke, sqs_event
from tests.mailbox import write

TITLE = "A storm of mails from one sender"
MAILS = 10_000
BATCH = 10
SENDER = "alarm@machines.example"
SLOWER = 1.3
"""How many times as long the last tenth may take as the first."""


def measure(mails: int = MAILS) -> Iterator[Line]:
    with opened() as post:
        seconds, failed = _blow(post, mails)
        tenth = max(1, len(seconds) // 10)
        first, last = sum(seconds[:tenth]), sum(seconds[-tenth:])
        tickets = [item["id"] for item in every(Query("TKT#STATUS#open", index="gsi1"))]
        answered = sum(bool(_acknowledged(ticket)) for ticket in sorted(tickets)[: 10 * acknowledgement.MOST])
        yield Line("mails a second, one worker", "", f"{mails / sum(seconds):.1f} ({post.engine})", None)
        yield Line("mails that the worker did not take", "0", str(failed), failed == 0)
        yield Line("tickets", str(mails), str(len(tickets)), len(set(tickets)) == len(tickets) == mails)
        most = acknowledgement.MOST
        yield Line("acknowledgements", str(most), str(answered), answered == most)
        text = f"{last / first:.2f} ×"
        yield Line("the last tenth to the first", f"≤ {SLOWER} ×", text, last / first <= SLOWER)


def _blow(post: Post, mails: int) -> tuple[list[float], int]:
    """The seconds that each batch took, and how many mails were not taken."""
    arn = post.cloud.arn("InboundMailQueue")
    seconds: list[float] = []
    failed = 0
    for start in range(0, mails, BATCH):
        numbers = range(start, min(start + BATCH, mails))
        notices = [
            post.put(write(f"Alarm {n}", sender=SENDER, subject=f"Alarm {n}"), sender=SENDER) for n in numbers
        ]
        event = sqs_event(arn, [{"Body": json.dumps(notice)} for notice in notices])
        began = time.perf_counter()
        failed += len(invoke(WORKER, event)["batchItemFailures"])
        seconds.append(time.perf_counter() - began)
        if start % 1000 == 0:
            progress(f"{start:,} of {mails:,}")
    return seconds, failed


def _acknowledged(ticket_id: str) -> bool:
    found, _ = mail.in_thread(ticket_id, limit=10, after=None)
    return any(one.direction == "outbound" for one in found)


if __name__ == "__main__":
    sys.exit(alone(TITLE, lambda: measure(*map(int, sys.argv[1:2]))))
