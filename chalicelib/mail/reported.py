"""What a delivery report or a complaint in a mailbox changes about the mail of ours that it is about.

Anybody can write such a mail. So it counts only where it returns the id that SES gave the mail, which nobody
else than its recipients knows, and it ends only an address that this mail was sent to.
"""

from __future__ import annotations

from typing import Any

from chalicelib.kernel.errors import Stale
from chalicelib.kernel.events import EventData
from chalicelib.kernel.work import Work
from chalicelib.mail import service, store
from chalicelib.mail.events import MailBounced, MailComplained
from chalicelib.mail.model import RANK, Status, StoredMessage
from chalicelib.mail.reading.reports import Report, ReportedRecipient

_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure"})
"""Praise, and what mail servers tell each other about signatures (RFC 5965, RFC 6591)."""


def report_back(work: Work, sent: StoredMessage, report: Report) -> None:
    """Raise the mail's status, record it, and suppress addresses that are no more or complained."""
    if report.kind == "complaint":
        if report.feedback_type not in _NO_COMPLAINTS:
            _complained(work, sent, report)
        return
    failed = [one for one in report.recipients if one.action == "failed" and _was_sent_to(sent, one)]
    if failed:
        _bounced(work, sent, failed)


def _was_sent_to(sent: StoredMessage, one: ReportedRecipient) -> bool:
    """Whether a report names an address that the mail went to; with one recipient, also one behind it."""
    return _has_one_reader(sent) or _is_recipient(sent, one.recipient)


def _has_one_reader(sent: StoredMessage) -> bool:
    return len(sent.to) + len(sent.cc) == 1


def _is_recipient(sent: StoredMessage, address: str) -> bool:
    key = store.suppression_key(address)
    return any(store.suppression_key(to.address) == key for to in sent.to)


def _bounced(work: Work, sent: StoredMessage, failed: list[ReportedRecipient]) -> None:
    gravest = max(failed, key=lambda one: one.hard)
    for one in failed:
        if one.hard and _is_recipient(sent, one.recipient):
            store.suppress(work, one.recipient, "bounce")
    _raise(work, sent, "bounced", MailBounced(message_id=sent.id, hard=gravest.hard), gravest.diagnostic)


def _complained(work: Work, sent: StoredMessage, report: Report) -> None:
    """Providers black out who complained; with one recipient it is known all the same."""
    named = [one.recipient for one in report.recipients if _is_recipient(sent, one.recipient)]
    for address in named or [to.address for to in sent.to if _has_one_reader(sent)]:
        store.suppress(work, address, "complaint")
    _raise(work, sent, "complained", MailComplained(message_id=sent.id), report.feedback_type)


def _raise(work: Work, sent: StoredMessage, status: Status, event: EventData, failure: str | None) -> None:
    """Nothing to say of a mail of which SES has told as much already."""
    if RANK[sent.status] >= RANK[status]:
        return
    overtaken = Stale("Somebody else reported on the message meanwhile.")
    assign: dict[str, Any] = {"failure": failure} if failure else {}
    store.raise_status(work, sent.id, status, beyond=overtaken, **assign)
    service.record(work, sent, event)
