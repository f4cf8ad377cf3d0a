"""Responses that a page took: kept with the page's own change, told by an event, then taken in like others.

What is kept is removed when the response is stored; that it was there stays for a month, so that a form sent
again is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.feedback.events import SurveyAnswered
from chalicelib.feedback.model import Submission
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import Invalid, Repeated
from chalicelib.kernel.events import Published
from chalicelib.kernel.ids import ULID_PATTERN
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work

KEPT_FOR = timedelta(days=30)
"""Longer than its queue and the dead letters keep the event."""
_ID = re.compile(f"fbk_{ULID_PATTERN}")
Taken = Mapping[str, Item]
"""What pages took, as it is stored, by the id that the response will have."""


def _key(feedback_id: str) -> Key:
    return Key(f"SUB#{feedback_id}", "SUBMISSION")


def hand_in(work: Work, submission: Submission) -> None:
    """Keep a response for the worker, in the Work of the page that took it.

    Fails with Repeated when one of this id was handed in before. Of an anonymous one nothing tells the
    moment: neither the times nor the ids, which follow from the response's own.
    """
    at, until = submission.submitted_at, int((submission.submitted_at + KEPT_FOR).timestamp())
    item: Item = {
        **_key(submission.id)._asdict(),
        "submission": submission.model_dump(mode="json", exclude_defaults=True),
        "expires_at": until,
    }
    customer_id = submission.response.customer_id
    if customer_id:
        item |= {"gsi2pk": f"SUB#CUS#{customer_id}", "gsi2sk": submission.id}
    work.put(item, unless_exists=Repeated("This form was sent before."))
    event = SurveyAnswered(feedback_id=submission.id, survey=submission.response.survey)
    work.record(
        _key(submission.id).pk,
        event,
        occurred_at=at,
        recorded_at=at if submission.anonymous else None,
        once=(submission.id,) if submission.anonymous else (),
        expires_at=until,
    )


def tells(body: str) -> bool:
    """Whether a queue message tells of such a response."""
    return '"survey.answered"' in body and '"detail-type"' in body


def handed_in(bodies: Iterable[str]) -> Taken:
    """What these messages tell of: one call, none when they tell of nothing."""
    wanted = [name for body in bodies if tells(body) and (name := _named(body))]
    found = table.get_many(map(_key, wanted))
    taken = (item["submission"] for item in found.values() if "submission" in item)
    return {one["id"]: one for one in taken}


def _named(body: str) -> str | None:
    """The id in a message; None for what is none, so that one bad message does not fail its batch."""
    try:
        name = str(Published.of(body).data.get("feedback_id"))
    except Invalid:
        return None
    return name if _ID.fullmatch(name) else None


def _submission(stored: Item) -> Submission:
    return Submission.model_validate(stored, strict=False)


def read_event(body: str, taken: Taken) -> Submission:
    """The response that an event tells of. Raises Invalid for no event, Repeated when it is stored."""
    if (name := _named(body)) is None:
        raise Invalid("This is no event of ours.", code="unreadable_event")
    if name not in taken:
        raise Repeated("This response is stored already, or its customer was erased.")
    return _submission(taken[name])


def settle(work: Work, feedback_id: str) -> None:
    """Remove what was kept, in the Work that stores it. Fails with Repeated when that is done."""
    work.update(
        _key(feedback_id),
        remove=("submission", "gsi2pk", "gsi2sk"),
        when=Attr("submission").exists(),
        failure=Repeated("This response is stored already."),
    )


def of_customer(customer_id: str, *, limit: int) -> list[Submission]:
    """Some of what pages took of a customer and no worker yet: two calls at most."""
    query = Query(f"SUB#CUS#{customer_id}", index="gsi2", ascending=True)
    listed = pages.page([query], limit=limit).items
    if not listed:
        return []
    found = table.get_many(table.key_of(item) for item in listed)
    return [_submission(item["submission"]) for item in found.values() if "submission" in item]


def erase(work: Work, customer_id: str) -> int:
    """Remove some of it; how many, none when there is none left. 80 at most."""
    waiting = of_customer(customer_id, limit=80)
    for one in waiting:
        work.delete(_key(one.id))
    return len(waiting)
