"""What a mail is made of once it is read: addresses, attachments, the parsed mail, and its bounds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.kernel.model import Line, Model, Text, Utc

MAX_TEXT = 1_000_000
"""Characters of text or HTML that are kept of one mail; the raw mail keeps the rest."""
MAX_ADDRESSES = 50
MAX_ATTACHMENTS = 50
MAX_REFERENCES = 5

MailboxAddress = Annotated[str, Text(320)]


class UnreadableMail(Exception):
    """The mail cannot be parsed; `reason` is a short constant word and holds nothing of the mail."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Address(Model):
    """A mailbox as a person writes it. Line breaks are left to `compose` to refuse, with our own error."""

    address: MailboxAddress
    name: Annotated[str, Text(200, 0)] = ""


class Attachment(Model):
    """A part that is not the mail's own text; `sha256` is the hex digest of `content`."""

    filename: Annotated[str, Line(150)]
    content_type: Annotated[str, Line(127)]
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Line(64)]
    content: bytes
    inline: bool = False
    content_id: Annotated[str, Line(255)] | None = None


class ParsedMail(Model):
    """A mail as support sees it. Ids are bare (`left@domain`, no brackets); `references` are newest first."""

    message_id: Annotated[str, Line(998)] | None
    in_reply_to: Annotated[str, Line(998)] | None
    references: tuple[Annotated[str, Line(998)], ...]
    from_: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: Annotated[str, Line(500, 0)]
    date: Utc | None
    headers: dict[str, tuple[str, ...]]
    """The headers that classification reads, by lower-case name."""
    part_types: tuple[str, ...]
    """Content types of all parts in order, the mail's own first; tells reports from letters."""
    text: Annotated[str, Text(MAX_TEXT, 0)]
    html: Annotated[str, Text(MAX_TEXT, 0)] | None
    visible: Annotated[str, Text(MAX_TEXT, 0)]
    elided: Annotated[str, Text(MAX_TEXT, 0)]
    text_truncated: bool
    attachments: tuple[Attachment, ...]
    attachments_omitted: Annotated[int, Field(ge=0)]
