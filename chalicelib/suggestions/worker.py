"""The worker of the suggestions queue: writes where lists are sorted how many votes there are.

Of customers who were merged it takes back what is double.
"""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.kernel import table
from chalicelib.kernel.events import Published
from chalicelib.kernel.workers import Job, batch_worker
from chalicelib.suggestions import ballots, store

worker = Blueprint(__name__)


@batch_worker(worker)
def count_votes(jobs: list[Job]) -> None:
    """One reading and one transaction a batch, however many votes it tells of; whatever came late counts."""
    named: dict[str, Job] = {}
    for job in jobs:
        with job.attempt():
            event = Published.of(job.body)
            if event.type == "customer.merged":
                from chalicelib.suggestions import doubles  # few batches need it

                doubles.take_back(str(event.data["customer_id"]))
            else:
                named.setdefault(str(event.data.get("suggestion_id")), job)
    keys = [key for one in named for key in (store.key(one), *ballots.count_keys(one))]
    found = table.get_many(keys)
    for suggestion_id, job in named.items():
        item, votes = found.get(store.key(suggestion_id)), ballots.total(found, suggestion_id)
        if item is None or "gsi2pk" not in item or item["votes"] == votes:
            continue
        with job.attempt() as work:
            store.put_votes(work, store.of_item(item), votes)
