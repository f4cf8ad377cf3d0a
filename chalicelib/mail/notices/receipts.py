"""What SES says about a mail it received and stored: the envelope, the place and the verdicts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Line, Model, Utc
from chalicelib.mail.notices.notifications import (
    Json,
    first_moment,
    needed,
    read_notification,
    section,
    word,
    words,
)
from chalicelib.mail.parts import MailboxAddress

Verdict = Literal["PASS", "FAIL", "UNKNOWN"]
DmarcPolicy = Literal["none", "quarantine", "reject"]

_SETUP = "AMAZON_SES_SETUP_NOTIFICATION"
_POLICIES: dict[str, DmarcPolicy] = {"none": "none", "quarantine": "quarantine", "reject": "reject"}


class Receipt(Model):
    """The envelope is the truth about who wrote to whom; headers in the mail can be forged."""

    ses_message_id: Annotated[str, Line(200)]
    envelope_sender: Annotated[str, Line(320, 0)]
    """`""` is the null sender of reports."""
    recipients: Annotated[tuple[MailboxAddress, ...], Field(min_length=1)]
    bucket: Annotated[str, Line(255)]
    key: Annotated[str, Line(1024)]
    received_at: Utc
    spam: Verdict
    virus: Verdict
    spf: Verdict
    dkim: Verdict
    dmarc: Verdict
    dmarc_policy: DmarcPolicy | None = None
    """Of the sender's domain, if it has one."""

    @property
    def is_spam(self) -> bool:
        """Spam state: no acknowledgement, no workflow."""
        return self.spam == "FAIL"

    @property
    def is_infected(self) -> bool:
        """Quarantine: no attachment is served."""
        return self.virus == "FAIL"

    @property
    def sender_verified(self) -> bool:
        """False when DMARC failed under a policy that minds, or when both SPF and DKIM failed."""
        if self.dmarc == "FAIL" and self.dmarc_policy in {"quarantine", "reject"}:
            return False
        return not (self.spf == "FAIL" and self.dkim == "FAIL")


def read_receipt(body: str) -> Receipt | None:
    """The receipt in an SQS body; None for set-up and test messages, Invalid for anything else."""
    message = read_notification(body)
    if message is None or _is_test(message):
        return None
    mail, receipt = section(message, "mail"), section(message, "receipt")
    action = section(receipt, "action")
    if _SETUP in {word(mail, "messageId"), word(action, "objectKey").rpartition("/")[2]}:
        return None
    try:
        return _receipt(mail, receipt, action)
    except ValidationError as error:
        raise Invalid("The receipt is outside its bounds.", code="unreadable_notification") from error


def _is_test(message: Json) -> bool:
    return word(message, "Event") == "s3:TestEvent" or word(message, "notificationType") == _SETUP


def _receipt(mail: Json, receipt: Json, action: Json) -> Receipt:
    source = word(mail, "source").strip()
    return Receipt(
        ses_message_id=needed(mail, "messageId"),
        envelope_sender="" if source == "<>" else source,
        recipients=tuple(words(receipt, "recipients") or words(mail, "destination")),
        bucket=needed(action, "bucketName"),
        key=needed(action, "objectKey", limit=1024),
        received_at=first_moment(word(receipt, "timestamp"), word(mail, "timestamp")),
        spam=_verdict(receipt, "spamVerdict"),
        virus=_verdict(receipt, "virusVerdict"),
        spf=_verdict(receipt, "spfVerdict"),
        dkim=_verdict(receipt, "dkimVerdict"),
        dmarc=_verdict(receipt, "dmarcVerdict"),
        dmarc_policy=_POLICIES.get(word(receipt, "dmarcPolicy").lower()),
    )


def _verdict(receipt: Json, name: str) -> Verdict:
    """GRAY, PROCESSING_FAILED and a missing verdict are unknown, never a pass."""
    found = receipt.get(name)
    status = word(found, "status").upper() if isinstance(found, dict) else ""
    if status == "PASS":
        return "PASS"
    return "FAIL" if status == "FAIL" else "UNKNOWN"
