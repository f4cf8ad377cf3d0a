"""Finding customers over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.access.model import StaffId
from chalicelib.customers import recognition
from chalicelib.customers.identity import Handle
from chalicelib.customers.model import Customer, OrganisationId, Stage
from chalicelib.directory import fields
from chalicelib.directory.listing import listed
from chalicelib.directory.model import FieldValue, Filters
from chalicelib.directory.search import search
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.model import Line, Utc

routes = Routes("Customers", __name__)

IDENTITIES = ("email", "phone", "external_id", "handle")
FILTERS = (
    "stage",
    "owner",
    "tag",
    "organisation_id",
    "created_from",
    "created_to",
    "updated_from",
    "updated_to",
)
ALONE = Invalid(
    "Look one customer up by one identity and nothing else; search with filters, but in its own order.",
    code="one_filter",
)


class CustomerQuery(PageParameters):
    """A look-up by one identity, a search, or a list; filters narrow the last two, all of them together."""

    q: Annotated[
        str | None,
        Line(200),
        Field(
            description="Words in any order, each the beginning of one in name, company, e-mail address, "
            "telephone number, handle or external id; accents and case do not matter. 8 at most.",
            examples=["love ada"],
        ),
    ] = None
    email: Annotated[
        str | None, Field(max_length=254, description="A whole address; its case does not matter.")
    ] = None
    phone: Annotated[
        str | None,
        Field(max_length=40, description="E.164, its + as %2B, or as dialled in the business's own country."),
    ] = None
    external_id: Annotated[str | None, Field(max_length=241, description="`source:id`")] = None
    handle: Annotated[Handle | None, Field(description="`network:name`")] = None
    stage: Stage | None = None
    owner: StaffId | None = None
    tag: Annotated[str, Line(50)] | None = None
    organisation_id: OrganisationId | None = None
    created_from: Annotated[Utc | None, Field(description="Created at this time or later.")] = None
    created_to: Annotated[Utc | None, Field(description="Created before this time.")] = None
    updated_from: Annotated[Utc | None, Field(description="Changed last at this time or later.")] = None
    updated_to: Annotated[Utc | None, Field(description="Changed last before this time.")] = None
    field: Annotated[
        str | None,
        Line(160),
        Field(
            description="`name:value` of a custom field that is marked filterable.",
            examples=["shoe_size:38"],
        ),
    ] = None
    sort: Annotated[
        Literal["created_at", "updated_at"] | None,
        Field(
            description="`created_at`: newest first; `updated_at`: oldest change first, "
            "as without it when a range of updates is asked for."
        ),
    ] = None

    @property
    def filters(self) -> Filters:
        """The filters. Raises Invalid for a custom field that is not filterable."""
        given = {name: getattr(self, name) for name in FILTERS}
        return Filters(
            **given, field=FieldValue.read(self.field, fields.filterable()) if self.field else None
        )

    def given(self, *names: str) -> list[str]:
        """Which of the parameters were given."""
        return [name for name in names if getattr(self, name) is not None]


class CustomerPage(Page[Customer]):
    """`partial`: a search that met more than it reads for one page, so that the best of the rest may come
    on a later page, and this one may be short.
    """

    partial: bool = False


@routes.get("/v1/customers", scope="customers:read")
def list_customers(query: CustomerQuery) -> CustomerPage:
    """Find customers: search them, list them by filters, or look one up by an identity.

    Filters combine. With one filter pages are full; with several a page may be short and still have a next.
    A search brings those with whole words first, then the newest; when nothing matches, it forgives one typo
    after the third letter of words of five letters or more.

    `sort=updated_at` ascends and is for keeping a copy in step: begin each run with `updated_from` a
    minute before the last `updated_at` you saw; entries may come twice, none is missed. Lists and search
    lag a few seconds behind changes; look-ups do not.
    """
    if identity := query.given(*IDENTITIES):
        if len(identity) > 1 or query.given("q", "field", "sort", *FILTERS):
            raise ALONE
        one = recognition.look_up(**{name: getattr(query, name) for name in identity})
        return CustomerPage(data=[one] if one else [])
    filters = query.filters
    if query.q is not None:
        if query.sort:
            raise ALONE
        found = search(query.q, filters, limit=query.limit, after=query.cursor)
    else:
        order = query.sort or ("updated_at" if filters.of_updates else "created_at")
        found = listed(filters, order, limit=query.limit, after=query.cursor)
    return CustomerPage(data=found.customers, next_cursor=found.after, partial=found.partial)
