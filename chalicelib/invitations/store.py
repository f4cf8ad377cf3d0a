"""The items of invitations, and when somebody was last invited to anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.invitations.model import KEPT_FOR, Invitation
from chalicelib.kernel import pages, table, tokens
from chalicelib.kernel.errors import Conflict, NotFound, Repeated, Stale
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work

MOST_OF_VISITOR = 30
"""Responses to one public survey from one network address in a day: a shop's tablet, not a script."""


def partition(invitation_id: str) -> str:
    return f"INV#{invitation_id}"


def invitation_key(invitation_id: str) -> Key:
    return Key(partition(invitation_id), "INVITATION")


def asked_key(customer_id: str) -> Key:
    """Where it is said when a customer was last invited."""
    return Key(f"INV#{customer_id}", "ASKED")


def until(invitation: Invitation) -> int:
    """When an invitation, and what only wakes its workers, is forgotten (epoch seconds)."""
    return int((invitation.created_at + KEPT_FOR).timestamp())


def _item(invitation: Invitation) -> Item:
    place = f"{stamp(invitation.created_at)}#{invitation.id}"
    return {
        **invitation_key(invitation.id)._asdict(),
        **invitation.model_dump(mode="json", exclude_none=True),
        "expires_at": until(invitation),
        "gsi1pk": _survey_list(invitation.survey),
        "gsi1sk": place,
        "gsi2pk": _customer_list(invitation.customer_id),
        "gsi2sk": place,
    }


def _survey_list(survey: str) -> str:
    return f"INV#SURVEY#{survey}"


def _customer_list(customer_id: str) -> str:
    return f"INV#CUS#{customer_id}"


def add(work: Work, invitation: Invitation, *, instead_of: Invitation | None = None) -> None:
    """Add an invitation, or the next version of one that was undone. Fails with Repeated, Stale."""
    if instead_of is not None:
        replace(work, invitation)
        return
    work.put(_item(invitation), unless_exists=Repeated("This invitation was made before."))


def replace(work: Work, invitation: Invitation) -> None:
    """Write the next version. Fails with Stale when it changed meanwhile."""
    work.replace(_item(invitation), version=invitation.version - 1)


def get(invitation_id: str) -> Invitation:
    """Raises NotFound."""
    item = table.get(invitation_key(invitation_id))
    if item is None:
        raise NotFound("There is no such invitation.", code="no_such_invitation")
    return invitation_of(item)


def invitation_of(item: Item) -> Invitation:
    return Invitation.model_validate(item, strict=False)


def get_many(invitation_ids: Iterable[str]) -> dict[str, Invitation]:
    """Those of these that are there, by id: one call; 100 at most."""
    found = table.get_many(map(invitation_key, invitation_ids))
    return {item["id"]: invitation_of(item) for item in found.values()}


def newest(
    *, survey: str | None, customer_ids: Sequence[str], limit: int, after: str | None
) -> tuple[list[Invitation], str | None]:
    """A page of invitations, newest first: of a customer's ids, a call each, or of a survey, one call."""
    if customer_ids:
        where = Attr("survey").eq(survey) if survey else None
        queries = [Query(_customer_list(one), index="gsi2", where=where) for one in customer_ids]
    else:
        queries = [Query(_survey_list(str(survey)), index="gsi1")]
    found = pages.page(queries, limit=limit, after=after)
    return [invitation_of(item) for item in found.items], found.after


def was_asked_since(items: Iterable[Item], at: datetime) -> bool:
    """Whether any of these notes says that its customer was invited after that."""
    return any(item["asked_at"] > stamp(at) for item in items)


def note_asked(work: Work, customer_id: str, *, pause: timedelta) -> None:
    """Note that a customer is invited now. Fails with Stale when they were within the pause, meanwhile."""
    item: Item = {
        **asked_key(customer_id)._asdict(),
        "asked_at": stamp(work.now),
        "expires_at": int((work.now + timedelta(days=366)).timestamp()),
    }
    if not pause:
        work.overwrite(item)
        return
    long_ago = Attr("asked_at").lte(stamp(work.now - pause))
    work.put(item, unless_exists=Stale("They were invited meanwhile."), or_when=long_ago)


def remove_some(work: Work, customer_id: str, *, limit: int) -> int:
    """Remove some of a customer's invitations, and when they were asked last; how many. Two calls."""
    query = Query(_customer_list(customer_id), index="gsi2", only=("pk", "sk", "gsi2sk"))
    listed = pages.page([query], limit=limit).items
    keys = list(table.get_many(table.key_of(one) for one in listed)) if listed else []
    for key in keys:
        work.delete(key)
    if table.get(asked_key(customer_id)):
        work.delete(asked_key(customer_id))
        keys.append(asked_key(customer_id))
    return len(keys)


def count_visit(work: Work, survey: str, address: str, day: datetime) -> None:
    """Count a public response of a network address; `day` is when its day began: no more of it is kept.

    Fails with Conflict `too_many_responses` after 30 in a day.
    """
    name = tokens.keyed_hash("survey", f"from {survey} {address} {day.date().isoformat()}")
    sentence = "Too many responses came from here today."
    work.update(
        Key(f"ANSWERED#{name}", "ANSWERED"),
        assign={"expires_at": int((day + timedelta(days=2)).timestamp())},
        add={"count": 1},
        when=Attr("count").not_exists() | Attr("count").lt(MOST_OF_VISITOR),
        failure=Conflict(sentence, code="too_many_responses", retry_after=86_400),
    )
