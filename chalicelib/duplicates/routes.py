"""Candidates over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.customers.model import CustomerId
from chalicelib.duplicates import service as duplicates
from chalicelib.duplicates.model import Duplicate, DuplicateId, Pair
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work

routes = Routes("Duplicates", __name__)


class DuplicateQuery(PageParameters):
    limit: Annotated[int, Field(ge=1, le=duplicates.MAX_LISTED, description="How many entries at most.")] = 25
    customer_id: CustomerId | None = None
    min_score: Annotated[int, Field(ge=0, le=100, description="Only those as likely as this, of 100.")] = 0


@routes.get("/v1/duplicates", scope="customers:read")
def list_duplicates(query: DuplicateQuery) -> Page[Duplicate]:
    """List pairs of customers who may be one person, the likeliest first, each with its reasons.

    They are found some seconds after a customer came or changed. Merge them with
    `POST /v1/customers/{customer_id}/merge`, or dismiss the pair.
    """
    data, position = duplicates.likeliest(
        customer_id=query.customer_id, min_score=query.min_score, limit=query.limit, after=query.cursor
    )
    return Page(data=data, next_cursor=position)


@routes.post("/v1/duplicates/{duplicate_id}/dismiss", scope="customers:write")
def dismiss_duplicate(duplicate_id: DuplicateId, work: Work) -> Pair:
    """Say that these two are not one person; they are not proposed again."""
    return duplicates.dismiss(work, duplicate_id)
