"""Taking down what somebody says about a channel and a topic: the one way that consent changes.

Nothing here grants by itself: a grant is what a person said, taken down by who heard it, or a confirmed mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.consent import store
from chalicelib.consent.events import ConsentChanged, ConsentNoted
from chalicelib.consent.model import (
    NO,
    SERVICE,
    Channel,
    Consent,
    NewConsent,
    State,
    StoredConsent,
    Topic,
    strictest,
)
from chalicelib.customers import service as customers
from chalicelib.kernel import table
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.work import Work


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


def state(work: Work, customer_id: str, new: NewConsent) -> Consent:
    """Take down what a customer said. Raises NotFound, Invalid, Stale.

    A grant by e-mail to a topic with double opt-in waits for its confirmation, unless it was granted before.
    """
    if new.occurred_at is not None and new.occurred_at > work.now:
        raise Invalid.in_body("occurred_at", "lies in the future", "in_future")
    group = customers.group_of(customer_id)
    now = standing(group, new.channel, new.topic)
    work.check_version(now.own.version if now.own else 0)
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
    return put(work, now, given, repeatable=new.occurred_at is None).shown


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
    spread(work, after, now.said)
    return after


def spread(work: Work, after: StoredConsent, said: Iterable[StoredConsent]) -> None:
    """Write a no to every id that it was said for, so that it still holds for each once a merge is undone.

    `said` is what those ids have said before; a newer statement of theirs stays.
    """
    if after.state not in NO:
        return
    known = {one.customer_id: one for one in said}
    for customer_id in after.covers:
        before = known.get(customer_id)
        if before and (before.state in NO or before.is_newer_than(after.occurred_at, after.state)):
            continue
        alone: dict[str, Any] = {"customer_id": customer_id, "covers": [], "asked_at_hash": None}
        alone["version"] = before.version + 1 if before else 1
        replace(work, before, after.model_copy(update=alone))


def said_by(customer_ids: Iterable[str], channel: Channel, topic: str) -> list[StoredConsent]:
    """What these ids have said about a topic, in one call; none for no ids."""
    keys = [store.consent_key(one, channel, topic) for one in customer_ids]
    return [store.consent_of(item) for item in table.get_many(keys).values()] if keys else []


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
    private: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    if not noted:
        private["changes"] = {"state": {"from": before.state if before else None, "to": after.state}}
    work.record(
        customers.partition(after.customer_id),
        event,
        customer_id=after.customer_id,
        channel=after.channel,
        occurred_at=after.occurred_at,
        private=private | {"summary": f"{after.topic} by {after.channel}: {after.state}"},
    )


def asked_about(customer_id: str, channel: Channel, topic: str) -> tuple[StoredConsent | None, Topic | None]:
    """What one id said about a topic, and the topic: one call."""
    keys = store.consent_key(customer_id, channel, topic), store.topic_key(topic)
    found = table.get_many(keys)
    said, known = (found.get(key) for key in keys)
    return store.consent_of(said) if said else None, store.topic_of(known) if known else None
