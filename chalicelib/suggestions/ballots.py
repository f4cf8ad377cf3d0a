"""The items of votes: one a voter, and counters in shards that are added to in each vote's own transaction.

The counters are also the gate: those of a suggestion that was merged are closed, so that a vote meets the
merge without writing the suggestion's own item, which would be what every vote writes.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import ids, pages, table, tokens
from chalicelib.kernel.errors import Conflict, Stale
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.suggestions import store

SHARDS = 4
"""Counters of a suggestion: so many who vote at once seldom meet on one."""
VOTES_A_DAY, POSTS_A_DAY = 100, 5
"""Votes and suggestions of one network address, or suggestions of one customer, in a day."""
KEPT_FOR = timedelta(days=2)

_VOTE = "VOTE#"
_GONE = "gone#"


class Vote(NamedTuple):
    """A vote as it lies there: `voter` is a customer's id, `net#` and a keyed hash, or `gone#…`."""

    suggestion_id: str
    voter: str
    at: str

    @property
    def customer_id(self) -> str | None:
        return self.voter if self.voter.startswith("cus_") else None

    @property
    def key(self) -> Key:
        return vote_key(self.suggestion_id, self.voter)

    @property
    def item(self) -> Item:
        item: Item = {
            **self.key._asdict(),
            "suggestion_id": self.suggestion_id,
            "voter": self.voter,
            "at": self.at,
        }
        if self.customer_id:
            item |= {"gsi1pk": f"SUG#VOTES#{self.customer_id}", "gsi1sk": self.suggestion_id}
        return item

    def moved_to(self, suggestion_id: str) -> Vote:
        return self._replace(suggestion_id=suggestion_id)

    def anonymous(self, now: datetime) -> Vote:
        """The same vote of nobody: it counts on."""
        return self._replace(voter=f"{_GONE}{ids.ulid(now)}")

    @classmethod
    def of(cls, item: Item) -> Vote:
        return cls(item["suggestion_id"], item["voter"], item["at"])


def vote_key(suggestion_id: str, voter: str) -> Key:
    return Key(store.partition(suggestion_id), _VOTE + voter)


def cast(work: Work, vote: Vote) -> None:
    """Fails with Stale when it was cast meanwhile."""
    work.put(vote.item, unless_exists=Stale("This vote was cast meanwhile."))


def take_back(work: Work, vote: Vote) -> None:
    """Fails with Stale when it was taken back meanwhile."""
    work.delete(vote.key, when=Attr("pk").exists(), failure=Stale("This vote was taken back meanwhile."))


def count_keys(suggestion_id: str) -> list[Key]:
    """Where its votes are counted."""
    return [Key(store.partition(suggestion_id), f"COUNT#{shard}") for shard in range(SHARDS)]


def count(work: Work, suggestion_id: str, number: int) -> None:
    """Count votes that came, or that went. Fails with Stale when it was merged meanwhile."""
    key = random.choice(count_keys(suggestion_id))  # noqa: S311 - spreads load, hides nothing
    open_still = Attr("closed").not_exists()
    work.update(key, add={"votes": number}, when=open_still, failure=Stale("It was merged meanwhile."))


def close(work: Work, suggestion_id: str) -> None:
    """Have no vote counted here any more. Fails with Stale when it is so."""
    for key in count_keys(suggestion_id):
        open_still = Attr("closed").not_exists()
        work.update(key, assign={"closed": True}, when=open_still, failure=Stale("It was merged meanwhile."))


def uncount_moved(work: Work, suggestion_id: str, number: int) -> None:
    """Take votes from a closed counter that were moved."""
    work.count(count_keys(suggestion_id)[0], {"votes": -number})


def total(found: Mapping[Key, Item], suggestion_id: str) -> int:
    """The votes that the counters among these items say."""
    return sum(int(found.get(key, {}).get("votes", 0)) for key in count_keys(suggestion_id))


def cast_for(
    suggestion_id: str, *, limit: int, after: str | None = None, customers: bool = False
) -> pages.Slice:
    """Some of its votes as items, of customers alone if so: one call, exact at once."""
    prefix = f"{_VOTE}cus_" if customers else _VOTE
    query = Query.prefixed(store.partition(suggestion_id), prefix, ascending=True, consistent=True)
    return pages.page([query], limit=limit, after=after)


def found_among(suggestion_id: str, voters: Iterable[str]) -> dict[Key, Item]:
    """The votes that these voters have there, 100 at most: one call."""
    keys = [vote_key(suggestion_id, voter) for voter in voters]
    return table.get_many(keys)


def among(found: Mapping[Key, Item], suggestion_id: str, voters: Iterable[str]) -> list[Vote]:
    """The votes among these items that these voters have there."""
    keys = (vote_key(suggestion_id, voter) for voter in voters)
    return [Vote.of(found[key]) for key in keys if key in found]


def still_elsewhere(merged_ids: Sequence[str], voters: Sequence[str]) -> list[Vote]:
    """The votes of these voters that were not moved yet from duplicates: a call for each 100 that may be.

    Five at most, for who goes by twenty ids.
    """
    wanted = [vote_key(suggestion_id, voter) for suggestion_id in merged_ids for voter in voters]
    return [Vote.of(item) for item in table.get_many(wanted).values()]


def of_customer(customer_id: str, *, limit: int, after: str | None = None) -> tuple[list[Vote], str | None]:
    """A page of a customer's votes, as they are now: two calls."""
    found = pages.page([Query(f"SUG#VOTES#{customer_id}", index="gsi1")], limit=limit, after=after)
    there = table.get_many(table.key_of(item) for item in found.items)
    return [Vote.of(item) for item in there.values()], found.after


def allowance_key(who: str, day: str) -> Key:
    """Where it is counted how often somebody voted and posted on a day; it names nobody."""
    return Key(f"SUG#WHO#{tokens.keyed_hash('vote', f'board {who} {day}')}", "WHO")


def allow(work: Work, key: Key, name: str, most: int) -> None:
    """Count one more. Fails with Conflict when it is one too many."""
    few = Attr(name).not_exists() | Attr(name).lt(most)
    until = {"expires_at": int((work.now + KEPT_FOR).timestamp())}
    work.update(key, assign=until, add={name: 1}, when=few, failure=too_many())


def too_many() -> Conflict:
    return Conflict(
        "That is as much as can come from here in a day.", code="too_many_votes", retry_after=86_400
    )
