"""Acknowledges a person's mail that opened a ticket, and stops before two machines talk for ever.

Detection of automatic mail is never perfect, so there are caps: no more than 10 acknowledgements to one
address in 180 minutes, and none to the second mail with the same subject.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from chalicelib.kernel import tokens
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import service as mail
from chalicelib.mail.mailbox_model import Mailbox
from chalicelib.mail.parts import Address
from chalicelib.support.acknowledgement_texts import acknowledging
from chalicelib.support.model import StoredTicket
from chalicelib.support.replies import reply_subject

MOST = 10
WINDOW = timedelta(minutes=180)

_PREFIXES = re.compile(r"^(\s*(re|aw|sv|fwd?|wg|antw|tr|rv)\s*(\[\d+\])?:)+", re.IGNORECASE)


def history_key(address: Address) -> Key:
    """Where it is kept what an address was sent; hashed, since it names nobody."""
    return Key(f"ACK#{tokens.keyed_hash('suppression', address.address.casefold())}", "ACK")


def acknowledge(
    work: Work, ticket: StoredTicket, to: Address, history: Item | None, mailbox: Mailbox
) -> bool:
    """Queue the acknowledgement unless the caps forbid it; whether it was."""
    now = int(work.now.timestamp())
    since = now - int(WINDOW.total_seconds())
    recent = [[at, subject] for at, subject in (history or {}).get("recent", []) if at > since]
    subject = _fingerprint(ticket.subject)
    if len(recent) >= MOST or any(subject == earlier for _, earlier in recent):
        return False
    _remember(work, history_key(to), history, [*recent, [now, subject]])
    mail.queue(work, _draft(ticket, to, mailbox))
    return True


def _remember(work: Work, key: Key, history: Item | None, recent: list[list[object]]) -> None:
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


def _draft(ticket: StoredTicket, to: Address, mailbox: Mailbox) -> mail.Draft:
    return mail.Draft(
        to=to,
        sender=mailbox.sender,
        subject=reply_subject(ticket),
        text=mailbox.signed(acknowledging(ticket.language, to.name, ticket.tag, mailbox.name)),
        customer_id=ticket.customer_id,
        thread_id=ticket.id,
        in_reply_to=ticket.last_message_id,
        references=ticket.references,
        auto_reply=True,
    )
