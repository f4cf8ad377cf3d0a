"""The topics that customers can be asked about: the business's own, beside `service`."""

from __future__ import annotations

from chalicelib.consent import store
from chalicelib.consent.events import TopicChanged
from chalicelib.consent.model import SERVICE, NewTopic, Topic, TopicPatch
from chalicelib.kernel import patches
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.events import changes
from chalicelib.kernel.work import Work

MOST = 100
"""Topics of a business. Two who add the last one at once may both succeed: it only bounds a list."""


def add(work: Work, new: NewTopic) -> Topic:
    """Add a topic. Raises Conflict `topic_exists`, Conflict `too_many_topics`."""
    if new.id == SERVICE:
        raise Conflict("The topic service is there already.", code="topic_exists")
    there, _ = store.topics(limit=MOST, after=None)
    if len(there) == MOST:
        raise Conflict(f"There are {MOST} topics at most.", code="too_many_topics")
    topic = Topic(version=1, created_at=work.now, updated_at=work.now, **new.model_dump())
    store.add_topic(work, topic)
    work.record(store.topic_partition(topic.id), TopicChanged(topic=topic.id, changed=["created"]))
    return topic


def change(work: Work, topic_id: str, patch: TopicPatch) -> Topic:
    """Apply a merge patch. Raises NotFound, Stale."""
    before = store.get_topic(topic_id)
    work.check_version(before.version)
    given = patches.given(patch)
    changed = patches.changed(before, given)
    if not changed:
        return before
    after = before.model_copy(update={**given, "version": before.version + 1, "updated_at": work.now})
    store.replace_topic(work, after, version=before.version)
    event = TopicChanged(topic=after.id, changed=changed)
    work.record(store.topic_partition(after.id), event, private=changes(before, after, changed))
    return after


def get(topic_id: str) -> Topic:
    """Raises NotFound."""
    return store.get_topic(topic_id)


def by_id(*, limit: int, after: str | None) -> tuple[list[Topic], str | None]:
    """A page of the topics, in the order of their ids."""
    return store.topics(limit=limit, after=after)
