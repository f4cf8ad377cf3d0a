"""An outgoing mail as the bytes that SES sends: 7-bit MIME whose headers nobody can break out of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.header import Header
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.kernel.addresses import ascii_domain
from chalicelib.kernel.errors import Invalid, TooLarge
from chalicelib.kernel.model import Line, Model, Text, Utc
from chalicelib.mail.parts import MAX_ADDRESSES, MAX_TEXT, Address, is_writable_id
from chalicelib.mail.reading.attachments import safe_name

MAX_SENT = 10 * 1024 * 1024
"""Bytes of a whole message that SES v1 SendRawEmail takes."""

MAX_LINE = 998
"""Characters of a line without its end (RFC 5322 section 2.1.1)."""
_EOL = "\r\n"

HeaderValue = Annotated[str, StringConstraints(max_length=2_000)]
"""Line breaks are refused by `compose`, as Invalid, not by the model."""

_BREAKS = re.compile("[\x00\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029\ud800-\udfff]")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}")
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_OURS = re.compile(
    r"from|to|cc|bcc|sender|return-path|reply-to|subject|date|message-id|in-reply-to|references|mime-version"
    r"|content-.*|received|dkim-signature|x-ses-.*",
    re.IGNORECASE,
)
_MEDIA_TYPE = re.compile(r"(application|audio|font|image|model|text|video)/([\w.+-]{1,100})", re.ASCII)


class OutgoingAttachment(Model):
    filename: HeaderValue
    content_type: Annotated[str, Line(127)]
    content: bytes


class OutgoingMail(Model):
    """Ids are bare, `references` oldest first; `tags` come back in the delivery events."""

    from_: Address
    to: Annotated[tuple[Address, ...], Field(max_length=MAX_ADDRESSES)]
    cc: Annotated[tuple[Address, ...], Field(max_length=MAX_ADDRESSES)] = ()
    reply_to: Address | None = None
    subject: HeaderValue
    text: Annotated[str, Text(MAX_TEXT, 0)]
    html: Annotated[str, Text(MAX_TEXT, 0)] | None = None
    attachments: tuple[OutgoingAttachment, ...] = ()
    in_reply_to: HeaderValue | None = None
    references: Annotated[tuple[HeaderValue, ...], Field(max_length=50)] = ()
    date: Utc | None = None
    headers: dict[str, HeaderValue] = Field(default_factory=dict)
    tags: dict[str, str] = Field(default_factory=dict)
    auto_reply: bool = False
    """An acknowledgement: marked so that no machine answers it (RFC 3834 section 5)."""


_POLICY = SMTP.clone(cte_type="7bit")
"""For the content only: of headers the library decodes encoded words, line breaks included, and folds long
URLs into encoded words, which breaks one-click unsubscription."""


def compose(mail: OutgoingMail) -> bytes:
    """The MIME message; Invalid for a header that cannot be written safely, TooLarge over 10 MB."""
    if not 1 <= len(mail.to) + len(mail.cc) <= MAX_ADDRESSES:
        raise Invalid(f"A mail goes to 1 to {MAX_ADDRESSES} recipients.", code="invalid_recipients")
    if sum(len(one.content) for one in mail.attachments) > MAX_SENT:
        raise TooLarge("The mail is larger than 10 MB.", code="mail_too_large")
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(mail))
    raw = head.encode("ascii") + _content(mail).as_bytes()
    if len(raw) > MAX_SENT:
        raise TooLarge("The mail is larger than 10 MB.", code="mail_too_large")
    return raw


def recipients(mail: OutgoingMail) -> list[str]:
    """The bare addresses that the mail goes to, as SES takes them. Raises Invalid."""
    return [_mailbox(address).addr_spec for address in (*mail.to, *mail.cc)]


def _headers(mail: OutgoingMail) -> Iterable[tuple[str, str]]:
    """Names and values as they go on the wire, folded."""
    yield "From", _mailboxes((mail.from_,))
    for name, addresses in (
        ("To", mail.to),
        ("Cc", mail.cc),
        ("Reply-To", (mail.reply_to,) if mail.reply_to else ()),
    ):
        if addresses:
            yield name, _mailboxes(addresses)
    yield "Subject", _encoded("Subject", mail.subject)
    if mail.date:
        yield "Date", format_datetime(mail.date)
    if mail.in_reply_to:
        yield "In-Reply-To", _id(mail.in_reply_to)
    if mail.references:
        yield "References", "\r\n ".join(_id(identifier) for identifier in mail.references)
    if mail.tags:
        yield "X-SES-MESSAGE-TAGS", ", ".join(_tag(name, value) for name, value in mail.tags.items())
    yield from _extra(mail)


def _extra(mail: OutgoingMail) -> Iterable[tuple[str, str]]:
    """The caller's headers and those of an acknowledgement; ours win over the caller's."""
    automatic = _acknowledging(mail) if mail.auto_reply else {}
    taken = {name.lower() for name in automatic}
    for name, value in mail.headers.items():
        if not _HEADER_NAME.fullmatch(name) or _OURS.fullmatch(name):
            raise Invalid("A header has a name that may not be set.", code="invalid_header")
        if name.lower() not in taken:
            taken.add(name.lower())
            yield name, _encoded(name, value)
    yield from automatic.items()


def _acknowledging(mail: OutgoingMail) -> dict[str, str]:
    """X-Loop is how we know our own answer when somebody's forwarding brings it back."""
    return {
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "Precedence": "auto_reply",
        "X-Loop": _mailbox(mail.from_).addr_spec,
    }


def _safe(name: str, value: str) -> str:
    """The value itself; Invalid when it holds a line break, by which headers are smuggled in."""
    if _BREAKS.search(value):
        raise Invalid(f"The header {name} must be a single line.", code="invalid_header")
    return value


def _encoded(name: str, value: str) -> str:
    """A value as it is when it fits; else in encoded words of at most 75 characters (RFC 2047 section 2)."""
    safe = _safe(name, value).strip()
    if safe.isascii() and "=?" not in safe and len(name) + len(safe) < MAX_LINE - 2 and safe.isprintable():
        return safe
    return Header(safe, "utf-8", header_name=name).encode(linesep=_EOL)


def _mailboxes(addresses: tuple[Address, ...]) -> str:
    return ",\r\n ".join(_written(_mailbox(address)) for address in addresses)


def _written(mailbox: HeaderAddress) -> str:
    """Quoted when the name needs it, encoded when it is not ASCII or looks as if it were encoded."""
    name = mailbox.display_name
    if name.isascii() and "=?" not in name:
        return str(mailbox)
    return f"{Header(name, 'utf-8', maxlinelen=70).encode(linesep=_EOL)} <{mailbox.addr_spec}>"


def _mailbox(address: Address) -> HeaderAddress:
    """A header address with an ASCII domain (IDNA); SES takes no other."""
    name = _safe("name", address.name).strip()
    local, _, domain = _safe("address", address.address).rpartition("@")
    try:
        mailbox = HeaderAddress(name, addr_spec=f"{local}@{ascii_domain(domain)}")
    except Exception as error:  # whatever the library's parser stumbles over
        raise Invalid("An address is not valid.", code="invalid_address") from error
    if not mailbox.addr_spec.isascii():
        raise Invalid("An address is not valid.", code="invalid_address")
    return mailbox


def _id(identifier: str) -> str:
    """A message id in brackets; Invalid for one that would break the header."""
    if not is_writable_id(identifier):
        raise Invalid("A message id is not valid.", code="invalid_header")
    return f"<{identifier}>"


def _tag(name: str, value: str) -> str:
    if not _TAG.fullmatch(name) or not _TAG.fullmatch(value):
        raise Invalid("A tag has letters, digits, `-` and `_` only.", code="invalid_tag")
    return f"{name}={value}"


def _content(mail: OutgoingMail) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message.set_content(_wire_text(mail.text))
    if mail.html is not None:
        message.add_alternative(_wire_text(mail.html), subtype="html")
    for one in mail.attachments:
        known = _MEDIA_TYPE.fullmatch(one.content_type)
        maintype, subtype = known.groups() if known else ("application", "octet-stream")
        name = safe_name(_safe("filename", one.filename)) or "attachment"
        message.add_attachment(one.content, maintype=maintype, subtype=subtype, filename=name)
    return message


def _wire_text(text: str) -> str:
    """Line ends as the library expects them: a lone CR would be a line break to some and none to others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
