"""Takes the mails that SES sends: into the outbox, back in when they are for us, and their events to SNS."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from local import headers as mail_headers
from local.outbox import Outbox
from local.progress import complain
from local.ses_messages import Sent, events, tags_of
from local.smtp_door import sender_of

Publish = Callable[[str], None]
Accept = Callable[[bytes, str, list[str]], str]


def as_sent(raw: bytes, sender: str, recipients: list[str], at: datetime) -> tuple[bytes, Sent]:
    """The mail as SES delivers it: its own Date, no headers meant for it; and what it knows of the mail."""
    instructions = mail_headers.pairs(raw)
    dated = f"Date: {format_datetime(at)}\r\n".encode()
    delivered = dated + mail_headers.without(mail_headers.without(raw, "x-ses-"), "date")
    message_id = mail_headers.first(instructions, "Message-ID").strip(" <>").partition("@")[0]
    tags = tags_of(mail_headers.first(instructions, "X-SES-MESSAGE-TAGS"))
    return delivered, Sent(message_id, sender, recipients, at, mail_headers.pairs(delivered), tags)


class Relay:
    """aiosmtpd's handler for the emulator's SMTP relay.

    It runs before the stack is known, since timers may fire as soon as the emulator starts: mails are kept at
    once, and wait in memory to be announced until `connect` says where to.
    """

    def __init__(self, outbox: Outbox, domain: str) -> None:
        self._outbox = outbox
        self._domain = domain.lower()
        self._sent: queue.SimpleQueue[tuple[bytes, Sent] | None] = queue.SimpleQueue()
        self._announcer: threading.Thread | None = None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content: Any = envelope.content
        await asyncio.to_thread(self.take, bytes(content), sender_of(envelope), list(envelope.rcpt_tos))
        return "250 OK"

    def take(self, raw: bytes, sender: str, recipients: list[str]) -> None:
        """Keep the mail in the outbox and queue it for its events."""
        delivered, sent = as_sent(raw, sender, recipients, datetime.now(UTC))
        self._outbox.add(delivered, sent)
        self._sent.put((delivered, sent))

    def connect(self, publish: Publish, accept: Accept) -> None:
        """From now on publish events with `publish` and hand mails to our own domain to `accept`."""
        self._announcer = threading.Thread(
            target=self._announce_all, args=(publish, accept), name="mail-events"
        )
        self._announcer.start()

    def disconnect(self) -> None:
        """Announce what is queued, then stop."""
        if self._announcer is not None:
            self._sent.put(None)
            self._announcer.join(timeout=20)
            self._announcer = None

    def _announce_all(self, publish: Publish, accept: Accept) -> None:
        while (item := self._sent.get()) is not None:
            try:
                self._announce(*item, publish, accept)
            except Exception:  # one mail's trouble is not the next one's
                complain(f"The events of a sent mail could not be published:\n{traceback.format_exc()}")

    def _announce(self, delivered: bytes, sent: Sent, publish: Publish, accept: Accept) -> None:
        for event in events(sent):
            publish(json.dumps(event))
        ours = [address for address in sent.recipients if address.rpartition("@")[2].lower() == self._domain]
        if ours:
            accept(delivered, sent.sender, ours)
