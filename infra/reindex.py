"""Writes the index of customers anew: `python -m infra.reindex --stage prod [--after cus_…]`.

With `--tickets` that of tickets instead, and their places in lists (chalicelib/support); with `--articles`
that of the knowledge base (chalicelib/knowledge).

Search terms and lists follow customers and tickets by themselves. This is for a release that makes other
terms or lists, for a custom field that becomes filterable, and for what was lost. It goes through them,
newest first, and may run beside everything else, be stopped, and run again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chalicelib.kernel.errors import Stale, Unavailable
from infra import upkeep

WRITERS = 4
"""Threads that write at once."""
TRIES = 5
"""How often what changed meanwhile is read again."""
EVERY = 2.0
"""Seconds between two lines of progress."""
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass
class Progress:
    """How far it is. The rest is told by the times of creation, since nothing counts the customers."""

    name: str
    oldest: float
    done: int = 0
    began: float = field(default_factory=time.monotonic)
    newest: float | None = None
    told: float = field(default_factory=time.monotonic)

    def advance(self, ids: Sequence[str]) -> None:
        """Count these, and say so every two seconds."""
        self.newest = self.newest or moment(ids[0])
        self.done += len(ids)
        if time.monotonic() - self.told >= EVERY:
            self.told = time.monotonic()
            print(self.line(ids[-1]), flush=True)

    def line(self, position: str) -> str:
        seconds = time.monotonic() - self.began
        span = (self.newest or 0) - self.oldest
        share = ((self.newest or 0) - moment(position)) / span if span > 0 else 1.0
        left = f"about {max(0.0, seconds / share - seconds):,.0f} s left" if share else "just begun"
        return f"{self.done:,} {self.name}, {self.done / seconds:,.0f}/s, {left}; at {position}"


def moment(entity_id: str) -> float:
    """Epoch seconds of an id's time part."""
    milliseconds = 0
    for char in entity_id.rpartition("_")[2][:10]:
        milliseconds = milliseconds * 32 + _DIGITS.index(char)
    return milliseconds / 1000


@dataclass(frozen=True)
class Kind:
    """What is indexed: a page of ids, newest first, with where the next one begins; and how to write some.

    `write` gives those back that were read too early. `oldest` is when the oldest was created, or nearly.
    """

    name: str
    page: Callable[[int, str | None], tuple[list[str], str | None]]
    oldest: Callable[[], datetime | None]
    write: Callable[[Sequence[str]], list[str]]


def rebuild(kind: Kind, *, after: str | None, page: int = 100) -> int:
    """Write the entries of all that are older than `after` anew; how many. Raises Unavailable.

    Memory is bounded by the page.
    """
    progress = Progress(kind.name, oldest=(kind.oldest() or datetime.now(UTC)).timestamp())
    with ThreadPoolExecutor(WRITERS) as pool:
        while True:
            ids, position = kind.page(page, after)
            if ids:
                parts = [ids[begin::WRITERS] for begin in range(min(WRITERS, len(ids)))]
                list(pool.map(lambda part: index(kind, part), parts))
                progress.advance(ids)
            if position is None:
                seconds = time.monotonic() - progress.began
                print(f"{progress.done:,} {kind.name} indexed in {seconds:,.0f} s")
                return progress.done
            after = position


def index(kind: Kind, ids: Sequence[str]) -> None:
    """Write the entries of these anew; again of those that changed. Raises RapportError."""
    pending = list(ids)
    for _ in range(TRIES):
        pending = kind.write(pending)
        if not pending:
            return
    raise Unavailable(f"Others keep changing the same {kind.name}; try again.")


def customers() -> Kind:
    """Customers: their terms, and their places in lists."""
    from chalicelib.customers import service

    def page(limit: int, after: str | None) -> tuple[list[str], str | None]:
        found, position = service.newest(None, limit=limit, after=after)
        return [customer.id for customer in found], position

    def oldest() -> datetime | None:
        """Who has gone longest without a change: near enough to the oldest one."""
        found, _ = service.by_update(limit=1, after=None)
        return found[0].created_at if found else None

    return Kind("customers", page, oldest, _write_customers)


def _write_customers(ids: Sequence[str]) -> list[str]:
    """Those of whom the entries could not be written, since they were read too early."""
    from chalicelib.directory.service import Indexing
    from chalicelib.kernel.commit import commit_all
    from chalicelib.kernel.work import Work

    indexing = Indexing(ids, anew=True)
    works = {customer_id: Work() for customer_id in ids}
    stale = []
    for customer_id, work in works.items():
        try:
            indexing.update(work, customer_id)
        except Stale:
            stale.append(customer_id)
            work.writes.clear()
    for customer_id, error in zip(works, commit_all(list(works.values())), strict=True):
        if isinstance(error, Stale):
            stale.append(customer_id)
        elif error is not None:
            raise error
    return stale


def tickets() -> Kind:
    """Tickets: what they are found by, and their places in lists."""
    from chalicelib.support import store

    return Kind("tickets", store.newest_ids, store.oldest_created, _write_tickets)


def _write_tickets(ids: Sequence[str]) -> list[str]:
    """Those that could not be written, since they were read too early."""
    from chalicelib.kernel.commit import commit
    from chalicelib.kernel.work import Work
    from chalicelib.support import indexing, store

    stale = []
    for ticket in store.get_many(ids):
        places, terms = Work(), Work()
        try:
            store.rewrite(places, ticket)
            commit(places)
            indexing.anew(terms, ticket.id, rewrite=True)
            commit(terms)
        except Stale:
            stale.append(ticket.id)
    return stale


def rebuild_articles() -> None:
    """Write the index of the knowledge base anew. Raises Stale when an article changes meanwhile."""
    from chalicelib.knowledge import indexing

    print(f"{indexing.all_anew():,} articles indexed")


def main() -> int:
    """The command line; exit code 1 when the table refused, and says from where to go on."""
    parser = upkeep.parser("infra.reindex", __doc__)
    parser.add_argument("--tickets", action="store_true", help="the index and the lists of tickets instead")
    parser.add_argument("--articles", action="store_true", help="the knowledge base's index instead")
    options = parser.parse_args()
    return upkeep.run(options, lambda: _rebuild(options))


def _rebuild(options: argparse.Namespace) -> int:
    if options.articles:
        rebuild_articles()
    else:
        rebuild(tickets() if options.tickets else customers(), after=options.after)
    return 0


if __name__ == "__main__":
    sys.exit(main())
