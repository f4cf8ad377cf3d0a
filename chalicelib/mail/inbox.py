"""A mail that came in, read and classified, and where to look for the thread it answers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from chalicelib.kernel import blobs, ids
from chalicelib.kernel.addresses import normal_email
from chalicelib.kernel.errors import TooLarge
from chalicelib.kernel.table import Item, Key
from chalicelib.mail import mailboxes, thread_store, threads
from chalicelib.mail.mailbox_model import Mailbox
from chalicelib.mail.model import State
from chalicelib.mail.notices.receipts import Receipt
from chalicelib.mail.parts import Address, ParsedMail, UnreadableMail
from chalicelib.mail.reading.classify import Classification, classify
from chalicelib.mail.reading.language import detect
from chalicelib.mail.reading.parse import MAX_RAW, parse_mail
from chalicelib.mail.reading.reports import Report, read_report


@dataclass(frozen=True)
class Arrival:
    """A mail as it came to one of our mailboxes. `mail` is None when it could not be read."""

    receipt: Receipt
    mailbox: Mailbox
    mail: ParsedMail | None
    classification: Classification | None
    report: Report | None
    """What a bounce or a complaint reports."""
    fingerprint: str
    """The same for the same mail, whichever way it came; empty when it was too large to look at."""

    @property
    def mail_class(self) -> str:
        return self.classification.mail_class if self.classification else "unreadable"

    @property
    def subject(self) -> str:
        return self.mail.subject if self.mail else "Unreadable mail"

    @property
    def state(self) -> State | None:
        """The gravest of what its verdicts come to."""
        if self.receipt.is_infected:
            return "quarantined"
        if self.receipt.is_spam:
            return "spam"
        return None if self.receipt.sender_verified else "unverified"

    @cached_property
    def language(self) -> str | None:
        """The language of what its author wrote."""
        return detect(self.mail.visible) if self.mail else None

    @cached_property
    def message_id(self) -> str:
        """Our id of it, the same in every try, so that its objects are stored once."""
        return self.derived_id("msg")

    def derived_id(self, prefix: str) -> str:
        """An id that follows from the mail alone."""
        return derived_id(prefix, self.receipt, self.mailbox)

    @cached_property
    def sender(self) -> Address | None:
        """Who wrote it, if that is an address one can answer."""
        return _usable(self.mail.from_) if self.mail else None

    @cached_property
    def answers_to(self) -> Address | None:
        """Where its author wants the answer (RFC 5322 section 3.6.2); never from ourselves."""
        wanted = _usable(self.mail.reply_to[0]) if self.mail and self.mail.reply_to else None
        return wanted if wanted and not mailboxes.are_ours(wanted.address) else self.sender

    @property
    def is_trusted(self) -> bool:
        """Written by a person whom it really comes from: it may make customers and be acknowledged."""
        honest = self.receipt.sender_verified and not self.receipt.is_spam and not self.receipt.is_infected
        return honest and self.mail_class == "human" and self.sender is not None

    @cached_property
    def seen_keys(self) -> list[Key]:
        """What marks it as filed: SES's id, and what its author made of it, each for this mailbox."""
        keys = [thread_store.seen_key("ses", self.mailbox.address, self.receipt.ses_message_id)]
        if self.fingerprint:
            keys.append(thread_store.seen_key("mid", self.mailbox.address, self.fingerprint))
        return keys

    def seen_in(self, thread_id: str) -> Key | None:
        """What marks it as part of a thread, where several of our mailboxes get it; None where one does."""
        named = {one.address for one in (*self.mail.to, *self.mail.cc)} if self.mail else set()
        boxes = {mailboxes.of_address(one).id for one in named if mailboxes.are_ours(one)} | {self.mailbox.id}
        return thread_store.seen_key("thread", thread_id, self.fingerprint) if len(boxes) > 1 else None

    @cached_property
    def own_key(self) -> Key | None:
        """Where its thread is to be found by those who answer it."""
        own_id = self.mail.message_id if self.mail else None
        return thread_store.thread_item_key(threads.index_key("mid", own_id)) if own_id else None

    @cached_property
    def answered_ids(self) -> list[str]:
        """Message ids it answers or reports on, the most telling first."""
        if self.mail is None:
            return []
        reported = self.report.original_ids if self.report else ()
        found = [*reported, self.mail.in_reply_to, *self.mail.references]
        return [one for one in dict.fromkeys(found) if one]

    @cached_property
    def index_keys(self) -> list[Key]:
        """Where its thread may be indexed, by message id or by a tag in the subject."""
        keys = threads.keys_of_ids(self.answered_ids) + self.tag_keys
        return [thread_store.thread_item_key(key) for key in keys]

    @cached_property
    def tag_keys(self) -> list[str]:
        return [threads.index_key("tag", tag) for tag in threads.tags_in(self.subject)[:3]]

    def signed_threads(self) -> list[str]:
        """ULIDs of threads whose signature it carries, in an address it was sent to or an id it answers."""
        found = [threads.from_addresses(self.receipt.recipients), threads.from_ids(self.answered_ids)]
        return [ulid for ulid in dict.fromkeys(found) if ulid]

    def indexed_threads(self, found: dict[Key, Item], *, by_tag: bool) -> list[str]:
        """Threads of the index entries found: by the ids it answers, or by the tag in its subject."""
        keys = self.tag_keys if by_tag else threads.keys_of_ids(self.answered_ids)
        items = [found.get(thread_store.thread_item_key(key)) for key in keys]
        return list(dict.fromkeys(item["thread_id"] for item in items if item and "thread_id" in item))

    def reported_message(self, found: dict[Key, Item]) -> str | None:
        """The id of the message of ours that it reports on, by the id that SES gave that one."""
        if self.report is None or self.report.original_message_id is None:
            return None
        key = threads.index_key("ses", self.report.original_message_id.partition("@")[0])
        item = found.get(thread_store.thread_item_key(key))
        return item.get("message_id") if item else None

    def joining(self) -> list[Address]:
        """Whom its author wants to take part: who else it went to, none of our own addresses."""
        if self.mail is None:
            return []
        usable = (_usable(one) for one in (*self.mail.to, *self.mail.cc))
        return [one for one in usable if one and not mailboxes.are_ours(one.address)]


def _usable(address: Address | None) -> Address | None:
    if address is None:
        return None
    try:
        return address.model_copy(update={"address": normal_email(address.address)})
    except ValueError:
        return None


def derived_id(prefix: str, receipt: Receipt, mailbox: Mailbox) -> str:
    """An id that follows from a mail and the mailbox it came to."""
    return ids.derived_id(prefix, receipt.received_at, prefix, receipt.ses_message_id, mailbox.address)


def read(receipt: Receipt, mailbox: Mailbox) -> Arrival:
    """Fetch, parse and classify a mail: one call. Never fails on account of its content."""
    try:
        raw = blobs.get(receipt.key, bucket=receipt.bucket, maximum=MAX_RAW)
    except TooLarge:
        return Arrival(receipt, mailbox, None, None, None, "")
    return understood(receipt, mailbox, raw)


def understood(receipt: Receipt, mailbox: Mailbox, raw: bytes) -> Arrival:
    """Parse and classify a mail. Never fails on account of its content."""
    try:
        mail = parse_mail(raw, now=ids.now())
    except (TooLarge, UnreadableMail):
        return Arrival(receipt, mailbox, None, None, None, hashlib.sha256(raw).hexdigest())
    found = classify(
        mail,
        own_addresses=[one.address for one in mailboxes.current().data],
        own_domain=mailbox.address.partition("@")[2],
        envelope_sender=receipt.envelope_sender,
        answers_notice=mailboxes.answers_notice(receipt.recipients),
    )
    kind = found.mail_class
    report = read_report(raw, kind) if kind in ("bounce", "complaint") else None
    return Arrival(receipt, mailbox, mail, found, report, _fingerprint(mail))


def _fingerprint(mail: ParsedMail) -> str:
    """A hash of what the author gave the mail, and not of what mail servers add to it on the way.

    The Message-ID alone would not do: some devices give all their mails the same one or none, and whoever
    knows one could have another's mail taken for a repeat.
    """
    author = mail.from_.address if mail.from_ else ""
    written_at = " ".join(mail.headers.get("date", ()))
    parts = [mail.message_id or "", author, written_at, mail.subject, mail.text]
    parts += [one.sha256 for one in mail.attachments]  # a scanner's mails differ in nothing else
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
