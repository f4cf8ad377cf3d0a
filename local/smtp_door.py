"""The SMTP door: takes mail for our domain and passes it on as SES does, to S3 and then to SNS."""

from __future__ import annotations

import asyncio
import json
import secrets
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from local import headers as mail_headers
from local.clients import Clients
from local.progress import complain
from local.ses_messages import Arrival, received, verdicts
from local.settings import HOST

MAX_BYTES = 40 * 1024 * 1024
"""What SES takes for receiving, headers and encoded attachments included."""


class LongLines(SMTP):
    """Takes lines longer than RFC 5322 allows, as real mail systems must."""

    line_length_limit = 1024 * 1024


class MailController(Controller):
    """An SMTP server in a thread of its own."""

    def factory(self) -> SMTP:
        return LongLines(
            self.handler,
            data_size_limit=MAX_BYTES,
            ident="Rapport local mail",
            loop=self.loop,
            hostname="localhost",
        )


def controller(handler: object, port: int) -> MailController:
    """A server for the handler on our host; `start()` and `stop()` it."""
    return MailController(handler, hostname=HOST, port=port, ready_timeout=10)


@dataclass(frozen=True)
class Inbox:
    """Where SES would put a mail: the bucket and the topic of the receipt rule."""

    clients: Clients
    bucket: str
    topic_arn: str

    def accept(self, raw: bytes, sender: str, recipients: list[str]) -> str:
        """Store the raw mail under `inbound/`, publish the notification; the message id SES would give it."""
        message_id = secrets.token_hex(20)
        arrival = Arrival(
            message_id=message_id,
            sender=sender,
            recipients=recipients,
            at=datetime.now(UTC),
            bucket=self.bucket,
            key=f"inbound/{message_id}",
            topic_arn=self.topic_arn,
        )
        found = mail_headers.pairs(raw)
        stored = as_received(raw, arrival, found)
        self.clients("s3").put_object(Bucket=self.bucket, Key=arrival.key, Body=stored)
        notice = json.dumps(received(arrival, mail_headers.pairs(stored) + test_headers(found)))
        self.clients("sns").publish(
            TopicArn=self.topic_arn, Message=notice, Subject="Amazon SES Email Receipt Notification"
        )
        return message_id


def test_headers(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers by which a test chooses the verdicts; nobody else sees them."""
    return [(name, value) for name, value in headers if name.lower().startswith("x-local-")]


def as_received(raw: bytes, arrival: Arrival, headers: list[tuple[str, str]]) -> bytes:
    """The mail as SES stores it: its own trace headers above, the test's headers taken out."""
    status = verdicts(headers)
    trace = [
        f"Return-Path: <{arrival.sender}>",
        f"Received: from localhost by inbound-smtp.local.amazonaws.com with SMTP id {arrival.message_id}"
        f"\r\n for {arrival.recipients[0]};\r\n {format_datetime(arrival.at)}",
        f"X-SES-Spam-Verdict: {status['spamVerdict']['status']}",
        f"X-SES-Virus-Verdict: {status['virusVerdict']['status']}",
    ]
    return "".join(f"{line}\r\n" for line in trace).encode() + mail_headers.without(raw, "x-local-")


def sender_of(envelope: Envelope) -> str:
    """The envelope's sender, empty for the null sender of bounces, which arrives as `<>`."""
    return (envelope.mail_from or "").strip("<>")


class SmtpDoor:
    """aiosmtpd's handler: recipients outside our domain are refused, all others accepted."""

    def __init__(self, domain: str, inbox: Callable[[bytes, str, list[str]], str]) -> None:
        self._domain = domain.lower()
        self._accept = inbox

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks the method up by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.rpartition("@")[2].lower() != self._domain:
            return "550 5.1.1 Requested action not taken: mailbox unavailable"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        content: Any = envelope.content
        try:
            taken = await asyncio.to_thread(
                self._accept, bytes(content), sender_of(envelope), list(envelope.rcpt_tos)
            )
        except Exception:  # the sender keeps the mail and tries again, as with SES
            complain(f"The SMTP door could not store a mail:\n{traceback.format_exc()}")
            return "451 4.4.0 Requested action aborted: local error in processing"
        return f"250 OK {taken}"
