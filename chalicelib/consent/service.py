"""What can be done with consent: take down what somebody said, and tell what it comes to.

Nothing here grants by itself: a grant is what a person said, taken down by who heard it, or a confirmed mail.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.consent import store
from chalicelib.consent.events import ConsentChanged, ConsentNoted
from chalicelib.consent.model import (
    SERVICE,
    Channel,
    Consent,
    Consents,
    Effective,
    NewConsent,
    Permission,
    State,
    StoredConsent,
    Topic,
    permits,
    strictest,
)
from chalicelib.consent.permission import Question
from chalicelib.customers import service as customers
from chalicelib.kernel import ids, table
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.table import key_of
from chalicelib.kernel.work import Work
from chalicelib.timeline import service as timeline
from chalicelib.timeline.model import Entry

ERASED_AT_ONCE = 80
"""Items that one transaction deletes at most."""


@dataclass(frozen=True)
class Standing:
    """What a customer and those merged with them have said on one channel and topic."""

    group: Sequence[str]
    channel: Channel
    topic_id: str
    topic: Topic | None
    """None for `service`."""
    said: list[StoredConsent]

    @property
    def own(self) -> StoredConsent | None:
        """The statement that the next one replaces: the survivor's."""
        return next((one for one in self.said if one.customer_id == self.group[0]), None)

    def state(self, work: Work) -> State | None:
        return strictest(self.said, work.now)

    def granted(self, work: Work) -> StoredConsent | None:
        """A statement that grants, when nothing stricter stands against it."""
        granting = (one for one in self.said if one.says(work.now) == "granted")
        return next(granting, None) if self.state(work) == "granted" else None


def standing(group: Sequence[str], channel: Channel, topic: str) -> Standing:
    """How it stands: one call. Raises Invalid for a topic that is unknown or no longer active."""
    keys = [store.consent_key(one, channel, topic) for one in group]
    found = table.get_many([*keys, store.topic_key(topic)])
    item = found.get(store.topic_key(topic))
    known = store.topic_of(item) if item else None
    if topic != SERVICE and (known is None or not known.active):
        raise unknown_topic()
    said = [store.consent_of(found[key]) for key in keys if key in found]
    return Standing(group, channel, topic, known, said)


def unknown_topic() -> Invalid:
    return Invalid.in_body("topic", "names no active topic", "unknown_topic")


def require_topic(work: Work, topic: str) -> None:
    """Commit only if the topic can be written about; else Invalid names the field."""
    if topic != SERVICE:
        store.require_topic(work, topic, unknown_topic())


def state(work: Work, customer_id: str, new: NewConsent) -> Consent:
    """Take down what a customer said. Raises NotFound, Invalid.

    A grant by e-mail to a topic with double opt-in waits for its confirmation, unless it was granted before.
    """
    if new.occurred_at is not None and new.occurred_at > work.now:
        raise Invalid.in_body("occurred_at", "lies in the future", "in_future")
    group = customers.group_of(customer_id)
    now = standing(group, new.channel, new.topic)
    said: State = "pending" if new.state == "granted" and needs_confirmation(work, now) else new.state
    fields = new.model_dump(exclude={"state", "occurred_at"})
    given = StoredConsent(
        customer_id=group[0],
        version=1,
        state=said,
        occurred_at=new.occurred_at or work.now,
        covers=list(group[1:]),
        **fields,
    )
    customers.require(work, group[0])
    return store.shown(put(work, now, given, repeatable=new.occurred_at is None))


def needs_confirmation(work: Work, now: Standing) -> bool:
    """Whether a grant has to be confirmed by mail first."""
    doubly = now.topic is not None and now.topic.double_opt_in and now.channel == "email"
    return doubly and now.state(work) != "granted"


def put(work: Work, now: Standing, given: StoredConsent, *, repeatable: bool = False) -> StoredConsent:
    """Write a statement of the survivor, unless a newer one stands: then it is only kept in the history.

    With `repeatable`, the same again at another time changes nothing.
    """
    before = now.own
    if before and before.state == given.state:
        given = given.model_copy(
            update={
                "confirmed_at": before.confirmed_at,
                "asked_at_hash": given.asked_at_hash or before.asked_at_hash,
            }
        )
    if before and before.is_newer_than(given.occurred_at, given.state):
        record(work, before, given, noted=True)
        return before
    if before and _same(before, given) and (repeatable or before.occurred_at == given.occurred_at):
        return before
    if now.topic is not None:
        store.require_unchanged(work, now.topic)
    after = given.model_copy(update={"version": before.version + 1 if before else 1})
    replace(work, before, after)
    return after


def _same(before: StoredConsent, given: StoredConsent) -> bool:
    told = {"state", "basis", "source", "evidence", "valid_until", "covers", "asked_at_hash"}
    return before.model_dump(include=told) == given.model_dump(include=told)


def replace(work: Work, before: StoredConsent | None, after: StoredConsent) -> None:
    """Write the next version of a statement and record it. Fails with Stale when it changed meanwhile."""
    store.put_consent(work, before, after)
    record(work, before, after)


def record(work: Work, before: StoredConsent | None, after: StoredConsent, *, noted: bool = False) -> None:
    """Record a statement where its customer's timeline shows it."""
    kind = ConsentNoted if noted else ConsentChanged
    event = kind(customer_id=after.customer_id, channel=after.channel, topic=after.topic, state=after.state)
    told = after.model_dump(mode="json", include={"basis", "source", "evidence", "valid_until"})
    private = {name: value for name, value in told.items() if value is not None}
    work.record(
        customers.partition(after.customer_id),
        event,
        customer_id=after.customer_id,
        channel=after.channel,
        occurred_at=after.occurred_at,
        private={**private, "from": before.state if before else None, "to": after.state},
    )


def asked_about(customer_id: str, channel: Channel, topic: str) -> tuple[StoredConsent | None, Topic | None]:
    """What one id said about a topic, and the topic: one call."""
    keys = store.consent_key(customer_id, channel, topic), store.topic_key(topic)
    found = table.get_many(keys)
    said, known = (found.get(key) for key in keys)
    return store.consent_of(said) if said else None, store.topic_of(known) if known else None


def shown(consent: StoredConsent) -> Consent:
    """The statement without what only we need."""
    return store.shown(consent)


def allowed(customer_ids: str | Sequence[str], channel: Channel, topic: str) -> bool:
    """Whether a customer, or a group of merged ones (customers.group_of), allows it: one call."""
    group = [customer_ids] if isinstance(customer_ids, str) else customer_ids
    return Question(None, channel, topic).answer_for(group, ids.now())


def permission(customer_id: str, channel: Channel, topic: str) -> Permission:
    """Whether a customer allows it: two calls. Raises NotFound."""
    customer = customers.get(customer_id)
    may = allowed([customer.id, *customer.merged_ids], channel, topic)
    return Permission(customer_id=customer.id, channel=channel, topic=topic, allowed=may)


def of_customer(customer_id: str) -> Consents:
    """Everything a customer said, and what it comes to: two calls, and one more for each merged id.

    Raises NotFound for a customer of whom there is nothing.
    """
    group = customers.group_of(customer_id)
    statements = store.consents_of(group)
    if not statements:
        customers.get(customer_id)
    now = ids.now()
    places = sorted({(one.channel, one.topic) for one in statements})
    effective = []
    for channel, topic in places:
        said = [one for one in statements if (one.channel, one.topic) == (channel, topic)]
        came_to = strictest(said, now)
        effective.append(
            Effective(channel=channel, topic=topic, state=came_to, allowed=permits(topic, came_to))
        )
    return Consents(
        customer_id=group[0], statements=[store.shown(one) for one in statements], effective=effective
    )


def history(customer_id: str, *, limit: int, after: str | None) -> tuple[list[Entry], str | None]:
    """A page of what was said and when, newest first. Raises NotFound."""
    return timeline.read(customer_id, kind="consent", channel=None, limit=limit, after=after)


def export_of(customer_id: str) -> Iterator[dict[str, Any]]:
    """What is kept of a customer here; statements of those merged with them are under their own ids."""
    for one in store.consents_of([customer_id]):
        yield {"kind": "consent", **one.model_dump(mode="json", exclude={"asked_at_hash"})}
    preferences = store.get_preferences(customer_id)
    if preferences is not None:
        yield {"kind": "preferences", **preferences.model_dump(mode="json")}


def erase(work: Work, customer_id: str) -> dict[str, int]:
    """Delete some of what is kept of a customer here; how many, none when there are none left."""
    items = store.kept(customer_id, limit=ERASED_AT_ONCE)
    for item in items:
        work.delete(key_of(item))
    return {"consents": len(items)} if items else {}
