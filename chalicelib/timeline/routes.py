"""Timelines over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.customers.model import CustomerId, OrganisationId
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.timeline import organisations
from chalicelib.timeline import service as timeline
from chalicelib.timeline.model import Channel, Entry, EntryType, NewInteraction

routes = Routes("Timeline", __name__)


class TimelineQuery(PageParameters):
    type: Annotated[
        EntryType | None,
        Field(description="A type, such as `mail.received`, or a family of them, such as `mail`."),
    ] = None
    channel: Channel | None = None


class GroupTimeline(Page[Entry]):
    """A page of several people's timelines as one; `partial` when not all of them are in it."""

    partial: bool


@routes.get("/v1/customers/{customer_id}/timeline", scope="timeline:read")
def read_timeline(customer_id: CustomerId, query: TimelineQuery) -> Page[Entry]:
    """Read what happened between us and a customer on every channel, newest first.

    It is one with that of those who were merged into them.
    """
    data, position = timeline.read(
        customer_id, kind=query.type, channel=query.channel, limit=query.limit, after=query.cursor
    )
    return Page(data=data, next_cursor=position)


@routes.get("/v1/organisations/{organisation_id}/timeline", scope="timeline:read")
def read_organisation_timeline(organisation_id: OrganisationId, query: TimelineQuery) -> GroupTimeline:
    """Read what happened between us and the members of an organisation, newest first.

    Of an organisation with more than 50 members it has those who became customers last, and says so:
    `partial` is true.
    """
    data, position, partial = organisations.read(
        organisation_id, kind=query.type, channel=query.channel, limit=query.limit, after=query.cursor
    )
    return GroupTimeline(data=data, next_cursor=position, partial=partial)


@routes.post("/v1/customers/{customer_id}/interactions", scope="timeline:write", status=201)
def log_interaction(customer_id: CustomerId, body: NewInteraction, work: Work) -> Entry:
    """Log a contact: a phone call, a store visit, a fax, a chat, a letter. It may have happened earlier."""
    return timeline.log(work, customer_id, body)
