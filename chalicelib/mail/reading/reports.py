"""Delivery reports (RFC 3464) and abuse reports (RFC 5965) that arrive as mails: what they report on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from chalicelib.kernel.model import Line, Model
from chalicelib.mail.parts import MAX_REFERENCES, Action, MailboxAddress
from chalicelib.mail.reading.addresses import addresses
from chalicelib.mail.reading.bodies import read_body
from chalicelib.mail.reading.charsets import one_line
from chalicelib.mail.reading.headers import Headers, message_ids
from chalicelib.mail.reading.prose import is_delay, own_words, recipients_in
from chalicelib.mail.reading.statuses import is_generic, is_hard, status_by_words, status_in
from chalicelib.mail.reading.structure import Part, split

MAX_RECIPIENTS = 50
MAX_DIAGNOSTIC = 300
_MAX_RETURNED = 256 * 1024
"""Bytes of a returned part that are looked at: its header is what counts."""

_ACTIONS: dict[str, Action] = {
    "failed": "failed",
    "failure": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "relayed",
    "expanded": "expanded",
}
_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_RETURNED_FIELD = re.compile(
    r"^[ \t>|]*(message-id|references|to)[ \t]*:[ \t]*([^\n]{1,998}(?:\n[ \t]+[^\n]{1,998}){0,8})",
    re.IGNORECASE | re.MULTILINE,
)


class ReportedRecipient(Model):
    """One address of a report, and what was said of it; `hard` means: do not try it again."""

    recipient: MailboxAddress
    action: Action
    status: Annotated[str, Line(20)] | None
    hard: bool
    diagnostic: Annotated[str, Line(MAX_DIAGNOSTIC)] | None = None


class Report(Model):
    """`original_ids` are bare: the returned mail's own id, then those it answered, newest first.

    `feedback_type` is `abuse`, `fraud`, `not-spam`, … of a complaint.
    """

    kind: Literal["bounce", "complaint"]
    original_ids: tuple[Annotated[str, Line(998)], ...]
    recipients: tuple[ReportedRecipient, ...]
    feedback_type: Annotated[str, Line(40)] | None = None

    @property
    def original_message_id(self) -> str | None:
        return self.original_ids[0] if self.original_ids else None


def read_report(raw: bytes, kind: Literal["bounce", "complaint"]) -> Report:
    """What a mail that was classified as a report reports. Never raises on account of the bytes."""
    root = split(raw).root
    returned = _returned(root)
    if kind == "complaint":
        return _complaint(root, returned)
    found = _in_parts(root) or _in_enclosed_report(root) or _in_prose(root, returned)
    return Report(
        kind="bounce",
        original_ids=_original_ids(root, returned),
        recipients=tuple(_each_once(found))[:MAX_RECIPIENTS],
    )


def _in_parts(root: Part) -> list[ReportedRecipient]:
    """What the report parts say (RFC 3464 section 2.3)."""
    return [
        one for part in root.everything() if part.media_type in _STATUS_PARTS for one in _recipients(part)
    ]


def _in_enclosed_report(root: Part) -> list[ReportedRecipient]:
    """A report that a gateway has wrapped in one of its own, which names nobody."""
    for part in root.leaves():
        if part.media_type == "message/rfc822" and (
            found := _in_parts(split(part.decoded(_MAX_RETURNED)).root)
        ):
            return found
    return []


def _each_once(found: list[ReportedRecipient]) -> list[ReportedRecipient]:
    """One entry a recipient, the gravest."""
    kept: dict[str, ReportedRecipient] = {}
    for one in found:
        known = kept.get(one.recipient.lower())
        if known is None or (one.hard, one.action == "failed") > (known.hard, known.action == "failed"):
            kept[one.recipient.lower()] = one
    return list(kept.values())


def _complaint(root: Part, returned: Headers) -> Report:
    part = next((one for one in root.everything() if one.media_type == "message/feedback-report"), None)
    blocks = [Headers.parse(block) for block in _blocks(part)] if part else []
    fields = blocks[0] if blocks else Headers([])
    complained = addresses(fields.raw("original-rcpt-to")) or addresses(fields.raw("removal-recipient"))
    return Report(
        kind="complaint",
        original_ids=_original_ids(root, returned),
        recipients=tuple(
            ReportedRecipient(recipient=one.address, action="complained", status=None, hard=False)
            for one in complained or addresses(returned.raw("to"))[:1]
        ),
        feedback_type=fields.text("feedback-type", 40).lower() or None,
    )


def _blocks(part: Part) -> list[bytes]:
    """The groups of fields of a report part, divided by empty lines."""
    content = part.decoded(_MAX_RETURNED).replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip(b"\n")
    return [block for block in re.split(rb"\n(?:[ \t]*\n)+", content) if block.strip()]


def _recipients(part: Part) -> Iterator[ReportedRecipient]:
    """One recipient a group; the first group is about the whole message and names none."""
    for block in _blocks(part):
        fields = Headers.parse(block)
        address = _recipient(fields)
        if not address:
            continue
        diagnostic = fields.text("diagnostic-code", 1000)
        yield _reported(
            address, _status(fields.text("status", 200), diagnostic), diagnostic, fields.text("action", 40)
        )


def _status(declared: str, diagnostic: str) -> str | None:
    """The declared code, unless it is none or says nothing and the diagnosis has a better one."""
    status = status_in(declared)
    if not is_generic(status):
        return status
    return status_in(diagnostic) or status or (status_by_words(diagnostic) if diagnostic else None)


def _recipient(fields: Headers) -> str | None:
    """The address we wrote to, which is the original one where a forwarder stands between."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        value = fields.text(name, 400)
        found = addresses([value.rpartition(";")[2].strip().encode("utf-8", "replace")])
        if found:
            return found[0].address
    return None


def _reported(address: str, status: str | None, diagnostic: str, action: str = "") -> ReportedRecipient:
    """4.x and `delayed` are no failure, whatever else a report says."""
    known = _ACTIONS.get(re.split(r"[\s(;]", action.lower())[0])
    if status and status.startswith("4") and known in {None, "failed"}:
        known = "delayed"
    known = known or ("delivered" if status and status.startswith("2") else "failed")
    return ReportedRecipient(
        recipient=address,
        action=known,
        status=status,
        hard=known == "failed" and is_hard(status),
        diagnostic=one_line(diagnostic, MAX_DIAGNOSTIC) or None,
    )


def _returned(root: Part) -> Headers:
    """The header of the mail that came back: of a part, or of the copy in the text."""
    for part in root.leaves():
        if part.media_type in _RETURNED:
            head = re.split(rb"\r?\n\r?\n", part.decoded(_MAX_RETURNED).lstrip(b"\r\n"), maxsplit=1)[0]
            if found := Headers.parse(head):
                return found
    text = read_body(root).text[:_MAX_RETURNED]
    copied = text[len(own_words(text)) :] or text
    return Headers([(name.lower(), value.encode()) for name, value in _RETURNED_FIELD.findall(copied)])


def _original_ids(root: Part, returned: Headers) -> tuple[str, ...]:
    own = message_ids(returned.text("message-id"))[:1]
    chain = message_ids(returned.text("references"))
    if len(chain) > MAX_REFERENCES:
        chain = [chain[0], *chain[1 - MAX_REFERENCES :]]
    answered = message_ids(root.headers.text("in-reply-to"))[:1]
    return tuple(dict.fromkeys([*own, *answered, *reversed(chain)]))


def _in_prose(root: Part, returned: Headers) -> list[ReportedRecipient]:
    """A report in prose, as every second mail server writes it; who came back when it names nobody."""
    headers = root.headers
    words = own_words(read_body(root).text)
    ours = [
        one.address for name in ("from", "to", "sender", "reply-to") for one in addresses(headers.raw(name))
    ]
    named = recipients_in(words, ours=ours)
    failed = [one.address for one in addresses(headers.raw("x-failed-recipients"))]
    said = {one.address.lower(): one.words for one in named}
    if failed:
        pairs = [(address, said.get(address.lower(), words)) for address in failed]
    elif named:
        pairs = [(one.address, one.words) for one in named]
    else:
        pairs = [(one.address, words) for one in addresses(returned.raw("to"))[:1]]
    action = "delayed" if is_delay(headers.text("subject", 500), words) else ""
    return [
        _reported(address, status_in(about) or status_by_words(about), _diagnosis(about), action)
        for address, about in pairs
    ]


def _diagnosis(words: str) -> str:
    """The line that tells most: one with a reply code, else the beginning."""
    found = re.search(r"^.*(?<!\d)[45]\d\d[ -].*$", words, re.MULTILINE)
    return found[0] if found else words
