"""What staff and visitors do with suggestions. Votes: voting.py; duplicates: merging.py; news: telling.py."""

from __future__ import annotations

from typing import Any

from chalicelib.customers import service as customers
from chalicelib.feedback import service as feedback
from chalicelib.kernel import ids, patches, table
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.events import changes
from chalicelib.kernel.http.visitors import Visitor
from chalicelib.kernel.work import Work
from chalicelib.suggestions import ballots, finding, store, telling, voting
from chalicelib.suggestions.ballots import POSTS_A_DAY, Vote
from chalicelib.suggestions.events import SuggestionChanged, SuggestionPosted
from chalicelib.suggestions.model import (
    Moderation,
    NewSuggestion,
    Posted,
    PublicPost,
    Source,
    Status,
    Suggestion,
    SuggestionPatch,
)
from chalicelib.suggestions.store import Order


def post(work: Work, new: NewSuggestion) -> Suggestion:
    """Write a suggestion down, public at once; one of a customer has their vote. Raises NotFound, Invalid.

    Fails with Conflict `already_posted` when its response became one before.
    """
    response = feedback.get(new.feedback_id) if new.feedback_id else None
    customer_id = new.customer_id or (response.customer_id if response else None)
    text = new.text or (response.comment if response else None)
    if text is None:
        raise Invalid.in_body("text", "say it, or name a response that does", "missing")
    identifier = ids.keyed_id("sug", new.feedback_id) if new.feedback_id else ids.new_id("sug", work.now)
    if customer_id:
        customer_id = customers.get(customer_id).id
    return _add(
        work,
        "staff",
        "public",
        id=identifier,
        title=new.title,
        text=text,
        customer_id=customer_id,
        feedback_id=new.feedback_id,
    )


def post_from_outside(work: Work, new: PublicPost, visitor: Visitor) -> Posted:
    """Take a suggestion that nobody sees until staff publish it: a call. Raises NotFound, Forbidden.

    Five a day come from a customer, or from a network address: fails with Conflict `too_many_votes` then.
    """
    customer_id = voting.of_token(new.token).customer_id if new.token else None
    who = customer_id or voting.network_of(visitor.address)
    key = ballots.allowance_key(who, work.now.date().isoformat())
    ballots.allow(work, key, "posts", POSTS_A_DAY)
    source: Source = "customer" if customer_id else "public"
    identifier = ids.new_id("sug", work.now)
    one = _add(
        work, source, "pending", id=identifier, title=new.title, text=new.text, customer_id=customer_id
    )
    return Posted(id=one.id, moderation=one.moderation)


def _add(work: Work, source: Source, moderation: Moderation, **fields: Any) -> Suggestion:
    one = Suggestion(
        source=source,
        moderation=moderation,
        votes=1 if fields.get("customer_id") else 0,
        status_at=work.now,
        created_at=work.now,
        updated_at=work.now,
        **fields,
    )
    store.add(work, one)
    finding.index_new(work, one)
    if one.customer_id:
        customers.require(work, one.customer_id)
        ballots.cast(work, Vote(one.id, one.customer_id, ids.stamp(work.now)))
        ballots.count(work, one.id, 1)
    event = SuggestionPosted(suggestion_id=one.id, source=source, moderation=moderation)
    own = customers.partition(one.customer_id) if one.customer_id else store.partition(one.id)
    work.record(own, event, customer_id=one.customer_id, private={"subject": one.title})
    return one


def change(work: Work, suggestion_id: str, patch: SuggestionPatch) -> Suggestion:
    """Apply a merge patch; who voted is told of a new status. Raises NotFound, Stale, Conflict `merged`."""
    before = get(suggestion_id)
    work.check_version(before.version)
    given = patches.given(patch)
    changed = patches.changed(before, given)
    if not changed:
        return before
    if before.merged_into:
        raise Conflict("It goes on in another one.", code="merged", suggestion_id=before.merged_into)
    after = before.changed(given, work.now)
    store.change(work, before, after)
    if {"title", "text", "moderation"} & set(changed):
        finding.index(work, after)
    record(work, before, after, changed)
    if after.changes != before.changes and after.is_public:
        telling.start(work, after)
    return after


def record(work: Work, before: Suggestion, after: Suggestion, changed: list[str]) -> None:
    """Record what changed of a suggestion."""
    event = SuggestionChanged(
        suggestion_id=after.id,
        suggestion_version=after.version,
        changed=changed,
        status=after.status,
        moderation=after.moderation,
    )
    work.record(store.partition(after.id), event, private=changes(before, after, changed))


def get(suggestion_id: str) -> Suggestion:
    """A suggestion with its votes as they are now: one call. Raises NotFound."""
    keys = [store.key(suggestion_id), *ballots.count_keys(suggestion_id)]
    found = table.get_many(keys)
    item = found.get(keys[0])
    if item is None:
        raise store.no_such_suggestion()
    return store.of_item(item).model_copy(update={"votes": ballots.total(found, suggestion_id)})


def public(suggestion_id: str) -> Suggestion:
    """What everybody may see; of a duplicate the suggestion, with `merged_into`. Raises NotFound."""
    one = get(suggestion_id)
    if one.moderation != "public":
        raise store.no_such_suggestion()
    return one


def listed(
    *, order: Order, status: Status | None, moderation: Moderation, limit: int, after: str | None
) -> tuple[list[Suggestion], str | None]:
    """A page, by votes or the newest first: four calls."""
    return store.listed(order=order, status=status, moderation=moderation, limit=limit, after=after)


def of_customer(customer_id: str, *, limit: int, after: str | None) -> tuple[list[Suggestion], str | None]:
    """A page of what a customer suggested, newest first: two calls."""
    return store.of_author(customer_id, limit=limit, after=after)
