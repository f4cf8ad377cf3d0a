"""Acknowledges a person's mail that opened a ticket, and stops before two machines talk for ever.

Detection of automatic mail is never perfect, so there are caps: no more than 10 acknowledgements to one
address in 180 minutes, and none to the second mail with the same subject.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

from chalicelib.kernel import tokens
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import queueing
from chalicelib.mail.mailbox_model import Mailbox
from chalicelib.mail.parts import Address
from chalicelib.support.acknowledgement_texts import acknowledging
from chalicelib.support.model import StoredTicket
from chalicelib.support.replies import reply_subject
from chalicelib.templates.model import Rendered

MOST = 10
WINDOW = timedelta(minutes=180)

_PREFIXES = re.compile(r"^(\s*(re|aw|sv|fwd?|wg|antw|tr|rv)\s*(\[\d+\])?:)+", re.IGNORECASE)


def history_key(address: Address) -> Key:
    """Where it is kept what an address was sent; hashed, since it names nobody."""
    return Key(f"ACK#{tokens.keyed_hash('suppression', address.address.casefold())}", "ACK")


def is_allowed(subject: str, history: Item | None, at: datetime) -> bool:
    """Whether the caps allow an automatic answer to a mail with this subject."""
    recent = _recent(history, at)
    return len(recent) < MOST and all(_fingerprint(subject) != earlier for _, earlier in recent)


def _recent(history: Item | None, at: datetime) -> list[list[Any]]:
    since = int((at - WINDOW).timestamp())
    return [[when, subject] for when, subject in (history or {}).get("recent", []) if when > since]


def acknowledge(
    work: Work,
    ticket: StoredTicket,
    to: Address,
    history: Item | None,
    mailbox: Mailbox,
    answer: Rendered | None = None,
) -> None:
    """Queue the acknowledgement, or in its place an answer from a template, unless the caps forbid it."""
    if not is_allowed(ticket.subject, history, work.now):
        return
    now = [int(work.now.timestamp()), _fingerprint(ticket.subject)]
    _remember(work, history_key(to), history, [*_recent(history, work.now), now])
    queueing.queue(work, _draft(ticket, to, mailbox, answer))


def _remember(work: Work, key: Key, history: Item | None, recent: list[list[Any]]) -> None:
    version = history["version"] if history else 0
    item = {
        **key._asdict(),
        "version": version + 1,
        "recent": recent,
        "expires_at": int((work.now + WINDOW).timestamp()),
    }
    if history:
        work.replace(item, version=version)
    else:
        work.put(item, unless_exists=Stale("Another acknowledgement went out meanwhile."))


def _fingerprint(subject: str) -> str:
    """What two mails with the same subject have in common, however often it was answered or forwarded."""
    bare = _PREFIXES.sub("", subject).strip().casefold()
    return hashlib.sha256(bare.encode()).hexdigest()[:16]


def _draft(ticket: StoredTicket, to: Address, mailbox: Mailbox, answer: Rendered | None) -> queueing.Draft:
    usual = acknowledging(ticket.language, to.name, ticket.tag, mailbox.name)
    return queueing.Draft(
        to=to,
        mailbox=mailbox,
        subject=reply_subject(ticket),
        text=answer.text if answer else usual,
        html=answer.html if answer else None,
        customer_id=ticket.customer_id,
        thread_id=ticket.id,
        in_reply_to=ticket.last_message_id,
        references=ticket.references,
        auto_reply=True,
    )
