"""What a mail is made of once it is read: addresses, attachments, the parsed mail, and its bounds."""

import re
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.model import Line, Model, Text, Utc

MAX_TEXT = 1_000_000
"""Characters of text or HTML that are kept of one mail; the raw mail keeps the rest."""
MAX_ADDRESSES = 50
MAX_ATTACHMENTS = 50
MAX_REFERENCES = 5

Action = Literal["failed", "delayed", "delivered", "relayed", "expanded", "complained"]
"""What became of a mail for one recipient, as a report says (RFC 3464 section 2.3.3), or a complaint."""

MailboxAddress = Annotated[str, Text(320)]


_WRITABLE_ID = re.compile(r"[!-;=?-~]{1,250}")


def is_writable_id(message_id: str) -> bool:
    """Whether a header line of ours can hold this id: ASCII without spaces and brackets, not too long."""
    return _WRITABLE_ID.fullmatch(message_id) is not None


class UnreadableMail(Exception):
    """The mail cannot be parsed; `reason` is a short constant word and holds nothing of the mail."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Address(Model):
    """A mailbox as a person writes it."""

    # line breaks are left to `compose` to refuse, with an error of its own
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
    """A mail as support sees it. Ids are bare (`left@domain`, no brackets); `references` are newest first.

    Of more than five references, these are the four newest ones and the oldest.
    """

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
    """The headers that classification reads, and the date as it was written, by lower-case name."""
    part_types: tuple[str, ...]
    """Content types of all parts in order, the mail's own first; tells reports from letters."""
    text: Annotated[str, Text(MAX_TEXT, 0)]
    html: Annotated[str, Text(MAX_TEXT, 0)] | None
    visible: Annotated[str, Text(MAX_TEXT, 0)]
    elided: Annotated[str, Text(MAX_TEXT, 0)]
    text_truncated: bool
    attachments: tuple[Attachment, ...]
    attachments_omitted: Annotated[int, Field(ge=0)]
