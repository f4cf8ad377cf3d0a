"""Files a mail that came in: as a new ticket, or as the next message of the one it answers.

Four calls and one for each stored object: the raw mail, what we know of it, its ticket, the transaction.
When others change meanwhile what was read, the worker begins anew; the marks of the first success end
every repeat.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Repeated
from chalicelib.kernel.work import Work
from chalicelib.mail import filing, inbox, mailboxes
from chalicelib.mail import service as mail
from chalicelib.mail.events import MailReceived
from chalicelib.mail.inbox import Arrival
from chalicelib.mail.mailbox_model import Mailbox, Purpose
from chalicelib.mail.notices.receipts import Receipt
from chalicelib.support import acknowledgement, following, service
from chalicelib.support.known import Known, is_persons, look_up
from chalicelib.support.model import MAX_LINKS, StoredTicket, new_ticket
from chalicelib.templates.model import Rendered

_FILED_ALONE = frozenset({"bounce", "complaint", "own_loop"})
"""Classes that never open a ticket: without one to join, the message stands for itself."""


@dataclass(frozen=True)
class Settled:
    """What becomes of a mail: whose it is, its ticket as it was or is to begin, and what rules make of it."""

    customer_id: str | None
    ticket: StoredTicket | None
    given: dict[str, Any] = field(default_factory=dict)
    answer: Rendered | None = None
    purpose: Purpose = "support"
    """`feedback` brings it to the feedback queue."""


def file_everywhere(work: Work, receipt: Receipt) -> None:
    """File a mail in each of our mailboxes that it came to, the last with this Work; most came to one.

    Raises Repeated for one that was filed before; fails with Stale when it was overtaken.
    """
    *others, last = mailboxes.addressed(receipt.recipients)
    for mailbox in others:
        apart = Work(now=work.now)
        with suppress(Repeated):
            file(apart, receipt, mailbox)
            commit(apart)
    file(work, receipt, last)


def file(work: Work, receipt: Receipt, mailbox: Mailbox) -> None:
    """File a mail that came to a mailbox. Raises Repeated; fails with Stale when it was overtaken."""
    arrival = inbox.read(receipt, mailbox)
    known = look_up(arrival, work.now)
    if any(key in known.found for key in arrival.seen_keys):
        raise Repeated("This mail was filed before.")
    for key in arrival.seen_keys:
        mail.mark_seen(work, key)
    if known.sent is not None and arrival.report is not None:
        from chalicelib.mail import reported  # few mails are reports

        reported.report_back(work, known.sent, arrival.report, at=receipt.received_at)
    settled = settle(work, arrival, known)
    ticket = settled.ticket
    if ticket is None:
        _add_message(work, arrival, known, None, settled.customer_id, settled.purpose)
    elif known.ticket is None:
        _open(work, arrival, known, settled, ticket)
    else:
        _append(work, arrival, known, settled, ticket)
    known.ruling.record(work, ticket.id if ticket else None, settled.customer_id)


def settle(work: Work, arrival: Arrival, known: Known) -> Settled:
    """Decide what becomes of a mail, with what rules make of it. Fills in what concerns its customer only.

    A person whom we do not know becomes a lead when their mail opens a ticket.
    """
    ruling, opens = known.ruling, known.ticket is None
    if ruling.ignores or (opens and arrival.mail_class in _FILED_ALONE):
        ruling.without_ticket()
        customer_id = ruling.customer(work, known.customer_id, makes=False)
        ruling.interact(work, customer_id)
        return Settled(customer_id or (known.sent.customer_id if known.sent else None), None)
    customer_id = ruling.customer(work, known.customer_id, makes=opens)
    ruling.interact(work, customer_id)
    if opens and arrival.mailbox.purpose == "feedback":
        ruling.without_ticket()
        return Settled(customer_id, None, purpose="feedback")
    ticket = known.ticket or _beginning(work, arrival, customer_id)
    answer = ruling.answer(ticket, known.history, work.now)
    return Settled(customer_id, ticket, ruling.on_ticket(work, ticket), answer)


def _beginning(work: Work, arrival: Arrival, customer_id: str | None) -> StoredTicket:
    """The ticket that a mail opens."""
    ticket = new_ticket(
        at=work.now,
        identifier=arrival.derived_id("tkt"),
        subject=arrival.subject,
        channel="email",
        status="spam" if arrival.receipt.is_spam else "open",
        customer_id=customer_id,
        requester=arrival.answers_to,
        verified=arrival.receipt.sender_verified and arrival.answers_to == arrival.sender,
        team=arrival.mailbox.team,
        mailbox=arrival.mailbox.address,
        language=arrival.language or arrival.mailbox.language,
    )
    own_id = arrival.mail.message_id if arrival.mail else None
    return ticket.model_copy(update={**ticket.with_reference(own_id), **_joining(arrival, ticket)})


def _open(work: Work, arrival: Arrival, known: Known, settled: Settled, ticket: StoredTicket) -> None:
    """Open a ticket; a person gets an acknowledgement, or what rules answer in its place."""
    given = settled.given | {"answered_by_rules": int(settled.answer is not None)}
    ticket = service.begin(work, _following(work, ticket.model_copy(update=given), known.closed))
    _add_message(work, arrival, known, ticket, settled.customer_id)
    wanted = arrival.mailbox.acknowledge or settled.answer is not None
    if wanted and arrival.is_trusted and arrival.sender is not None and ticket.status != "spam":
        acknowledgement.acknowledge(
            work, ticket, arrival.sender, known.history, arrival.mailbox, settled.answer
        )


def _following(work: Work, ticket: StoredTicket, closed: StoredTicket | None) -> StoredTicket:
    """The new ticket, linked to the closed one that could not be opened again, if there is room."""
    if closed is None:
        return ticket
    linked = closed.linked(ticket.id, "related") if len(closed.links) < MAX_LINKS else closed.links
    service.apply(work, closed, {"followed_by": ticket.id, "links": linked})
    return ticket.model_copy(update={"links": ticket.linked(closed.id, "related")})


def _append(work: Work, arrival: Arrival, known: Known, settled: Settled, ticket: StoredTicket) -> None:
    """Add it to its ticket. Only a person's mail, or a rule, changes the ticket.

    A person's reopens it and joins its author.
    """
    once = arrival.seen_in(ticket.id)
    if once is not None:
        mail.mark_seen(work, once)
    _add_message(work, arrival, known, ticket, settled.customer_id or ticket.customer_id)
    given: dict[str, Any] = {}
    if is_persons(arrival) and arrival.mail is not None:
        given = ticket.with_reference(arrival.mail.message_id) | _joining(arrival, ticket)
        given |= {"asked_at": work.now} | following.reopened(ticket)
    given |= settled.given
    if settled.answer is not None:
        given["answered_by_rules"] = ticket.answered_by_rules + 1
    after = service.apply(work, ticket, given)
    if settled.answer is not None and arrival.sender is not None:
        acknowledgement.acknowledge(
            work, after, arrival.sender, known.history, arrival.mailbox, settled.answer
        )


def _joining(arrival: Arrival, ticket: StoredTicket) -> dict[str, Any]:
    """Its author takes part; and whom a person names whom the mail really comes from, unverified."""
    if arrival.sender is None:
        return {}
    verified = arrival.receipt.sender_verified
    joined = ticket.joined_by(arrival.sender.address, verified=verified)
    if arrival.is_trusted:
        for one in arrival.joining():
            joined = ticket.model_copy(update={"participants": joined}).joined_by(one.address, verified=False)
    return {"participants": joined}


def _add_message(
    work: Work,
    arrival: Arrival,
    known: Known,
    ticket: StoredTicket | None,
    customer_id: str | None,
    purpose: Purpose = "support",
) -> None:
    thread_id = ticket.id if ticket else None
    message = filing.message_of(arrival, thread_id=thread_id, customer_id=customer_id)
    if known.sent is not None:
        message = message.model_copy(update={"reports_on": known.sent.id})
    mail.add(work, message)
    if thread_id and arrival.own_key and arrival.own_key not in known.found:
        mail.claim_thread_key(work, arrival.own_key, thread_id)
    event = MailReceived(
        message_id=message.id,
        thread_id=thread_id,
        mail_class=arrival.mail_class,
        mailbox_id=arrival.mailbox.id,
        purpose=purpose,
        state=arrival.state,
    )
    mail.record(work, message, event)
