"""Taking down that many customers want to hear no more, as a file of opt-outs says. Nothing here allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from chalicelib.consent import store
from chalicelib.consent.model import NO, Channel, State, StoredConsent
from chalicelib.consent.statements import Standing, put
from chalicelib.customers import service as customers
from chalicelib.kernel import table
from chalicelib.kernel.work import Work


def refusals(
    customer_ids: Iterable[str],
    channel: Channel,
    topics: Sequence[str],
    *,
    source: str,
    evidence: str,
    begin: Callable[[], Work],
) -> list[Work]:
    """A Work for each customer and topic that is not a no yet, whether or not the topic is active.

    What was allowed is withdrawn, what nobody had spoken of is denied, for all who were merged into the
    customer. Who said something later, or is not there any more, stays as they are. A call for each hundred
    profiles and statements.
    """
    works = []
    for group, topic, said in _standings(_groups(customer_ids), channel, topics):
        work = begin()
        given = StoredConsent(
            customer_id=group[0],
            channel=channel,
            topic=topic,
            version=1,
            state=_refusal(said, work),
            basis="consent",
            source=source,
            evidence=evidence,
            occurred_at=work.now,
            covers=list(group[1:]),
        )
        now = Standing(group, channel, topic, None, said)
        if _is_refused(group, said) or (now.own and now.own.is_newer_than(work.now, given.state)):
            continue
        customers.require(work, group[0])
        put(work, now, given)
        works.append(work)
    return works


def _refusal(said: Sequence[StoredConsent], work: Work) -> State:
    """`withdrawn` takes back what was said; it is less than `denied`, which therefore stays."""
    spoken = {one.says(work.now) for one in said}
    return "denied" if "denied" in spoken or spoken <= {None} else "withdrawn"


def _is_refused(group: Sequence[str], said: Sequence[StoredConsent]) -> bool:
    """Whether all who were merged said no, so that it still holds for each once they are parted."""
    return set(group) <= {one.customer_id for one in said if one.state in NO}


def _groups(customer_ids: Iterable[str]) -> list[list[str]]:
    """The ids that are one customer, the survivor's first, of those who are there."""
    found = customers.get_many(customer_ids)
    survivors = customers.get_many({one.merged_into for one in found.values() if one.merged_into})
    alone = {one.id: one for one in found.values() if not one.merged_into} | survivors
    return [[one.id, *one.merged_ids] for one in alone.values()]


def _standings(
    groups: Sequence[Sequence[str]], channel: Channel, topics: Sequence[str]
) -> list[tuple[Sequence[str], str, list[StoredConsent]]]:
    """What each group has said on each topic."""
    asked = [(group, topic) for group in groups for topic in topics]
    keys = [store.consent_key(one, channel, topic) for group, topic in asked for one in group]
    said = {key: store.consent_of(item) for key, item in table.get_many(keys).items()}
    standings = []
    for group, topic in asked:
        of_group = [store.consent_key(one, channel, topic) for one in group]
        standings.append((group, topic, [said[key] for key in of_group if key in said]))
    return standings
