"""Customers over HTTP."""

from __future__ import annotations

from chalicelib.customers import deleting, identities, merge
from chalicelib.customers import service as customers
from chalicelib.customers.identity import IdentityId, KnownIdentity, NewIdentity
from chalicelib.customers.merge_model import MergeRequest, Preview, Undone, UndoRequest
from chalicelib.customers.model import Customer, CustomerId, CustomerPatch, NewCustomer
from chalicelib.kernel.http.paging import Page
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work

routes = Routes("Customers", __name__)


@routes.post("/v1/customers", scope="customers:write", status=201, location="/v1/customers/{id}")
def register_customer(body: NewCustomer, work: Work) -> Customer:
    """Register a customer. 409 when an e-mail, phone or external id already belongs to another one."""
    return customers.register(work, body)


@routes.get("/v1/customers/{customer_id}", scope="customers:read")
def read_customer(customer_id: CustomerId) -> Customer:
    """Read a customer. The id of one who was merged into another answers with that one."""
    return customers.get(customer_id)


@routes.patch("/v1/customers/{customer_id}", scope="customers:write")
def change_customer(customer_id: CustomerId, body: CustomerPatch, work: Work) -> Customer:
    """Change a customer by JSON Merge Patch: what is left out stays, null removes."""
    return customers.change(work, customer_id, body)


@routes.delete("/v1/customers/{customer_id}", scope="customers:write")
def delete_customer(customer_id: CustomerId, work: Work) -> None:
    """Delete a customer, with those merged into them, and free their identities."""
    deleting.delete(work, customer_id)


@routes.get("/v1/customers/{customer_id}/identities", scope="customers:read")
def list_customer_identities(customer_id: CustomerId) -> Page[KnownIdentity]:
    """List what a customer is recognised by, on one page: the primary one of each kind first."""
    return Page(data=identities.of(customer_id))


@routes.post("/v1/customers/{customer_id}/identities", scope="customers:write", status=201)
def add_customer_identity(customer_id: CustomerId, body: NewIdentity, work: Work) -> KnownIdentity:
    """Add an e-mail, phone, external id or handle. 409 `identity_taken` when another customer has it.

    One that this customer has already changes nothing, other than becoming the primary one if you ask so.
    """
    return identities.add(work, customer_id, body)


@routes.delete("/v1/customers/{customer_id}/identities/{identity_id}", scope="customers:write")
def remove_customer_identity(customer_id: CustomerId, identity_id: IdentityId, work: Work) -> None:
    """Remove an identity. 409 `nothing_to_know_by` for the last one of a customer without a name."""
    identities.remove(work, customer_id, identity_id)


@routes.post("/v1/customers/{customer_id}/identities/{identity_id}/primary", scope="customers:write")
def make_customer_identity_primary(
    customer_id: CustomerId, identity_id: IdentityId, work: Work
) -> KnownIdentity:
    """Make an identity the primary one of its kind."""
    return identities.make_primary(work, customer_id, identity_id)


@routes.post("/v1/customers/{customer_id}/merge/preview", scope="customers:read")
def preview_customer_merge(customer_id: CustomerId, body: MergeRequest, work: Work) -> Preview:
    """See what a merge would do, field by field. Nothing is written."""
    return merge.preview(work, customer_id, body)


@routes.post("/v1/customers/{customer_id}/merge", scope="customers:write")
def merge_customer(customer_id: CustomerId, body: MergeRequest, work: Work) -> Customer:
    """Merge another customer into this one, whose id then answers with this one, too. It can be undone.

    Where you do not choose, this customer's value stays if there is one, tags and identities are united,
    and the stage is the further one of lead, prospect, former, customer. 409 `already_merged` when it was
    done before, `merged_elsewhere` when that customer is part of a third one, `too_many_merged` beyond
    20, `changed_meanwhile` when `versions` are not the present ones.
    """
    return merge.merge(work, customer_id, body)


@routes.post("/v1/customers/{customer_id}/merge/undo", scope="customers:write")
def undo_customer_merge(customer_id: CustomerId, body: UndoRequest, work: Work) -> Undone:
    """Undo a merge: both are as before, but for what changed since, which is left and named.

    409 `not_merged` when there is none, `merged_through` when a later merge is to be undone first.
    """
    return merge.undo(work, customer_id, body.merged_id)
