"""Finds candidates: puts a customer in blocks, compares them with who is there, and keeps the pairs true."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.duplicates import store
from chalicelib.duplicates.blocking import blocks
from chalicelib.duplicates.matching import CANDIDATE, compare
from chalicelib.duplicates.model import Match, Pair, Placement, Sketch, pair_id
from chalicelib.kernel import table
from chalicelib.kernel.work import Work

BEST = 20
"""New pairs that one comparison makes at most, the likeliest."""
KNOWN = 25
"""Pairs of a customer that one comparison brings up to date, the likeliest."""
ENDED = 60
"""Pairs of a customer who is gone that end with them at once; of more, the rest is not listed any more."""


@dataclass
class Standing:
    """What is known of a customer now; `customer` is None when they are gone."""

    id: str
    customer: Customer | None
    placement: Placement | None

    @property
    def sketch(self) -> Sketch | None:
        """What is to be compared; None for who is gone or was merged into another one."""
        if self.customer is None or self.customer.merged_into:
            return None
        return Sketch.of(self.customer)

    @property
    def is_settled(self) -> bool:
        """Whether nothing changed that matters here since they were compared."""
        compared = self.placement.compared if self.placement else None
        return compared == (self.sketch.fingerprint if self.sketch else None)


def standings(customer_ids: Iterable[str]) -> list[Standing]:
    """What is known of customers: a call for each 50 of them."""
    wanted = sorted(set(customer_ids))
    found: dict[table.Key, table.Item] = {}
    for start in range(0, len(wanted), 50):
        some = wanted[start : start + 50]
        keys = [key(one) for one in some for key in (customers.profile_key, store.placement_key)]
        found |= table.get_many(keys)
    return [
        Standing(one, _profile(found, one), store.placement_of(found.get(store.placement_key(one))))
        for one in wanted
    ]


def _profile(found: dict[table.Key, table.Item], customer_id: str) -> Customer | None:
    item = found.get(customers.profile_key(customer_id))
    return customers.of_item(item) if item else None


def place(work: Work, standing: Standing) -> None:
    """Put a customer where others find them. To be committed before anybody is compared:

    of two who come at once, each in a transaction of its own, at least the later one then finds the other.
    """
    sketch = standing.sketch
    if sketch is not None and not standing.is_settled:
        standing.placement = store.place(work, sketch, blocks(sketch), standing.placement)


def settle(work: Work, standing: Standing, decided: Container[table.Key] = ()) -> None:
    """Bring a customer's pairs up to date: 9 calls and 67 writes at most. Fails with Stale when overtaken.

    `decided` are the pairs about which the same batch decided already, that of the other one being in it.
    """
    sketch, placement = standing.sketch, standing.placement
    if placement is None or standing.is_settled:
        return
    if sketch is None:
        _end(work, standing, placement, decided)
        return
    listed, _ = store.pairs_with(standing.id, only_open=False, min_score=0, limit=KNOWN)
    partners = [*_likeliest(sketch, placement), *(_partner(pair, standing.id) for pair in listed)]
    keys = [customers.profile_key(one) for one in partners]
    keys += [store.pair_key(pair_id(standing.id, one)) for one in partners]
    found = table.get_many(keys)
    for one in dict.fromkeys(partners):
        key = store.pair_key(pair_id(standing.id, one))
        if key in decided:
            continue
        item = found.get(key)
        pair = store.pair_of(item) if item else None
        _decide(work, sketch, pair, Standing(one, _profile(found, one), None))
    store.mark_compared(work, sketch, placement)


def _likeliest(sketch: Sketch, placement: Placement) -> Iterator[str]:
    """The ids of those in the customer's blocks who are likest to them."""
    near = store.neighbours(placement.blocks, sketch.id)
    scores = sorted(((compare(sketch, other).score, one) for one, other in near.items()), reverse=True)
    return (one for score, one in scores[:BEST] if score >= CANDIDATE)


def _partner(pair: Pair, customer_id: str) -> str:
    first, second = pair.customer_ids
    return second if first == customer_id else first


def _decide(work: Work, sketch: Sketch, pair: Pair | None, partner: Standing) -> None:
    """What becomes of a pair, or of two who are none yet.

    What people decided stays. Two who were merged and are not any more are known to be two.
    """
    match = compare(sketch, partner.sketch) if partner.sketch else None
    likely = match if match is not None and match.score >= CANDIDATE else None
    if pair is None:
        if likely is not None:
            store.add(work, _new_pair(work, (sketch.id, partner.id), likely))
    elif partner.customer is not None and partner.customer.merged_into == sketch.id:
        _mark_merged(work, pair)
    elif pair.state == "open":
        _keep_true(work, pair, likely)
    elif pair.state == "merged" and match is not None:
        _change(work, pair, state="dismissed")


def _keep_true(work: Work, pair: Pair, likely: Match | None) -> None:
    """Bring an open pair up to date; one that is not likely any more goes."""
    if likely is None:
        store.remove(work, pair)
    elif (pair.score, pair.reasons) != (likely.score, likely.reasons):
        _change(work, pair, score=likely.score, reasons=likely.reasons)


def _mark_merged(work: Work, pair: Pair) -> None:
    if pair.state != "merged":
        _change(work, pair, state="merged")


def _new_pair(work: Work, ids: tuple[str, str], match: Match) -> Pair:
    return Pair(
        id=pair_id(*ids),
        version=1,
        customer_ids=sorted(ids),
        score=match.score,
        reasons=match.reasons,
        state="open",
        found_at=work.now,
        updated_at=work.now,
    )


def _change(work: Work, pair: Pair, **changes: object) -> None:
    after = pair.model_copy(update={**changes, "version": pair.version + 1, "updated_at": work.now})
    store.replace(work, after, version=pair.version)


def _end(work: Work, standing: Standing, placement: Placement, decided: Container[table.Key]) -> None:
    """Of who is gone: nothing is found by them any more, and no pair with them is open."""
    merged_into = standing.customer.merged_into if standing.customer else None
    listed, _ = store.pairs_with(standing.id, only_open=False, min_score=0, limit=ENDED)
    for pair in listed:
        if store.pair_key(pair.id) in decided:
            continue
        if merged_into is not None and _partner(pair, standing.id) == merged_into:
            _mark_merged(work, pair)
        elif pair.state == "open" or merged_into is None:
            store.remove(work, pair)
    store.displace(work, standing.id, placement)
