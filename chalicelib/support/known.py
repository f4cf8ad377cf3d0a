"""What the table knows of a mail that came in: whose it is, which ticket it answers, what it reports on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.customers import recognition
from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.kernel import table
from chalicelib.kernel.table import Item, Key
from chalicelib.mail import service as mail
from chalicelib.mail.inbox import Arrival
from chalicelib.mail.model import StoredMessage
from chalicelib.rules import book
from chalicelib.rules.book import Book
from chalicelib.support import acknowledgement, following, policy, ruling, store
from chalicelib.support.model import StoredTicket
from chalicelib.support.ruling import Ruling


@dataclass(frozen=True)
class Known:
    """What the table says of a mail: items, whose the sender's address is, what it joins and reports on."""

    found: dict[Key, Item]
    customer_id: str | None
    ticket: StoredTicket | None
    closed: StoredTicket | None
    """The ticket that it answers and cannot open again."""
    sent: StoredMessage | None
    """The message of ours that it reports on."""
    history: Item | None
    """What its sender was sent automatically of late."""
    ruling: Ruling


def look_up(arrival: Arrival, at: datetime, *, instead: Book | None = None) -> Known:
    """Two calls at most: marks, thread keys, the sender, the rules; then its tickets and its customer.

    More only when rules changed since this process last read them. `instead` are rules to ask in their place.
    """
    keys = [*arrival.seen_keys, *arrival.index_keys, *([arrival.own_key] if arrival.own_key else [])]
    sender = arrival.sender
    if sender is not None:
        keys += [recognition.email_key(sender.address), acknowledgement.history_key(sender)]
    found = table.get_many([*keys, *book.keys(at)])
    rules = instead or book.opened(found, at)
    holder = found.get(recognition.email_key(sender.address)) if sender else None
    verified = arrival.receipt.sender_verified and not arrival.receipt.is_spam
    customer_id = holder["customer_id"] if holder and verified else None
    asked = [customers.profile_key(customer_id)] if customer_id and rules.rules else []
    answered, sent, profile = _joined(arrival, found, asked, at)
    goes_on = answered is not None and _goes_on(arrival, answered, at)
    ticket, closed = (answered, None) if goes_on else (None, answered)
    history = found.get(acknowledgement.history_key(sender)) if sender else None
    decided = ruling.decide(arrival, rules, profile, ticket, at)
    return Known(found, customer_id, ticket, closed, sent, history, decided)


def _goes_on(arrival: Arrival, ticket: StoredTicket, at: datetime) -> bool:
    """Whether the mail joins its ticket: a person's opens a new one when that cannot be opened again."""
    return not is_persons(arrival) or policy.reopens(ticket, at)


def is_persons(arrival: Arrival) -> bool:
    """Whether it may change a ticket: no other mail than a person's ever does, but by a rule."""
    return arrival.mail_class == "human" and not arrival.receipt.is_spam


def _joined(
    arrival: Arrival, found: dict[Key, Item], profile_keys: list[Key], at: datetime
) -> tuple[StoredTicket | None, StoredMessage | None, Customer | None]:
    """The ticket it answers, the message of ours it reports on, and the customer asked for: one call.

    A ticket by signature, by the ids it answers, or by the tag if its sender takes part; or the one that
    goes on with that.
    """
    answered = arrival.indexed_threads(found, by_tag=False)
    certain = [f"tkt_{ulid}" for ulid in arrival.signed_threads()] + answered
    tagged = arrival.indexed_threads(found, by_tag=True)
    sent_id = arrival.reported_message(found)
    keys = [store.ticket_key(ticket_id) for ticket_id in [*certain, *tagged]]
    sent_keys = [mail.message_key(sent_id)] if sent_id else []
    keys += [*sent_keys, *profile_keys]
    items = table.get_many(keys)
    messages = [mail.stored(items[key]) for key in sent_keys if key in items]
    profiles = [customers.of_item(items[key]) for key in profile_keys if key in items]
    message, profile = next(iter(messages), None), next(iter(profiles), None)
    for ticket_id in [*certain, *tagged]:
        ticket = store.stored(items.get(store.ticket_key(ticket_id)))
        if ticket is not None and (ticket_id in certain or _takes_part(arrival, ticket)):
            return following.current(ticket, answered, at), message, profile
    return None, message, profile


def _takes_part(arrival: Arrival, ticket: StoredTicket) -> bool:
    verified = arrival.receipt.sender_verified
    return verified and arrival.sender is not None and ticket.takes_part(arrival.sender.address)
