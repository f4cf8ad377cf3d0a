"""All that a rule can ask about: one mail as it came, its own sender's customer, and the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from chalicelib.customers.model import Customer
from chalicelib.mail.inbox import Arrival
from chalicelib.rules.conditions import TextField

MAX_TEXT = 20_000
"""Characters of a mail's own words that rules see, so that no mail can keep them busy."""


@lru_cache(maxsize=4096)
def plain(value: str) -> str:
    """A value of a condition in the form that facts are compared in; kept, since rules change seldom."""
    from chalicelib.directory.words import folded  # takes a while to compile

    return folded(value)


@dataclass(frozen=True)
class AttachmentFact:
    name: str
    content_type: str
    size: int


@dataclass(frozen=True)
class CustomerFact:
    stage: str
    tags: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What is so. `depth` is how often rules have answered on its ticket since the staff last did."""

    at: datetime
    mailbox: str
    mail_class: str
    subject: str = ""
    text: str = ""
    sender: str = ""
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    language: str | None = None
    attachments: tuple[AttachmentFact, ...] = ()
    spam: str = "PASS"
    virus: str = "PASS"
    sender_verified: bool = True
    reply: bool = False
    customer: CustomerFact | None = None
    depth: int = 0

    @cached_property
    def texts(self) -> dict[TextField, list[str]]:
        """The texts of each field, folded once for all rules."""
        from chalicelib.directory.words import folded

        found: dict[TextField, list[str]] = {
            "mailbox": [self.mailbox],
            "sender": [self.sender],
            "sender_name": [self.sender_name],
            "domain": [self.sender.rpartition("@")[2]],
            "recipient": list(self.recipients),
            "subject": [self.subject],
            "text": [self.text],
            "attachment_name": [one.name for one in self.attachments],
            "attachment_type": [one.content_type for one in self.attachments],
        }
        return {name: [folded(text) for text in texts if text] for name, texts in found.items()}

    @cached_property
    def worded(self) -> dict[TextField, list[str]]:
        """The same as words between single spaces, so that whole words are found as texts."""
        return {name: [spaced(text) for text in texts] for name, texts in self.texts.items()}


def spaced(text: str) -> str:
    """The words of a folded text, each between spaces."""
    from chalicelib.directory.words import words

    return f" {' '.join(words(text))} "


def of(arrival: Arrival, customer: Customer | None, *, at: datetime, reply: bool, depth: int) -> Facts:
    """The facts of a mail that came, from the customer whom it really comes from, if there is one."""
    receipt, mail, sender = arrival.receipt, arrival.mail, arrival.sender
    known = CustomerFact(customer.stage, tuple(customer.tags), customer.custom) if customer else None
    read: dict[str, Any] = {}
    if mail is not None:
        read = {
            "text": mail.visible[:MAX_TEXT],
            "recipients": tuple(one.address for one in (*mail.to, *mail.cc)),
            "attachments": tuple(
                AttachmentFact(one.filename, one.content_type, one.size) for one in mail.attachments
            ),
        }
    return Facts(
        at=at,
        mailbox=arrival.mailbox.address,
        language=arrival.language,
        mail_class=arrival.mail_class,
        subject=arrival.subject,
        sender=sender.address if sender else "",
        sender_name=sender.name if sender else "",
        spam=receipt.spam,
        virus=receipt.virus,
        sender_verified=receipt.sender_verified,
        reply=reply,
        customer=known,
        depth=depth,
        **read,
    )
