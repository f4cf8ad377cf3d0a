"""The message that files a mail that came in, within what one item may hold."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.kernel import blobs
from chalicelib.mail import service
from chalicelib.mail.inbox import Arrival
from chalicelib.mail.model import (
    MAX_ADDRESSES,
    MAX_ELIDED_BYTES,
    MAX_TEXT_BYTES,
    AttachmentInfo,
    Reported,
    StoredMessage,
    Verdicts,
    cut,
)
from chalicelib.mail.parts import Address, ParsedMail

MAX_ADDRESS_BYTES, MAX_ATTACHMENT_BYTES = 2_000, 10_000
"""What the item keeps of each list of recipients, and about its attachments; it stays under 32 KB."""

_BESIDES_NAMES = 130
"""Bytes that an attachment takes beside its name and type."""


MAX_REPORTED_BYTES = 6_000
"""What the item keeps of what a report says; the raw mail has it all."""


def message_of(arrival: Arrival, *, thread_id: str | None, customer_id: str | None) -> StoredMessage:
    """The message that files it, its texts and attachments stored: a call for each object."""
    receipt, mail = arrival.receipt, arrival.mail
    filed = StoredMessage(
        id=arrival.message_id,
        direction="inbound",
        status="received",
        mail_class="unreadable",
        thread_id=thread_id,
        customer_id=customer_id,
        subject=arrival.subject,
        raw_key=receipt.key,
        index_key=arrival.own_key.pk if arrival.own_key else None,
        mailbox=arrival.mailbox.address,
        state=arrival.state,
        verdicts=Verdicts(spam=receipt.spam, virus=receipt.virus, sender_verified=receipt.sender_verified),
        created_at=receipt.received_at,
    )
    if mail is None or arrival.classification is None:
        return filed.model_copy(update={"receipt": receipt})
    found = arrival.classification
    classified = {
        "mail_class": found.mail_class,
        "signals": list(found.signals),
        "language": arrival.language,
        "reported": _reported(arrival),
    }
    attachments = _stored_attachments(arrival, mail, thread_id or filed.id)
    return _with_content(filed, mail).model_copy(update=classified | {"attachments": attachments})


def _reported(arrival: Arrival) -> list[Reported]:
    """What a report says of each recipient, as many as there is room for."""
    kept: list[Reported] = []
    room = MAX_REPORTED_BYTES
    for one in arrival.report.recipients if arrival.report else ():
        reported = Reported.model_validate(one.model_dump())
        room -= len(reported.model_dump_json().encode())
        if room < 0:
            break
        kept.append(reported)
    return kept


def _with_content(filed: StoredMessage, mail: ParsedMail) -> StoredMessage:
    """With who wrote what to whom; the whole of long texts is stored beside it."""
    whole_text = (
        len(mail.visible.encode()) <= MAX_TEXT_BYTES and len(mail.elided.encode()) <= MAX_ELIDED_BYTES
    )
    return filed.model_copy(
        update={
            "from_": mail.from_,
            "to": _fitting(mail.to),
            "cc": _fitting(mail.cc),
            "text": cut(mail.visible, MAX_TEXT_BYTES),
            "elided": cut(mail.elided, MAX_ELIDED_BYTES),
            "truncated": mail.text_truncated or not whole_text,
            "has_html": mail.html is not None,
            "body_key": service.store_body(filed.id, mail.visible, mail.elided, mail.html),
            "attachments_omitted": mail.attachments_omitted,
        }
    )


def _stored_attachments(arrival: Arrival, mail: ParsedMail, thread_id: str) -> list[AttachmentInfo]:
    """Attachments of an infected mail are named and left where they are, in the raw mail."""
    infected = arrival.receipt.is_infected
    for one in {one.sha256: one for one in mail.attachments}.values():
        if not infected:
            blobs.put(service.attachment_key(thread_id, one.sha256), one.content, one.content_type)
    return _all_fitting(
        [
            AttachmentInfo(
                id=one.sha256, quarantined=infected, **one.model_dump(exclude={"content", "sha256"})
            )
            for one in mail.attachments
        ]
    )


def _fitting(addresses: Iterable[Address]) -> list[Address]:
    """As many as there is room for; the raw mail has them all."""
    kept: list[Address] = []
    room = MAX_ADDRESS_BYTES
    for one in addresses:
        room -= len(one.address.encode()) + len(one.name.encode()) + len("address") + len("name")
        if room < 0 or len(kept) == MAX_ADDRESSES:
            break
        kept.append(one)
    return kept


def _all_fitting(found: list[AttachmentInfo]) -> list[AttachmentInfo]:
    """All of them, with shorter names where very many have very long ones."""
    if sum(len(one.model_dump_json().encode()) for one in found) <= MAX_ATTACHMENT_BYTES:
        return found
    share = MAX_ATTACHMENT_BYTES // len(found) - _BESIDES_NAMES
    return [_shortened(one, share) for one in found]


def _shortened(one: AttachmentInfo, room: int) -> AttachmentInfo:
    known_type = one.content_type if len(one.content_type) <= 80 else "application/octet-stream"
    filename = _short_name(one.filename, max(20, room - len(known_type)))
    return one.model_copy(update={"content_type": known_type, "content_id": None, "filename": filename})


def _short_name(filename: str, limit: int) -> str:
    """A file name of at most `limit` bytes that keeps its ending."""
    stem, dot, ending = filename.rpartition(".")
    ending = dot + ending if stem and len(ending.encode()) < 10 else ""
    return cut(filename.removesuffix(ending), limit - len(ending.encode())) + ending
