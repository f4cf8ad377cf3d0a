"""When we last had to do with somebody, told from their timeline."""

from collections.abc import Iterable, Iterator

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import service as customers
from chalicelib.kernel import pages
from chalicelib.kernel.events import PREFIX
from chalicelib.kernel.model import Stored, Utc
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item
from chalicelib.timeline.model import Direction

RECENT = 100
"""Entries read at first; only when they lack a contact in one of the directions are older ones asked for."""

_CONTACTS = (
    "mail.received",
    "mail.queued",
    "mail.sent",
    "interaction.logged",
    "ticket.opened",
    "feedback.received",
)


class Contact(Stored):
    """One contact: when, on which channel, who began it, and the entry's type."""

    at: Utc
    channel: str | None = None
    direction: Direction
    type: str


class Contacts(Stored):
    """The last contacts with somebody, either way; automatic mails are none."""

    last: Contact | None = None
    last_inbound: Contact | None = None
    last_outbound: Contact | None = None


def summary_of(customer_ids: Iterable[str]) -> Contacts:
    """The last contacts of customers who are one person: one call each, rarely two."""
    found = [contact for one in customer_ids for contact in _contacts_of(one)]
    found.sort(key=lambda contact: contact.at, reverse=True)
    return Contacts(
        last=found[0] if found else None,
        last_inbound=next((one for one in found if one.direction == "inbound"), None),
        last_outbound=next((one for one in found if one.direction == "outbound"), None),
    )


def _contacts_of(customer_id: str) -> list[Contact]:
    partition = customers.partition(customer_id)
    recent = pages.page([Query.prefixed(partition, PREFIX)], limit=RECENT)
    found = list(contacts(recent.items))
    if recent.after is None or len({one.direction for one in found}) == 2:
        return found
    older = Query.prefixed(partition, PREFIX, where=Attr("type").is_in(list(_CONTACTS)))
    return found + list(contacts(pages.page([older], limit=RECENT, after=recent.after).items))


def contacts(items: list[Item]) -> Iterator[Contact]:
    """The contacts among entries. An acknowledgement and what no person wrote are not among them."""
    automatic = {
        item["data"]["message_id"]
        for item in items
        if item["type"] == "mail.queued" and item["data"].get("auto_reply")
    }
    for item in items:
        direction = _direction(item, automatic)
        if direction is not None:
            given = {"at": item["occurred_at"], "channel": item.get("channel"), "type": item["type"]}
            yield Contact.model_validate({**given, "direction": direction}, strict=False)


def _direction(item: Item, automatic: set[str]) -> Direction | None:
    """Who began it; None for what is no contact. A ticket that came by mail is told by its mail."""
    data = item["data"]
    match item["type"]:
        case "mail.received":
            return "inbound" if data["mail_class"] == "human" else None
        case "mail.sent":
            return None if data["message_id"] in automatic else "outbound"
        case "interaction.logged":
            return "outbound" if data["direction"] == "outbound" else "inbound"
        case "ticket.opened":
            return None if data["channel"] == "email" else "inbound"
        case "feedback.received":
            return "inbound"
    return None
