"""The items of topics, of consents beside their customer's profile, and of preferences."""

from __future__ import annotations

from collections.abc import Iterable

from boto3.dynamodb.conditions import Attr

from chalicelib.consent.model import Preferences, StoredConsent, Topic
from chalicelib.customers import service as customers
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import Conflict, NotFound, Stale
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Failure, Work

TOPICS = "TOPICS"
"""The partition of all topics."""

_OVERTAKEN = Stale("Somebody else changed this meanwhile.")


def topic_key(topic: str) -> Key:
    return Key(TOPICS, f"TOPIC#{topic}")


def topic_partition(topic: str) -> str:
    """Where events about a topic are recorded."""
    return f"TOP#{topic}"


def consent_key(customer_id: str, channel: str, topic: str) -> Key:
    """Beside the profile, so that one query reads both."""
    return Key(customers.partition(customer_id), f"PROFILE#CONSENT#{channel}#{topic}")


def preferences_key(customer_id: str) -> Key:
    return Key(customers.partition(customer_id), "PROFILE#PREFERENCES")


def add_topic(work: Work, topic: Topic) -> None:
    """Fails with Conflict `topic_exists`."""
    taken = Conflict("There is a topic with this id.", code="topic_exists")
    work.put(_topic_item(topic), unless_exists=taken)


def replace_topic(work: Work, topic: Topic, *, version: int) -> None:
    work.replace(_topic_item(topic), version=version)


def _topic_item(topic: Topic) -> Item:
    return {**topic_key(topic.id)._asdict(), **topic.model_dump(mode="json", exclude_none=True)}


def get_topic(topic: str) -> Topic:
    """Raises NotFound."""
    item = table.get(topic_key(topic))
    if item is None:
        raise NotFound("There is no such topic.", code="no_such_topic")
    return topic_of(item)


def topic_of(item: Item) -> Topic:
    return Topic.model_validate(item, strict=False)


def topics(*, limit: int, after: str | None) -> tuple[list[Topic], str | None]:
    """A page of the topics, by id."""
    found = pages.page([Query.prefixed(TOPICS, "TOPIC#", ascending=True)], limit=limit, after=after)
    return [topic_of(item) for item in found.items], found.after


def require_topic(work: Work, topic: str, failure: Failure) -> None:
    """Commit only if the topic exists and is active."""
    work.require(topic_key(topic), failure, when=Attr("active").eq(True))


def require_unchanged(work: Work, topic: Topic) -> None:
    """Commit only if the topic is as it was read."""
    work.require(topic_key(topic.id), _OVERTAKEN, when=Attr("version").eq(topic.version))


def consent_of(item: Item) -> StoredConsent:
    return StoredConsent.model_validate(item, strict=False)


def put_consent(work: Work, before: StoredConsent | None, after: StoredConsent) -> None:
    """Write the next version. Fails with Stale when it changed meanwhile."""
    key = consent_key(after.customer_id, after.channel, after.topic)
    item = {**key._asdict(), **after.model_dump(mode="json", exclude_none=True)}
    if before:
        work.replace(item, version=before.version)
    else:
        work.put(item, unless_exists=_OVERTAKEN)


def consents_of(customer_ids: Iterable[str]) -> list[StoredConsent]:
    """All statements of some customers, by channel and topic: one call a customer."""
    queries = [Query.prefixed(customers.partition(one), "PROFILE#CONSENT#") for one in customer_ids]
    return [consent_of(item) for query in queries for item in pages.every(query)]


def get_preferences(customer_id: str) -> Preferences | None:
    item = table.get(preferences_key(customer_id))
    return Preferences.model_validate(item, strict=False) if item else None


def put_preferences(work: Work, preferences: Preferences) -> None:
    """Write the next version. Fails with Stale when it changed meanwhile."""
    key = preferences_key(preferences.customer_id)
    item = {**key._asdict(), **preferences.model_dump(mode="json", exclude_none=True)}
    if preferences.version > 1:
        work.replace(item, version=preferences.version - 1)
    else:
        work.put(item, unless_exists=_OVERTAKEN)


def kept(customer_id: str, *, limit: int) -> list[Item]:
    """Up to `limit` of the items that are kept of a customer here."""
    queries = ("PROFILE#CONSENT#", "PROFILE#PREFERENCES")
    found = [pages.page([_of(customer_id, prefix)], limit=limit).items for prefix in queries]
    return [item for items in found for item in items][:limit]


def _of(customer_id: str, prefix: str) -> Query:
    return Query.prefixed(customers.partition(customer_id), prefix)
