"""The items of suggestions: listed by votes, also of a status, and by age. Those of votes: ballots.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import AlreadyExists, Conflict, NotFound, RapportError, Stale
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.suggestions.model import Moderation, Status, Suggestion

SHARDS = 4
"""Partitions that each list is spread over, so that no single one takes every vote."""
Order = Literal["votes", "newest"]


def partition(suggestion_id: str) -> str:
    """The partition of a suggestion, its votes and its events."""
    return f"SUG#{suggestion_id}"


def key(suggestion_id: str) -> Key:
    return Key(partition(suggestion_id), "SUGGESTION")


def _author_key(suggestion_id: str) -> Key:
    return Key(partition(suggestion_id), "AUTHOR")


def standing(suggestion_id: str, votes: int) -> str:
    """Where it stands in a list by votes; unique, since it ends in the id."""
    return f"{votes:010}#{suggestion_id}"


def _lists(one: Suggestion) -> dict[str, str]:
    """Partitions of the lists that it is in: what is not public only in that of its moderation."""
    shard = ord(one.id[-1]) % SHARDS
    state = "merged" if one.merged_into else one.moderation
    places = {"gsi3pk": f"SUG#{state}#{shard}"}
    if one.is_public:
        places |= {"gsi1pk": f"SUG#STATUS#{one.status}#{shard}", "gsi2pk": f"SUG#TOP#{shard}"}
    return places


def _item(one: Suggestion) -> Item:
    place = standing(one.id, one.votes)
    sorts = {"gsi1sk": place, "gsi2sk": place} if one.is_public else {}
    fields = one.model_dump(mode="json", exclude_none=True)
    return {**key(one.id)._asdict(), **fields, **_lists(one), **sorts, "gsi3sk": one.id}


def add(work: Work, one: Suggestion) -> None:
    """Add a suggestion. Fails with Conflict `already_posted` when its response became one before."""

    def known(_: Item | None) -> RapportError:
        return Conflict("This response is a suggestion.", code="already_posted", suggestion_id=one.id)

    work.put(_item(one), unless_exists=known)
    if one.customer_id:
        listed = {"gsi1pk": f"SUG#CUS#{one.customer_id}", "gsi1sk": one.id}
        item = {**_author_key(one.id)._asdict(), "suggestion_id": one.id, **listed}
        work.put(item, unless_exists=AlreadyExists("This author is noted."))


def change(work: Work, before: Suggestion, after: Suggestion) -> None:
    """Write what changed, but the votes, which others count meanwhile. Fails with Stale."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    fields = {name: new[name] for name in new if new[name] != old[name] and name not in ("version", "votes")}
    assign = {name: value for name, value in fields.items() if value is not None}
    remove = [name for name, value in fields.items() if value is None]
    assign |= _lists(after)
    if after.is_public and not before.is_public:
        place = standing(after.id, after.votes)
        assign |= {"votes": after.votes, "gsi1sk": place, "gsi2sk": place}
    if before.is_public and not after.is_public:
        remove += ["gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"]
    unchanged = Attr("version").eq(before.version)
    work.update(
        key(after.id), assign=assign, add={"version": 1}, remove=remove, when=unchanged, failure=_changed()
    )


def _changed() -> Stale:
    return Stale("The suggestion changed meanwhile; read it again.")


def put_votes(work: Work, one: Suggestion, votes: int) -> None:
    """Write how many votes were counted. Fails with Stale when others wrote it, or it left the lists."""
    place = standing(one.id, votes)
    same = Attr("votes").eq(one.votes) & Attr("gsi2pk").exists()
    assign = {"votes": votes, "gsi1sk": place, "gsi2sk": place}
    work.update(key(one.id), assign=assign, when=same, failure=_changed())


def remove(work: Work, one: Suggestion) -> None:
    """Delete what was never public. Fails with Stale."""
    work.delete(key(one.id), when=Attr("version").eq(one.version), failure=_changed())
    work.delete(_author_key(one.id))


def forget_author(work: Work, one: Suggestion) -> None:
    """Leave what everybody sees. Fails with Stale."""
    change(work, one, one.model_copy(update={"customer_id": None, "feedback_id": None}))
    work.delete(_author_key(one.id))


def find(suggestion_id: str) -> Suggestion | None:
    item = table.get(key(suggestion_id))
    return of_item(item) if item else None


def get(suggestion_id: str) -> Suggestion:
    """Raises NotFound."""
    found = find(suggestion_id)
    if found is None:
        raise no_such_suggestion()
    return found


def no_such_suggestion() -> NotFound:
    return NotFound("There is no such suggestion.", code="no_such_suggestion")


def of_item(item: Item) -> Suggestion:
    return Suggestion.model_validate(item, strict=False)


def get_many(suggestion_ids: Sequence[str]) -> list[Suggestion]:
    """Those of these that exist, 100 at most: one call."""
    found = table.get_many(key(one) for one in suggestion_ids)
    return [of_item(found[key(one)]) for one in suggestion_ids if key(one) in found]


def listed(
    *, order: Order, status: Status | None, moderation: Moderation, limit: int, after: str | None
) -> tuple[list[Suggestion], str | None]:
    """A page, by votes or the newest first: a call a shard. Only what is public is listed by votes."""
    where: Any = None
    if order == "votes" and moderation == "public":
        name, index = (f"SUG#STATUS#{status}", "gsi1") if status else ("SUG#TOP", "gsi2")
    else:
        name, index = f"SUG#{moderation}", "gsi3"
        where = Attr("status").eq(status) if status else None
    queries = [Query(f"{name}#{shard}", index=index, where=where) for shard in range(SHARDS)]
    found = pages.page(queries, limit=limit, after=after)
    return [of_item(item) for item in found.items], found.after


def of_author(customer_id: str, *, limit: int, after: str | None) -> tuple[list[Suggestion], str | None]:
    """A page of a customer's suggestions, newest first: two calls."""
    found = pages.page([Query(f"SUG#CUS#{customer_id}", index="gsi1")], limit=limit, after=after)
    there = get_many([item["suggestion_id"] for item in found.items])
    return [one for one in there if one.customer_id == customer_id], found.after
