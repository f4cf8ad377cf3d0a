"""Customers over HTTP."""

from __future__ import annotations

from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer, CustomerId, CustomerPatch, NewCustomer
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work

routes = Routes("Customers", __name__)


@routes.post("/v1/customers", scope="customers:write", status=201, location="/v1/customers/{id}")
def register_customer(body: NewCustomer, work: Work) -> Customer:
    """Register a customer. 409 when an e-mail, phone or external id already belongs to another one."""
    return customers.register(work, body)


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
