"""Batches and imports over HTTP."""

from __future__ import annotations

from chalicelib.kernel.http.batches import Batch
from chalicelib.kernel.http.routes import Routes
from chalicelib.transfer import batch as batches
from chalicelib.transfer.batch import BatchResult, NewBatch

routes = Routes("Imports", __name__)


@routes.post("/v1/customers/batch", scope="customers:write")
def upsert_customers(body: NewBatch, batch: Batch) -> BatchResult:
    """Create or add to up to 100 customers, each row with its own outcome.

    A row's identities say who is meant: nobody known is created, one customer is added to, and a row whose
    identities belong to different customers is rejected as `ambiguous`. A rejected row holds up no other.
    Under an `Idempotency-Key` each row is done once, also when the request was cut off midway.
    """
    return batches.upsert_batch(batch, body)
