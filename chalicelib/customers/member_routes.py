"""The members of organisations over HTTP."""

from __future__ import annotations

from chalicelib.customers import members
from chalicelib.customers.model import Customer, CustomerId, Name, OrganisationId
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.model import Model
from chalicelib.kernel.work import Work

routes = Routes("Organisations", __name__)


class NewMember(Model):
    customer_id: CustomerId
    role: Name | None = None


@routes.get("/v1/organisations/{organisation_id}/members", scope="customers:read")
def list_members(organisation_id: OrganisationId, query: PageParameters) -> Page[Customer]:
    """List the customers who belong to an organisation, the newest customers first. It does not lag."""
    data, position = members.of(organisation_id, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.post("/v1/organisations/{organisation_id}/members", scope="customers:write")
def add_member(organisation_id: OrganisationId, body: NewMember, work: Work) -> Customer:
    """Make a customer a member, with a role such as `buyer`; they leave the organisation they were in."""
    return members.add(work, organisation_id, body.customer_id, body.role)


@routes.delete("/v1/organisations/{organisation_id}/members/{customer_id}", scope="customers:write")
def remove_member(organisation_id: OrganisationId, customer_id: CustomerId, work: Work) -> None:
    """Take a customer out of an organisation. An address at its domain does not put them back (400 days)."""
    members.remove(work, organisation_id, customer_id)
