"""The items of feedback: the responses, with their places in the lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import service as customers
from chalicelib.feedback.model import KINDS, Feedback, Kind
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import Conflict, RapportError, Repeated, Stale
from chalicelib.kernel.events import PREFIX
from chalicelib.kernel.ids import stamp, ulid
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key, key_of
from chalicelib.kernel.work import Work


def partition(feedback_id: str) -> str:
    """The partition that holds a response, and its events while it is nobody's."""
    return f"FBK#{feedback_id}"


def feedback_key(feedback_id: str) -> Key:
    return Key(partition(feedback_id), "FEEDBACK")


def add(work: Work, feedback: Feedback, fingerprint: str) -> None:
    """Add a response. Fails with Repeated when the same is there, with Conflict for another one."""

    def known(old: Item | None) -> RapportError:
        if old is not None and old.get("fingerprint", fingerprint) == fingerprint:
            return Repeated(
                "This response is stored already."
            )  # one that was reduced has no fingerprint left
        return Conflict("Another response has this id.", code="feedback_id_reused")

    work.put(_item(feedback) | {"fingerprint": fingerprint}, unless_exists=known)


def _item(feedback: Feedback) -> Item:
    """The response, with its places in the lists by survey, by customer and by kind."""
    place = f"{stamp(feedback.submitted_at)}#{feedback.id}"
    item = {
        **feedback_key(feedback.id)._asdict(),
        **feedback.model_dump(mode="json", exclude_none=True),
        **_listed("gsi1", _survey_list(feedback.survey), place),
        **_listed("gsi3", _kind_list(feedback.kind), place),
    }
    if feedback.customer_id:
        item |= _listed("gsi2", _customer_list(feedback.customer_id), place)
    return item


def _listed(index: str, name: str, place: str) -> Item:
    return {f"{index}pk": name, f"{index}sk": place}


def _survey_list(survey: str) -> str:
    return f"FBK#SURVEY#{survey}"


def _customer_list(customer_id: str) -> str:
    return f"FBK#CUSTOMER#{customer_id}"


def _kind_list(kind: Kind) -> str:
    return f"FBK#KIND#{kind}"


def find(feedback_id: str) -> Feedback | None:
    """One response, in one call."""
    item = table.get(feedback_key(feedback_id))
    return _feedback(item) if item else None


class Kept(NamedTuple):
    """A response, and whether it is counted by its tags and themes."""

    feedback: Feedback
    tallied: bool


def kept(feedback_ids: Iterable[str]) -> dict[str, Kept]:
    """Those of the responses that there are, by id: one call for 100."""
    found = table.get_many(feedback_key(one) for one in feedback_ids)
    return {item["id"]: _kept(item) for item in found.values()}


def _kept(item: Item) -> Kept:
    return Kept(_feedback(item), bool(item.get("tallied")))


def mark_tallied(work: Work, feedback: Feedback) -> None:
    """Mark a response as counted by its topics.

    Fails with Repeated when it is, or is gone, with Stale when it was understood anew meanwhile.
    """

    def failed(old: Item | None) -> RapportError:
        if old is not None and not old.get("tallied"):
            return Stale("The response changed meanwhile.")
        return Repeated("The response is counted by its topics already, or gone.")

    free = Attr("tallied").not_exists() & Attr("pk").exists()
    work.update(
        feedback_key(feedback.id),
        assign={"tallied": True},
        when=free & Attr("themes").eq(feedback.themes),
        failure=failed,
    )


def understand_anew(work: Work, kept: Kept, after: Feedback) -> None:
    """Replace what is made of a response's words.

    Fails with Stale when it changed meanwhile, or was counted by its topics.
    """
    names = {"language", "sentiment", "themes", "urgency"}
    made = after.model_dump(mode="json", include=names, exclude_none=True)
    same = Attr("version").eq(kept.feedback.version) & Attr("reduced").eq(False)
    marked = Attr("tallied").exists() if kept.tallied else Attr("tallied").not_exists()
    work.update(
        feedback_key(after.id),
        assign={**made, "tallied": True},
        remove=tuple(sorted(names - set(made))),
        when=same & marked,
        failure=Stale("The response changed meanwhile."),
    )


def every() -> Iterator[Kept]:
    """All responses there are: a call a megabyte."""
    for kind in KINDS:
        for item in pages.every(Query(_kind_list(kind), index="gsi3", ascending=True)):
            yield _kept(item)


def newest_ids(limit: int, after: str | None) -> tuple[list[str], str | None]:
    """A page of the ids of all responses, newest first, and where the next one begins."""
    found = pages.page([Query(_kind_list(kind), index="gsi3") for kind in KINDS], limit=limit, after=after)
    return [str(item["id"]) for item in found.items], found.after


def of_customer(customer_id: str, *, limit: int) -> list[Feedback]:
    """Some of a customer's responses, as they are now: two calls."""
    listed = pages.page([Query(_customer_list(customer_id), index="gsi2")], limit=limit).items
    found = table.get_many(key_of(item) for item in listed)
    return [_feedback(item) for item in found.values() if item.get("customer_id") == customer_id]


def every_of_customer(customer_id: str) -> Iterator[Feedback]:
    """All of a customer's responses, oldest first."""
    query = Query(_customer_list(customer_id), index="gsi2", ascending=True)
    return (_feedback(item) for item in pages.every(query))


_OF_THE_PERSON = (
    *("comment", "custom", "answers", "customer_id", "invitation_id", "ticket_id", "fingerprint"),
    *("gsi2pk", "gsi2sk"),
)


def reduce(work: Work, feedback: Feedback) -> None:
    """Leave what is counted, and nothing of the person. Fails with Stale when it changed meanwhile."""
    work.update(
        feedback_key(feedback.id),
        assign={"reduced": True},
        add={"version": 1},
        remove=_OF_THE_PERSON,
        when=Attr("version").eq(feedback.version),
        failure=Stale("The response changed meanwhile."),
    )


def forget_words(work: Work, feedback: Feedback) -> None:
    """Remove the beginning of the comment from the event that a response left: one call."""
    holder = customers.partition(feedback.customer_id) if feedback.customer_id else partition(feedback.id)
    moment = PREFIX + ulid(feedback.submitted_at)[:10]
    for item in pages.every(Query.prefixed(holder, moment, consistent=True)):
        if item["data"].get("feedback_id") == feedback.id and "private" in item:
            gone = Stale("The event was removed meanwhile.")
            work.update(key_of(item), remove=("private",), when=Attr("pk").exists(), failure=gone)


def whole(
    kind: Kind, since: datetime, until: datetime, *, limit: int, after: str | None
) -> tuple[list[Feedback], str | None]:
    """A page of responses of a kind and a time that were not reduced, as they are now, oldest first."""
    query = Query(
        _kind_list(kind),
        index="gsi3",
        low=stamp(since),
        high=stamp(until),
        ascending=True,
        where=Attr("reduced").not_exists() | Attr("reduced").eq(False),
    )
    listed = pages.page([query], limit=limit, after=after)
    found = table.get_many(key_of(item) for item in listed.items)
    return [_feedback(item) for item in found.values() if not item.get("reduced")], listed.after


def newest(
    *, customer_ids: Sequence[str], survey: str | None, kind: Kind | None, limit: int, after: str | None
) -> tuple[list[Feedback], str | None]:
    """A page of responses, newest first, from the narrowest list there is: one call, without filters five."""
    queries = _queries(customer_ids, survey, kind)
    found = pages.page(queries, limit=limit, after=after)
    return [_feedback(item) for item in found.items], found.after


def _queries(customer_ids: Sequence[str], survey: str | None, kind: Kind | None) -> list[Query]:
    if customer_ids:
        where = _where(survey=survey, kind=kind)
        return [Query(_customer_list(one), index="gsi2", where=where) for one in customer_ids]
    if survey:
        return [Query(_survey_list(survey), index="gsi1", where=_where(kind=kind))]
    return [Query(_kind_list(one), index="gsi3") for one in ([kind] if kind else KINDS)]


def _where(**wanted: str | None) -> Any:
    """The condition that these attributes have these values; None when nothing is asked."""
    where: Any = None
    for name, value in wanted.items():
        if value is not None:
            equal = Attr(name).eq(value)
            where = equal if where is None else where & equal
    return where


def _feedback(item: Item) -> Feedback:
    return Feedback.model_validate(item, strict=False)
