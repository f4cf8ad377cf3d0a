"""A raw mail of any origin as a `ParsedMail`: capped, charset-proof, never raising but `UnreadableMail`."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from chalicelib.mail.parts import (
    MAX_ATTACHMENTS,
    MAX_REFERENCES,
    Address,
    ParsedMail,
    UnreadableMail,
)
from chalicelib.mail.reading.addresses import addresses
from chalicelib.mail.reading.attachments import attachments
from chalicelib.mail.reading.bodies import Body, read_body
from chalicelib.mail.reading.charsets import one_line
from chalicelib.mail.reading.headers import Headers, decode_words, message_ids, moment
from chalicelib.mail.reading.structure import Part, Structure, split
from chalicelib.mail.reading.trimming.trim import trim

MAX_RAW = 50_000_000
"""Bytes; SES receives 40 MB at most."""
_MAX_IDS = 16 * 1024
_KEPT = (
    "auto-submitted",
    "date",
    "from",
    "precedence",
    "list-id",
    "list-unsubscribe",
    "list-post",
    "return-path",
    "sender",
    "x-auto-response-suppress",
    "x-autoreply",
    "x-autorespond",
    "x-failed-recipients",
    "x-loop",
)


def parse_mail(raw: bytes, *, now: datetime) -> ParsedMail:
    """Read a mail; `now` caps its date. UnreadableMail when it is empty, too large or has no header."""
    if not raw.strip():
        raise UnreadableMail("empty")
    if len(raw) > MAX_RAW:
        raise UnreadableMail("too_large")
    try:
        return _read(split(raw), now)
    except (UnreadableMail, ImportError):  # a missing library is not its fault
        raise
    except Exception as error:
        # The last guard: whatever a stranger's bytes provoke, the raw mail becomes a visible ticket.
        raise UnreadableMail(type(error).__name__) from error


def _read(structure: Structure, now: datetime) -> ParsedMail:
    root, headers = structure.root, structure.root.headers
    if not headers:
        raise UnreadableMail("no_headers")
    body = read_body(root)
    trimmed = trim(body.text)
    found = tuple(islice(attachments(body.attached), MAX_ATTACHMENTS + 1))
    identifiers = message_ids(_ids_text(headers, "message-id"))
    answered = message_ids(_ids_text(headers, "in-reply-to"))
    return ParsedMail(
        message_id=identifiers[0] if identifiers else None,
        in_reply_to=answered[0] if answered else None,
        references=_references(headers),
        from_=_sender(headers),
        reply_to=addresses(headers.raw("reply-to")),
        to=addresses(headers.raw("to")),
        cc=addresses(headers.raw("cc")),
        subject=headers.text("subject", 500),
        date=moment(headers.text("date", 200), now=now),
        headers={name: headers.texts(name, 500) for name in _KEPT if headers.raw(name)},
        part_types=_part_types(root),
        text=body.text,
        html=body.html,
        visible=trimmed.visible,
        elided=trimmed.elided,
        text_truncated=body.truncated,
        attachments=found[:MAX_ATTACHMENTS],
        attachments_omitted=_omitted(structure, body, len(found)),
    )


def _references(headers: Headers) -> tuple[str, ...]:
    """The newest ids of the chain, newest first, and the one it began with, by which we know our own."""
    chain = message_ids(_ids_text(headers, "references"))
    if len(chain) > MAX_REFERENCES:
        chain = [chain[0], *chain[1 - MAX_REFERENCES :]]
    return tuple(reversed(chain))


def _sender(headers: Headers) -> Address | None:
    """The first author; a mail without a readable From is attributed to its Sender."""
    for name in ("from", "sender"):
        if found := addresses(headers.raw(name)):
            return found[0]
    return None


def _ids_text(headers: Headers, name: str) -> str:
    """The newest end of an id header: a chain grows on the right.

    Ids are never to be encoded (RFC 2047 section 5), yet common libraries do so when they fold long ones.
    """
    values = headers.raw(name)
    return one_line(decode_words(values[0][-_MAX_IDS:]), _MAX_IDS) if values else ""


def _part_types(root: Part) -> tuple[str, ...]:
    """Types of all parts; a report says in a parameter what it reports (RFC 6522)."""
    types = [part.media_type for part in root.everything()]
    kind = root.headers.parameter("content-type", "report-type").lower()
    return (f"{types[0]}; report-type={one_line(kind, 60)}" if kind else types[0], *types[1:])


def _omitted(structure: Structure, body: Body, found: int) -> int:
    """How many attachments are not kept; of files in a winmail.dat at least one, and it has them all."""
    beyond = max(0, len(body.attached) - MAX_ATTACHMENTS)
    return structure.omitted + (beyond or max(0, found - MAX_ATTACHMENTS))
