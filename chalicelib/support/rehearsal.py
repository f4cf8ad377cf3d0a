"""Tries rules on a mail as if it came now, by the same steps as a real one, and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.kernel import blobs
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.work import Work
from chalicelib.mail import inbox, mailboxes, threads
from chalicelib.mail import service as mail
from chalicelib.mail.inbox import Arrival
from chalicelib.mail.notices.receipts import Receipt, Verdict
from chalicelib.mail.reading.parse import MAX_RAW
from chalicelib.rules import running
from chalicelib.rules import service as rules
from chalicelib.rules.book import Book
from chalicelib.rules.model import DryRun, DryRuns
from chalicelib.support import inbound
from chalicelib.support.known import look_up


def rehearse(wanted: DryRun) -> DryRuns:
    """What would come of rules for a mail. The Work that a real mail would fill is thrown away.

    Rate limits of rules that are not saved count nothing.
    Raises Invalid, NotFound, Conflict `no_mail` for a message that did not come by mail.
    """
    if (wanted.message_id is None) == (wanted.raw is None):
        raise Invalid.in_body("raw", "give message_id or raw, not both", "one_of")
    work = Work()
    if wanted.message_id:
        arrival = _came(wanted.message_id)
    else:
        pasted = _receipt(at=work.now, ses_message_id="dry-run", sender="dry-run@example.org")
        arrival = inbox.understood(pasted, mailboxes.default(), (wanted.raw or "").encode())
    instead = None
    if wanted.rules is not None:
        instead = Book([rules.unsaved(work, one) for one in wanted.rules])
    known = look_up(arrival, work.now, instead=instead)
    inbound.settle(work, arrival, known)
    ruling = known.ruling
    return DryRuns(depth=ruling.depth, runs=running.told(ruling.decision, ruling.effects))


def _came(message_id: str) -> Arrival:
    """A mail that came, with what SES said of it then; to its ticket it leads as if signed for it."""
    message = mail.get_stored(message_id)
    if message.raw_key is None or message.verdicts is None or message.direction != "inbound":
        raise Conflict("This message did not come by mail.", code="no_mail")
    found = message.verdicts
    receipt = _receipt(
        at=message.created_at,
        ses_message_id=message.raw_key.rpartition("/")[2],
        sender=message.from_.address if message.from_ else "",
        spam=found.spam,
        virus=found.virus,
        verdict="PASS" if found.sender_verified else "FAIL",
    )
    mailbox = mailboxes.of_address(message.mailbox)
    arrival = inbox.understood(receipt, mailbox, blobs.get(message.raw_key, maximum=MAX_RAW))
    if message.thread_id in (None, arrival.derived_id("tkt")):
        return arrival
    address = threads.reply_address(str(message.thread_id).rpartition("_")[2], mailbox.address)
    return replace(arrival, receipt=receipt.model_copy(update={"recipients": (address,)}))


def _receipt(
    *,
    at: datetime,
    ses_message_id: str,
    sender: str,
    spam: Verdict = "PASS",
    virus: Verdict = "PASS",
    verdict: Verdict = "PASS",
) -> Receipt:
    return Receipt(
        ses_message_id=ses_message_id,
        envelope_sender=sender,
        recipients=(settings().support_address,),
        bucket=settings().mail_bucket,
        key=f"inbound/{ses_message_id}",
        received_at=at,
        spam=spam,
        virus=virus,
        spf=verdict,
        dkim=verdict,
        dmarc=verdict,
        dmarc_policy=None,
    )
