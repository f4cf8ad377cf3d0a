"""Writes the index of customers anew: `python -m infra.reindex --stage prod [--after cus_…]`.

With `--articles`, the index of the knowledge base instead (chalicelib/knowledge).

Search terms and lists (chalicelib/directory) follow the customers by themselves. This is for a release that
makes other terms, for a custom field that becomes filterable, and for what was lost. It goes through the
customers, newest first, and may run beside everything else, be stopped, and run again.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from chalicelib.kernel.errors import RapportError, Stale, Unavailable
from infra import account
from infra.stack import outputs

WRITERS = 4
"""Threads that write at once."""
TRIES = 5
"""How often customers are read again who changed meanwhile."""
EVERY = 2.0
"""Seconds between two lines of progress."""
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass
class Progress:
    """How far it is. The rest is told by the times of creation, since nothing counts the customers."""

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
        return f"{self.done:,} customers, {self.done / seconds:,.0f}/s, {left}; at {position}"


def moment(customer_id: str) -> float:
    """Epoch seconds of an id's time part."""
    milliseconds = 0
    for char in customer_id.rpartition("_")[2][:10]:
        milliseconds = milliseconds * 32 + _DIGITS.index(char)
    return milliseconds / 1000


def rebuild(*, after: str | None, page: int = 100) -> int:
    """Write the entries of every customer older than `after` anew; how many. Raises Unavailable.

    Memory is bounded by the page.
    """
    from chalicelib.customers import service as customers

    progress = Progress(oldest=_oldest())
    with ThreadPoolExecutor(WRITERS) as pool:
        while True:
            found, position = customers.newest(None, limit=page, after=after)
            ids = [customer.id for customer in found]
            if ids:
                list(pool.map(index, [ids[begin::WRITERS] for begin in range(min(WRITERS, len(ids)))]))
                progress.advance(ids)
            if position is None:
                print(f"{progress.done:,} customers indexed in {time.monotonic() - progress.began:,.0f} s")
                return progress.done
            after = position


def _oldest() -> float:
    """When the customer was created who has gone longest without a change: near enough to the oldest one."""
    from chalicelib.customers import service as customers

    found, _ = customers.by_update(limit=1, after=None)
    return found[0].created_at.timestamp() if found else datetime.now(UTC).timestamp()


def index(ids: Sequence[str]) -> None:
    """Write the entries of these customers anew; again of those who changed. Raises RapportError."""
    pending = list(ids)
    for _ in range(TRIES):
        pending = _attempt(pending)
        if not pending:
            return
    raise Unavailable("Others keep changing the same customers; try again.")


def _attempt(ids: Sequence[str]) -> list[str]:
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


def rebuild_articles() -> None:
    """Write the index of the knowledge base anew. Raises Stale when an article changes meanwhile."""
    from chalicelib.knowledge import indexing

    print(f"{indexing.all_anew():,} articles indexed")


def main() -> int:
    """The command line; exit code 1 when the table refused, and says from where to go on."""
    parser = account.parser("infra.reindex", __doc__)
    parser.add_argument("--after", help="go on after this customer's id, as the progress tells it")
    parser.add_argument("--articles", action="store_true", help="the knowledge base's index instead")
    options = parser.parse_args()
    session = account.session(options)
    os.environ["AWS_DEFAULT_REGION"] = session.region_name
    if options.profile:
        os.environ["AWS_PROFILE"] = options.profile
    try:
        stack = outputs(session.client("cloudformation"), f"rapport-{options.stage}")
        os.environ["RAPPORT_TABLE"] = stack["TableName"]
        os.environ["RAPPORT_MAIL_BUCKET"] = stack["MailBucketName"]
        if options.articles:
            rebuild_articles()
        else:
            rebuild(after=options.after)
    except (ClientError, RapportError) as error:
        print(f"{error}\nGo on with --after and the id of the last line.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
