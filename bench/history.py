"""What a long history costs: `python -m bench.history [EVENTS]`, by default of 50,000 events.

Two customers lie in DynamoDB Local, one of five events, one of many: calls, tickets with their first words,
and responses. Either is merged and parted again, in turns, which has to take the same time. Then all that is
kept of the one with many is collected and erased by the jobs' real steps. Objects lie in a folder.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench import crowd
from bench.capacity import TABLE, environment
from bench.customers import clocked
from bench.dynamodb_local import Missing, running
from bench.folder import Folder
from bench.report import Line, alone, progress, ratio
from bench.scene import invocation, perform
from chalicelib.feedback import store as feedback
from chalicelib.feedback.model import Feedback, NewFeedback, Submission
from chalicelib.feedback.understanding.model import Understanding
from chalicelib.kernel import aws, ids, pages
from chalicelib.kernel.commit import commit
from chalicelib.kernel.pages import Query
from chalicelib.kernel.work import Work
from chalicelib.privacy import collecting, erasing, store
from chalicelib.privacy.model import NewAccessRequest, NewErasure
from chalicelib.support import service as support
from chalicelib.support.requests import NewTicket
from chalicelib.timeline import service as timeline
from chalicelib.timeline.model import NewInteraction
from tests.engine import make_table

TITLE = "A long history: merging, collecting and erasing it (DynamoDB Local)"
FEW, MANY = 5, 50_000
TURNS = 40
BUDGET = 1.2
STEP_BUDGET = 300
"""Seconds: what the jobs' worker may take for a step."""
MEMORY_BUDGET = 150
"""MB that a job may need beside what the process had; the worker has 1,769 in all."""
TICKET_EVERY, RESPONSE_EVERY = 50, 100
AHEAD = timedelta(hours=1)
"""Later than an erasure looks again."""


@dataclass
class Taken:
    """A job that is over: how many steps it took, the seconds of them all and of the longest one."""

    steps: int
    seconds: float
    longest: float
    memory: float


def measure(events: int = MANY) -> Iterator[Line]:
    try:
        with (
            pytest.MonkeyPatch.context() as patch,
            running() as url,
            tempfile.TemporaryDirectory() as folder,
        ):
            environment(patch, url)
            for bucket in ("MAIL", "FILES"):
                patch.setenv(f"RAPPORT_{bucket}_BUCKET", bucket.lower())
            objects = Folder(Path(folder))
            patch.setattr(aws, "s3", lambda: objects)
            make_table(TABLE)
            known = {count: _customer(count) for count in (FEW, events)}
            yield from merging(known)
            yield from collecting_all(known[events])
            yield from erasing_all(known[events])
    except Missing as missing:
        yield Line(TITLE, "", f"not measured: {missing}", None)


def _customer(count: int) -> str:
    """Somebody with so many events."""
    progress(f"history: {count:,} events")
    body = {"name": f"Ada {count}", "emails": [f"ada{count}@example.org"]}
    found: str = perform(invocation("POST", "/v1/customers", {}, body))["id"]
    for begin in range(0, count, 1000):
        crowd.put_all(TABLE, _events(found, range(begin, min(begin + 1000, count))))
    return found


def _events(customer_id: str, numbers: range) -> Iterator[Any]:
    """The items that the services would write."""
    for number in numbers:
        work = Work(now=crowd.BEGAN + timedelta(minutes=number))
        if number % TICKET_EVERY == 0:
            new = {
                "channel": "phone",
                "subject": f"Kettle {number}",
                "text": "It leaks.",
                "customer_id": customer_id,
            }
            support.open_by_hand(work, NewTicket.model_validate(new))
        elif number % RESPONSE_EVERY == 1:
            _respond(work, customer_id)
        else:
            call = {"channel": "phone", "direction": "inbound", "summary": f"Asked for parcel {number}."}
            timeline.log(work, customer_id, NewInteraction.model_validate(call))
        yield from (write.request["Item"] for write in work.writes if "Item" in write.request)


def _respond(work: Work, customer_id: str) -> None:
    given = NewFeedback(survey="bench", kind="nps", score=9, comment="It was as good as I had hoped.")
    identifier = ids.new_id("fbk", work.now)
    submission = Submission(
        version=1, id=identifier, submitted_at=work.now, submitted_by="key_bench", response=given
    )
    response = Feedback.of(submission, Understanding(), customer_id=customer_id, at=work.now)
    feedback.add(work, response, given.fingerprint)


def merging(known: dict[int, str]) -> Iterator[Line]:
    """Merge each into somebody, and undo it, in turns."""
    body = {"name": "Ada", "emails": ["ada@example.org"]}
    survivor = perform(invocation("POST", "/v1/customers", {}, body))["id"]
    times: dict[str, dict[int, list[float]]] = {"merge": {}, "merge/undo": {}}
    for turn in range(TURNS):
        for count in sorted(known, reverse=bool(turn % 2)):
            for what, taken in times.items():
                url, said = f"/v1/customers/{survivor}/{what}", {"merged_id": known[count]}
                seconds = clocked(partial(perform, invocation("POST", url, {}, said)))
                taken.setdefault(count, []).append(seconds * 1000)
    for what, taken in times.items():
        few, many = (statistics.median(taken[count]) for count in sorted(known))
        label = "merge" if what == "merge" else "undo a merge"
        detail = f"{few:.1f} ms with {FEW}, {many:.1f} ms"
        yield ratio(f"{label} of {max(known):,} events", BUDGET, many / few, detail)


def collecting_all(customer_id: str) -> Iterator[Line]:
    """Collect all that is kept of them."""
    work = Work()
    job = collecting.request(work, customer_id, NewAccessRequest())
    commit(work)
    taken = _taken(job.id, collecting.step, lambda: store.access(job.id), ("running",))
    over = store.access(job.id)
    size = sum(volume.size for volume in over.volumes) / 1e6
    counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(over.counts.items()))
    yield Line("access request", "", f"{counts}; {len(over.volumes)} volumes of {size:.1f} MB", None)
    yield from _lines("access request", taken)


def erasing_all(customer_id: str) -> Iterator[Line]:
    """Erase them, with the second look."""
    work = Work()
    job = erasing.request(work, customer_id, NewErasure(confirm=customer_id))
    commit(work)
    taken = _taken(job.id, erasing.step, lambda: store.erasure(job.id), ("running", "settling"))
    removed = sorted(store.erasure(job.id).removed.items())
    counts = ", ".join(f"{count:,} {kind}" for kind, count in removed)
    left = len(list(pages.every(Query(f"CUS#{customer_id}", consistent=True))))
    yield Line("erasure", "mark alone", f"{counts}; {left} item left", left == 1)
    yield from _lines("erasure", taken)


def _taken(
    job_id: str,
    step: Callable[[Work, str, int], None],
    read: Callable[[], Any],
    states: tuple[str, ...],
) -> Taken:
    """Take the job's steps, as its worker and its timer do."""
    before = _memory()
    seconds: list[float] = []
    while (now := read()).state in states:
        work = Work()
        if now.state == "settling":
            erasing.wake(work, job_id, ids.now() + AHEAD)
            commit(work)
            continue
        began = time.perf_counter()
        step(work, job_id, now.step)
        commit(work)
        seconds.append(time.perf_counter() - began)
        progress(f"{job_id}: step {now.step}, {seconds[-1]:.0f} s")
    return Taken(len(seconds), sum(seconds), max(seconds), _memory() - before)


def _memory() -> float:
    """The most that this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _lines(what: str, taken: Taken) -> Iterator[Line]:
    text = f"{taken.longest:.0f} s ({taken.steps} steps, {taken.seconds:.0f} s)"
    yield Line(f"{what}: longest step", f"≤ {STEP_BUDGET} s", text, taken.longest <= STEP_BUDGET)
    yield Line(
        f"{what}: memory", f"≤ {MEMORY_BUDGET} MB", f"{taken.memory:.0f} MB", taken.memory <= MEMORY_BUDGET
    )


if __name__ == "__main__":
    sys.exit(alone(TITLE, partial(measure, *map(int, sys.argv[1:2]))))
