"""The outbox: every mail that SES sent, as a raw .eml file beside its envelope."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

from local import headers as mail_headers
from local.ses_messages import Sent, timestamp

_NAME = re.compile(r"[0-9TZ.]{1,40}-[A-Za-z0-9-]{1,80}")


@dataclass(frozen=True)
class Envelope:
    """What is known of a sent mail beside its text; `message_id` is the one SES gave it, bare."""

    id: str
    message_id: str
    sender: str
    recipients: list[str]
    sent_at: str
    subject: str
    tags: dict[str, list[str]]


class Outbox:
    """A folder of mails; newest first. Names of mails never lead out of the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, raw: bytes, sent: Sent) -> Envelope:
        """Keep the mail; the envelope is written last, so that what is listed is complete."""
        stamp = sent.at.strftime("%Y%m%dT%H%M%S.%fZ")
        envelope = Envelope(
            id=f"{stamp}-{re.sub('[^A-Za-z0-9-]', '', sent.message_id)[:80] or 'mail'}",
            message_id=sent.message_id,
            sender=sent.sender,
            recipients=sent.recipients,
            sent_at=timestamp(sent.at),
            subject=decoded(mail_headers.first(sent.headers, "Subject")),
            tags=sent.tags,
        )
        self._file(envelope.id, ".eml").write_bytes(raw)
        draft = self._file(envelope.id, ".draft")
        draft.write_text(json.dumps(asdict(envelope)), encoding="utf-8")
        draft.replace(self._file(envelope.id, ".json"))
        return envelope

    def list(self, limit: int = 500) -> list[Envelope]:
        """The latest mails, newest first."""
        names = sorted((file.stem for file in self._folder.glob("*.json")), reverse=True)
        return [self.envelope(name) for name in names[:limit]]

    def envelope(self, name: str) -> Envelope:
        """The mail of this id. Raises KeyError."""
        return Envelope(**json.loads(self._read(name, ".json")))

    def raw(self, name: str) -> bytes:
        """The mail as its recipients got it. Raises KeyError."""
        return self._read(name, ".eml")

    def _read(self, name: str, kind: str) -> bytes:
        try:
            return self._file(name, kind).read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None

    def _file(self, name: str, kind: str) -> Path:
        if not _NAME.fullmatch(name):
            raise KeyError(name)
        return self._folder / f"{name}{kind}"


def decoded(value: str) -> str:
    """A header's text with its encoded words decoded, or as it stands when they are broken."""
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, UnicodeError, ValueError):
        return value


@dataclass(frozen=True)
class Attachment:
    name: str
    type: str
    content: bytes


@dataclass(frozen=True)
class Content:
    """What a mail client shows of a mail."""

    text: str
    html: str
    attachments: list[Attachment]


def content(raw: bytes) -> Content:
    """The first text, the first HTML and the attachments of a mail."""
    text = html = ""
    attachments: list[Attachment] = []
    for part in BytesParser(policy=policy.compat32).parsebytes(raw).walk():
        kind = part.get_content_type()
        if part.is_multipart():
            continue
        if part.get_filename() or kind not in {"text/plain", "text/html"}:
            attachments.append(_attachment(part, len(attachments)))
        elif kind == "text/plain":
            text = text or _text(part)
        else:
            html = html or _text(part)
    return Content(text, html, attachments)


def _attachment(part: Message, number: int) -> Attachment:
    name = decoded(part.get_filename() or f"part-{number + 1}")
    return Attachment(name, part.get_content_type(), _payload(part))


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    try:
        return _payload(part).decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # a charset nobody knows
        return _payload(part).decode("utf-8", "replace")


def age_in_words(sent_at: str, now: datetime) -> str:
    """How long ago, for people: `12 s`, `5 min`, `3 h`, `2 d`."""
    seconds = max(0, int((now - datetime.fromisoformat(sent_at)).total_seconds()))
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
