"""What tickets can be filtered by. Pure: says who matches."""

from collections.abc import Sequence
from typing import Annotated, Literal

from boto3.dynamodb.conditions import Attr, ConditionBase
from pydantic import Field

from chalicelib.access.model import StaffId, TeamId
from chalicelib.customers.model import CustomerId
from chalicelib.kernel.http.paging import PageParameters
from chalicelib.kernel.model import Line, Model
from chalicelib.sla.model import Priority
from chalicelib.support.model import Ticket
from chalicelib.support.states import Status, Tag

NONE = "none"
"""What asks for tickets without an assignee, or without a team."""
Sort = Literal["created_at", "updated_at"]


class Filters(Model):
    """What is asked for; all of it has to hold."""

    status: Status | None = None
    assignee: Annotated[
        StaffId | Literal["none"] | None, Field(description="A member of staff, or `none`: unassigned.")
    ] = None
    team: Annotated[TeamId | Literal["none"] | None, Field(description="A team, or `none`.")] = None
    priority: Priority | None = None
    tag: Tag | None = None
    customer_id: CustomerId | None = None

    def match(self, ticket: Ticket, customer_ids: Sequence[str] = ()) -> bool:
        """Whether a ticket is one of them; `customer_ids` are those that the customer goes by."""
        return (
            self.status in (None, ticket.status)
            and self.assignee in (None, ticket.assignee or NONE)
            and self.team in (None, ticket.team or NONE)
            and self.priority in (None, ticket.priority)
            and (self.tag is None or self.tag in ticket.tags)
            and (self.customer_id is None or ticket.customer_id in customer_ids)
        )

    def condition(self, *, without: str | None, customer_ids: Sequence[str]) -> ConditionBase | None:
        """The filters as a condition on an item; `without` those that its list answers, and the status."""
        asked = {name: getattr(self, name) for name in ("assignee", "team", "priority")}
        found = [_equals(name, value) for name, value in asked.items() if value and name != without]
        if self.tag:
            found.append(Attr("tags").contains(self.tag))
        if customer_ids and without != "customer_id":
            found.append(Attr("customer_id").is_in(list(customer_ids)))
        if self.status and without in (None, "customer_id"):
            found.append(Attr("status").eq(self.status))
        condition = None
        for one in found:
            condition = one if condition is None else condition & one
        return condition


def _equals(name: str, value: str) -> ConditionBase:
    return Attr(name).not_exists() if value == NONE else Attr(name).eq(value)


class TicketQuery(Filters, PageParameters):
    """The filters as parameters of a list, or of a search."""

    q: Annotated[
        str | None,
        Line(200),
        Field(
            description="Words in any order, each the beginning of one in subject, messages, number, or name "
            "and address of whoever asked; accents and case do not matter. 8 at most.",
            examples=["kettle leak"],
        ),
    ] = None
    sort: Annotated[
        Sort | None,
        Field(description="`created_at`, as without it: newest first; `updated_at`: oldest change first."),
    ] = None
