"""What a delivery report or a complaint in a mailbox changes about the mail of ours that it is about.

Anybody can write such a mail. So it counts only where it returns the id that SES gave the mail, which nobody
else than its recipients knows, and it ends only an address that this mail was sent to.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.kernel.errors import Stale
from chalicelib.kernel.events import EventData
from chalicelib.kernel.work import Work
from chalicelib.mail import bouncing, service, status_store, suppression_store
from chalicelib.mail.bouncing import Failed
from chalicelib.mail.events import MailBounced, MailComplained
from chalicelib.mail.model import RANK, Status, StoredMessage
from chalicelib.mail.reading.reports import Report, ReportedRecipient

_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure"})
"""Praise, and what mail servers tell each other about signatures (RFC 5965, RFC 6591)."""


def report_back(work: Work, sent: StoredMessage, report: Report, *, at: datetime) -> None:
    """Raise the mail's status and record it; what befell its addresses is noted at once (bouncing.py)."""
    if report.kind == "complaint":
        if report.feedback_type not in _NO_COMPLAINTS:
            _complained(work, sent, report, at)
        return
    failed = [one for one in report.recipients if one.action == "failed" and _was_sent_to(sent, one)]
    if failed:
        _bounced(work, sent, failed, at)


def _was_sent_to(sent: StoredMessage, one: ReportedRecipient) -> bool:
    """Whether a report names an address that the mail went to; with one recipient, also one behind it."""
    return _has_one_reader(sent) or _is_recipient(sent, one.recipient)


def _has_one_reader(sent: StoredMessage) -> bool:
    return len(sent.to) + len(sent.cc) == 1


def _is_recipient(sent: StoredMessage, address: str) -> bool:
    key = suppression_store.address_key(address)
    return any(suppression_store.address_key(to.address) == key for to in sent.to)


def _bounced(work: Work, sent: StoredMessage, failed: list[ReportedRecipient], at: datetime) -> None:
    gravest = max(failed, key=lambda one: one.hard)
    own = [one for one in failed if _is_recipient(sent, one.recipient)]
    bouncing.note([Failed(one.recipient, "hard" if one.hard else "soft", at) for one in own], work.now)
    _raise(work, sent, "bounced", MailBounced(message_id=sent.id, hard=gravest.hard), gravest.diagnostic)


def _complained(work: Work, sent: StoredMessage, report: Report, at: datetime) -> None:
    """Providers black out who complained; with one recipient it is known all the same."""
    named = [one.recipient for one in report.recipients if _is_recipient(sent, one.recipient)]
    known = named or [to.address for to in sent.to if _has_one_reader(sent)]
    bouncing.note([Failed(address, "complaint", at) for address in known], work.now)
    _raise(work, sent, "complained", MailComplained(message_id=sent.id), report.feedback_type)


def _raise(work: Work, sent: StoredMessage, status: Status, event: EventData, failure: str | None) -> None:
    """Nothing to say of a mail of which SES has told as much already."""
    if RANK[sent.status] >= RANK[status]:
        return
    overtaken = Stale("Somebody else reported on the message meanwhile.")
    assign: dict[str, Any] = {"failure": failure} if failure else {}
    status_store.raise_status(work, sent.id, status, beyond=overtaken, **assign)
    service.record(work, sent, event)
