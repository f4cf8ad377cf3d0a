"""Customers over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer, CustomerId, CustomerPatch, NewCustomer, Stage
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.model import Utc
from chalicelib.kernel.work import Work

routes = Routes("Customers", __name__)


class CustomerQuery(PageParameters):
    """One filter at a time: a look-up by identity, or a stage."""

    email: Annotated[
        str | None, Field(max_length=254, description="A whole address; its case does not matter.")
    ] = None
    phone: Annotated[
        str | None,
        Field(max_length=40, description="E.164, its + as %2B, or as dialled in the business's own country."),
    ] = None
    external_id: Annotated[str | None, Field(max_length=241, description="`source:id`")] = None
    stage: Stage | None = None
    sort: Annotated[
        Literal["created_at", "updated_at"],
        Field(description="`created_at`: newest first; `updated_at`: oldest change first."),
    ] = "created_at"
    updated_from: Annotated[Utc | None, Field(description="With sort=updated_at: begin at this time.")] = None


@routes.post("/v1/customers", scope="customers:write", status=201, location="/v1/customers/{id}")
def register_customer(body: NewCustomer, work: Work) -> Customer:
    """Register a customer. 409 when an e-mail, phone or external id already belongs to another one."""
    return customers.register(work, body)


@routes.get("/v1/customers", scope="customers:read")
def list_customers(query: CustomerQuery) -> Page[Customer]:
    """List customers, newest first, or look one up by e-mail, phone or external id.

    `sort=updated_at` ascends and is for keeping a copy in step: begin each run with `updated_from` a
    minute before the last `updated_at` you saw; entries may come twice, none is missed. Lists lag a
    moment behind changes; look-ups do not.
    """
    identity = (query.email, query.phone, query.external_id)
    filters = sum(value is not None for value in (*identity, query.stage))
    if filters > 1 or (filters and query.sort == "updated_at"):
        raise Invalid("Use one filter at a time, and no filter with sort=updated_at.", code="one_filter")
    if any(value is not None for value in identity):
        found = customers.look_up(email=query.email, phone=query.phone, external_id=query.external_id)
        return Page(data=[found] if found else [])
    if query.sort == "updated_at":
        data, position = customers.by_update(query.updated_from, limit=query.limit, after=query.cursor)
    else:
        data, position = customers.newest(query.stage, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/customers/{customer_id}", scope="customers:read")
def read_customer(customer_id: CustomerId) -> Customer:
    """Read a customer."""
    return customers.get(customer_id)


@routes.patch("/v1/customers/{customer_id}", scope="customers:write")
def change_customer(customer_id: CustomerId, body: CustomerPatch, work: Work) -> Customer:
    """Change a customer by JSON Merge Patch: what is left out stays, null removes."""
    return customers.change(work, customer_id, body)


@routes.delete("/v1/customers/{customer_id}", scope="customers:write")
def delete_customer(customer_id: CustomerId, work: Work) -> None:
    """Delete a customer and free their identities."""
    customers.delete(work, customer_id)
