"""Organisations over HTTP. Their members: customers/member_routes.py; their timeline: timeline/routes.py."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.kernel.addresses import Domain
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.organisations import service as organisations
from chalicelib.organisations.model import (
    NewOrganisation,
    Organisation,
    OrganisationId,
    OrganisationPatch,
)

routes = Routes("Organisations", __name__)


class OrganisationQuery(PageParameters):
    domain: Annotated[Domain | None, Field(description="Look up the one that holds this domain.")] = None


@routes.post("/v1/organisations", scope="organisations:write", status=201, location="/v1/organisations/{id}")
def create_organisation(body: NewOrganisation, work: Work) -> Organisation:
    """Add an organisation. 409 `domain_taken` when a domain belongs to another one, which it names.

    Customers who come to be known by an address at one of its domains join it by themselves, unless they
    belong to another one. Domains of large mail providers are refused.
    """
    return organisations.create(work, body)


@routes.get("/v1/organisations", scope="organisations:read")
def list_organisations(query: OrganisationQuery) -> Page[Organisation]:
    """List organisations, newest first, or look one up by domain. The list lags, a look-up does not."""
    if query.domain is not None:
        holder = organisations.holder_of_domain(query.domain)
        return Page(data=list(organisations.get_many([holder]).values()) if holder else [])
    data, position = organisations.newest(limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/organisations/{organisation_id}", scope="organisations:read")
def read_organisation(organisation_id: OrganisationId) -> Organisation:
    """Read an organisation."""
    return organisations.get(organisation_id)


@routes.patch("/v1/organisations/{organisation_id}", scope="organisations:write")
def change_organisation(organisation_id: OrganisationId, body: OrganisationPatch, work: Work) -> Organisation:
    """Change an organisation by JSON Merge Patch: what is left out stays, null removes."""
    return organisations.change(work, organisation_id, body)


@routes.delete("/v1/organisations/{organisation_id}", scope="organisations:write")
def delete_organisation(organisation_id: OrganisationId, work: Work) -> None:
    """Delete an organisation and free its domains. Its members stay customers and leave it a moment later."""
    organisations.delete(work, organisation_id)
