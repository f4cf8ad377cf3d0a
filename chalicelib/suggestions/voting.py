"""Voting, once a person: a customer is known by their link; of all others a network address has one vote."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from chalicelib.consent import statements
from chalicelib.consent.model import NewConsent
from chalicelib.customers import service as customers
from chalicelib.kernel import table, tokens
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.http.visitors import Visitor
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.portal import entering
from chalicelib.suggestions import ballots, store
from chalicelib.suggestions.ballots import VOTES_A_DAY, Vote
from chalicelib.suggestions.events import SuggestionVoted
from chalicelib.suggestions.model import ENDED, NewVote, StaffVote, Suggestion, Voted

TOPIC = "ideas"
"""What customers agree to who want to be mailed: a topic of the business's own, which it adds once."""
SOURCE = "suggestion board"
EVENT_KEPT = timedelta(days=2)
"""How long the event of a vote is kept that is on nobody's timeline."""


class Voter(NamedTuple):
    """Under which names a vote may lie, the first for a new one; and where those of a network are counted."""

    names: list[str]
    allowance: Key | None = None

    @property
    def customer_id(self) -> str | None:
        return self.names[0] if self.names[0].startswith("cus_") else None


def of_customer(customer_id: str) -> Voter:
    """A customer, under whatever id they voted: one call. Raises NotFound."""
    customer = customers.get(customer_id)
    return Voter([customer.id, *customer.merged_ids])


def of_token(token: str) -> Voter:
    """Whom a link is for: one call. Raises NotFound, Forbidden."""
    return Voter(entering.enter(token).ids)


def of_visitor(visitor: Visitor, day: str) -> Voter:
    """Somebody at a network address, whoever else is there, too."""
    network = network_of(visitor.address)
    name = "net#" + tokens.keyed_hash("vote", f"board {network}")
    return Voter([name], ballots.allowance_key(network, day))


def network_of(address: str) -> str:
    """The address, or of IPv6 the network that one subscriber has (RFC 6177): its first 64 bits."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped) if known.ipv4_mapped else f"{int(known) >> 64:016x}/64"


def by_visitor(work: Work, suggestion_id: str, new: NewVote, visitor: Visitor) -> Voted:
    """Vote without a key. Raises NotFound, Forbidden, Conflict `voting_ended`, `too_many_votes`."""
    day = work.now.date().isoformat()
    voter = of_token(new.token) if new.token else of_visitor(visitor, day)
    done = vote(work, suggestion_id, voter, voted=new.voted)
    if new.tell_me and new.voted and voter.customer_id:
        _agree(work, voter.customer_id)
    return done


def _agree(work: Work, customer_id: str) -> None:
    """Take down that they want to hear of it, unless the business has no such topic."""
    said = NewConsent(channel="email", topic=TOPIC, state="granted", source=SOURCE)
    try:
        statements.state(work, customer_id, said)
    except Invalid:
        return


def by_staff(work: Work, suggestion_id: str, new: StaffVote) -> Voted:
    """Vote for a customer. Raises NotFound, Conflict `voting_ended`."""
    return vote(work, suggestion_id, of_customer(new.customer_id), voted=new.voted)


def vote(work: Work, suggestion_id: str, voter: Voter, *, voted: bool) -> Voted:
    """Vote, or take it back, also where it waits to be moved; the same again changes nothing.

    One call; one more for a duplicate, and one to take back what duplicates were merged into.
    """
    one, found = _read(suggestion_id, voter)
    held = ballots.among(found, one.id, voter.names)
    elsewhere = [] if voted else ballots.still_elsewhere(one.merged_ids, voter.names)
    votes = ballots.total(found, one.id)
    if voted is bool(held or elsewhere):
        return Voted(suggestion_id=one.id, voted=voted, votes=votes)
    if one.status in ENDED:
        raise Conflict("This was decided; votes are over.", code="voting_ended")
    change = 1 if voted else -len(held)
    if voted:
        _cast(work, voter, Vote(one.id, voter.names[0], stamp(work.now)), found)
    for ballot in (*held, *elsewhere):
        ballots.take_back(work, ballot)
    if change:
        ballots.count(work, one.id, change)
    for ballot in elsewhere:
        ballots.uncount_moved(work, ballot.suggestion_id, 1)
    record(work, one.id, voted=voted, customer_id=voter.customer_id)
    return Voted(suggestion_id=one.id, voted=voted, votes=votes + change)


def _cast(work: Work, voter: Voter, ballot: Vote, found: dict[Key, Item]) -> None:
    if voter.allowance is not None:
        if found.get(voter.allowance, {}).get("votes", 0) >= VOTES_A_DAY:
            raise ballots.too_many()
        ballots.allow(work, voter.allowance, "votes", VOTES_A_DAY)
    if voter.customer_id:
        customers.require(work, voter.customer_id)
    ballots.cast(work, ballot)


def _read(suggestion_id: str, voter: Voter) -> tuple[Suggestion, dict[Key, Item]]:
    """What is voted on, of a duplicate what it was merged into, with this voter's votes and the counters."""
    allowance = [voter.allowance] if voter.allowance else []
    for _ in range(2):
        keys = [ballots.vote_key(suggestion_id, name) for name in voter.names]
        keys += [store.key(suggestion_id), *ballots.count_keys(suggestion_id), *allowance]
        found = table.get_many(keys)
        item = found.get(store.key(suggestion_id))
        if item is None or item["moderation"] != "public":
            break
        if not item.get("merged_into"):
            return store.of_item(item), found
        suggestion_id = item["merged_into"]
    raise store.no_such_suggestion()


def record(work: Work, suggestion_id: str, *, voted: bool | None, customer_id: str | None = None) -> None:
    """Have the votes counted anew; a customer's timeline shows what they did."""
    event = SuggestionVoted(suggestion_id=suggestion_id, voted=voted)
    if customer_id:
        work.record(customers.partition(customer_id), event, customer_id=customer_id)
    else:
        until = int((work.now + EVENT_KEPT).timestamp())
        work.record(store.partition(suggestion_id), event, expires_at=until)
