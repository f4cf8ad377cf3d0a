"""Counts all responses anew, and puts the counters right where they say something else.

Nothing may be counted meanwhile: the feedback and tally workers are paused (docs/feedback.md). Counters that
nevertheless changed are left, and said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import and_

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.feedback import counts, store
from chalicelib.feedback.counts import ALL
from chalicelib.feedback.dimensions import AT_ONCE, TOPICS
from chalicelib.feedback.store import Kept
from chalicelib.kernel import pages
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key, key_of
from chalicelib.kernel.work import Work

FOREIGN = ("invited", "|i")
"""How counters of others on the same items end: of invitations, which no response tells of."""
AT_ONCE_WRITTEN = 50
COMPARED = 40
"""Counters of an item that must not have changed, at most; an expression has 4 KB."""

Sums = dict[Key, Counter[str]]


def recount() -> tuple[int, int]:
    """Put all counters right; how many items were wrong, and how many changed meanwhile and were left."""
    wanted = sums(store.every())
    surveys = {key.pk.split("#")[1] for key in wanted} | {ALL}
    wrong, left = 0, 0
    pending: list[Work] = []
    for work in _corrections(wanted, surveys):
        pending.append(work)
        if len(pending) == AT_ONCE_WRITTEN:
            wrong, left = wrong + len(pending), left + _commit(pending)
            pending = []
    return wrong + len(pending), left + _commit(pending)


def sums(responses: Iterable[Kept]) -> Sums:
    """What the counters should be, each day's in its first shard, topics of those with the mark."""
    found: Sums = {}
    for kept in responses:
        if kept.feedback.status != "received":
            continue
        work = Work()
        counts.count(work, kept.feedback, 0)
        if kept.tallied:
            counts.count_topics(work, kept.feedback)
        for write in work.writes:
            found.setdefault(write.key, Counter()).update(write.additions or {})
    return found


def _corrections(wanted: Sums, surveys: set[str]) -> Iterator[Work]:
    """A Work for each item of a day whose sum is not as it should be."""
    for survey in sorted(surveys):
        for dimension in (None, *AT_ONCE, *TOPICS):
            partition = counts.partition(None if survey == ALL else survey, dimension)
            query = Query.prefixed(partition, "DAY#", ascending=True, consistent=True)
            is_: dict[str, list[Item]] = {}
            for item in pages.every(query):
                is_.setdefault(_day(item["sk"]), []).append(item)
            should: dict[str, Sums] = {}
            for key, numbers in wanted.items():
                if key.pk == partition:
                    should.setdefault(_day(key.sk), {})[key] = numbers
            for day in sorted(is_.keys() | should.keys()):
                yield from _day_corrected(is_.get(day, []), should.get(day, {}))


def _day(sort_key: str) -> str:
    return sort_key.split("#")[1]


def _day_corrected(items: list[Item], should: Sums) -> Iterator[Work]:
    """What makes a day's counters right; nothing when their sum is."""
    total: Counter[str] = Counter()
    for item in items:
        total.update({name: value for name, value in _numbers(item).items() if not name.endswith(FOREIGN)})
    if _without_zeros(total) == _without_zeros(sum(should.values(), Counter[str]())):
        return
    for item in items:
        yield from _corrected(item, should.pop(key_of(item), Counter()))
    for key, numbers in should.items():
        work = Work()
        work.put({**key._asdict(), **numbers}, unless_exists=Stale("The counters appeared meanwhile."))
        yield work


def _numbers(item: Item) -> dict[str, int]:
    return {name: value for name, value in item.items() if isinstance(value, int)}


def _without_zeros(numbers: Mapping[str, int]) -> dict[str, int]:
    return {name: value for name, value in numbers.items() if value}


def _corrected(item: Item, numbers: Counter[str]) -> Iterator[Work]:
    """What makes an item right; nothing when it is."""
    is_ = _numbers(item)
    should = _without_zeros(numbers) | {name: is_[name] for name in is_ if name.endswith(FOREIGN)}
    if _without_zeros(is_) == should:
        return
    work = Work()
    changed = Stale("The counters changed meanwhile.")
    if should:
        work.put({**key_of(item)._asdict(), **should}, unless_exists=changed, or_when=_unchanged(is_))
    else:
        work.delete(key_of(item), when=_unchanged(is_), failure=changed)
    yield work


def _unchanged(numbers: dict[str, int]) -> ConditionBase:
    some = list(numbers.items())[:COMPARED]
    return reduce(and_, [Attr(name).eq(value) for name, value in some], Attr("pk").exists())


def _commit(works: list[Work]) -> int:
    """Commit; how many were overtaken."""
    errors = [error for error in commit_all(works) if error is not None]
    for error in errors:
        if not isinstance(error, Stale):
            raise error
    return len(errors)
