"""Mail from the outside: written by people and machines, brought by SMTP; and what came back to them."""

from __future__ import annotations

import secrets
import smtplib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from tests.e2e import planted
from tests.e2e.caller import fetch
from tests.e2e.waiting import eventually

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def address_of(name: str) -> str:
    """An address that nobody else has: the tests share one cloud."""
    return f"{name}.{secrets.token_hex(6)}@example.org"


def write(sender: str, subject: str, text: str, *, html: str | None = None, **headers: str) -> EmailMessage:
    """A mail; headers are given with underscores: `In_Reply_To="<…>"`. `To` is for the sending."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sender, subject
    mail["Message-ID"] = f"<{secrets.token_hex(12)}@mail.example.org>"
    mail["Date"] = format_datetime(datetime.now(UTC))
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    return mail


@dataclass(frozen=True)
class Sent:
    """A mail as the outbox shows it; header names are in lower case, the first of each."""

    headers: dict[str, str]
    text: str
    html: str
    recipients: list[str]
    raw_url: str


@dataclass(frozen=True)
class Post:
    """The SMTP door and the outbox of a cloud."""

    addresses: dict[str, Any]

    def send(self, mail: EmailMessage, to: str | None = None) -> None:
        """Bring a mail to the support address or another of ours; a mail brought again stays as it is."""
        recipient = to or self.addresses["support_address"]
        if "To" not in mail:
            mail["To"] = recipient
        sender = mail["From"].addresses[0].addr_spec
        self.send_raw(mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")), sender, recipient)

    def send_raw(self, raw: bytes, sender: str, to: str | None = None) -> None:
        """Bring any bytes as a mail."""
        planted.hear(raw, sender)
        with smtplib.SMTP(self.addresses["smtp_host"], self.addresses["smtp_port"], timeout=30) as door:
            door.sendmail(sender, [to or self.addresses["support_address"]], raw)

    def outbox(self, to: str) -> list[Sent]:
        """What was sent to an address, newest first."""
        listed = fetch(f"{self.addresses['api_url']}/outbox.json?to={quote(to)}").ok()["data"]
        return [
            Sent(
                headers={name.lower(): value for name, value in reversed(one["headers"])},
                text=one["text"],
                html=one["html"],
                recipients=one["recipients"],
                raw_url=self.addresses["api_url"] + one["raw_url"],
            )
            for one in listed
        ]

    def receive(self, to: str, count: int = 1) -> Sent:
        """The newest mail to an address, once `count` mails came."""

        def arrived() -> list[Sent]:
            found = self.outbox(to)
            assert len(found) >= count, f"{len(found)} mails to {to}, not {count}"
            return found

        found = eventually(arrived)
        assert len(found) == count
        return found[0]
