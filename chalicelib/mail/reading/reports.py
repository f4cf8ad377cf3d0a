"""Delivery reports (RFC 3464) and abuse reports (RFC 5965) that arrive as mails: what they report on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from chalicelib.kernel.model import Line, Model
from chalicelib.mail.parts import MailboxAddress
from chalicelib.mail.reading.addresses import addresses
from chalicelib.mail.reading.bodies import read_body
from chalicelib.mail.reading.classify import is_daemon, reports_failure
from chalicelib.mail.reading.headers import Headers, message_ids
from chalicelib.mail.reading.statuses import is_hard, status_in
from chalicelib.mail.reading.structure import Part, split

MAX_RECIPIENTS = 50
_MAX_RETURNED = 256 * 1024
"""Bytes of a returned part that are looked at: its header is what counts."""

Action = Literal["failed", "delayed", "delivered", "relayed", "expanded", "complained"]

_ACTIONS: dict[str, Action] = {
    "failed": "failed",
    "failure": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "relayed",
    "expanded": "expanded",
}
_ADDRESS = re.compile(r"<([^\s<>@]{1,64}@[^\s<>@]{1,255})>")
_RETURNED_ID = re.compile(r"^[ \t>]*message-id[ \t]*:[ \t]*(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE)


class ReportedRecipient(Model):
    """One address of a report; `hard` means: do not try it again."""

    recipient: MailboxAddress
    action: Action
    status: Annotated[str, Line(20)] | None
    hard: bool


class Report(Model):
    """`original_message_id` is bare; `feedback_type` is `abuse`, `fraud`, `not-spam`, … of a complaint."""

    kind: Literal["bounce", "complaint"]
    original_message_id: Annotated[str, Line(998)] | None
    recipients: tuple[ReportedRecipient, ...]
    feedback_type: Annotated[str, Line(40)] | None = None


def read_report(raw: bytes) -> Report | None:
    """What a mail reports, or None when it is no report. Never raises on account of the bytes."""
    root = split(raw).root
    for part in root.everything():
        if part.media_type == "message/feedback-report":
            return _complaint(root, part)
    for part in root.everything():
        if part.media_type in {"message/delivery-status", "message/global-delivery-status"}:
            return _bounce(root, tuple(_recipients(part))[:MAX_RECIPIENTS])
    return _informal(root)


def _complaint(root: Part, part: Part) -> Report:
    blocks = [Headers.parse(block) for block in _blocks(part)]
    fields = blocks[0] if blocks else Headers([])
    complained = addresses(fields.raw("original-rcpt-to")) or addresses(fields.raw("removal-recipient"))
    return Report(
        kind="complaint",
        original_message_id=_original_id(root),
        recipients=tuple(
            ReportedRecipient(recipient=one.address, action="complained", status=None, hard=False)
            for one in complained
        ),
        feedback_type=fields.text("feedback-type", 40).lower() or None,
    )


def _bounce(root: Part, recipients: tuple[ReportedRecipient, ...]) -> Report:
    return Report(kind="bounce", original_message_id=_original_id(root), recipients=recipients)


def _blocks(part: Part) -> list[bytes]:
    """The groups of fields of a report part, divided by empty lines."""
    content = part.decoded(_MAX_RETURNED).replace(b"\r\n", b"\n").strip(b"\n")
    return [block for block in re.split(rb"\n(?:[ \t]*\n)+", content) if block.strip()]


def _recipients(part: Part) -> Iterator[ReportedRecipient]:
    """One recipient a group; the first group is about the whole message and names none."""
    for block in _blocks(part):
        fields = Headers.parse(block)
        address = _recipient(fields)
        if not address:
            continue
        status = status_in(fields.text("status", 200)) or status_in(fields.text("diagnostic-code", 500))
        yield _reported(address, status, fields.text("action", 40).lower())


def _recipient(fields: Headers) -> str | None:
    """The address we wrote to, which is the original one where a forwarder stands between."""
    for name in ("original-recipient", "final-recipient"):
        value = fields.text(name, 400)
        found = addresses([value.rpartition(";")[2].strip().encode("utf-8", "replace")])
        if found:
            return found[0].address
    return None


def _reported(address: str, status: str | None, action: str = "") -> ReportedRecipient:
    """4.x and `delayed` are no failure, whatever else a report says."""
    known = _ACTIONS.get(re.split(r"[\s(;]", action)[0])
    if status and status.startswith("4") and known in {None, "failed"}:
        known = "delayed"
    known = known or ("delivered" if status and status.startswith("2") else "failed")
    hard = known == "failed" and is_hard(status)
    return ReportedRecipient(recipient=address, action=known, status=status, hard=hard)


def _original_id(root: Part) -> str | None:
    """The Message-ID of the returned mail or of its returned headers."""
    for part in root.leaves():
        if part.media_type in {
            "message/rfc822",
            "message/global",
            "text/rfc822-headers",
            "message/global-headers",
        }:
            head = re.split(rb"\r?\n\r?\n", part.decoded(_MAX_RETURNED).lstrip(b"\r\n"), maxsplit=1)[0]
            if found := message_ids(Headers.parse(head).text("message-id")):
                return found[0]
    return None


def _informal(root: Part) -> Report | None:
    """A report in prose, as every second mail server writes it."""
    headers = root.headers
    failed = addresses(headers.raw("x-failed-recipients"))
    sender = addresses(headers.raw("from"))
    null_sender = any(value in {b"", b"<>"} for value in headers.raw("return-path"))
    from_server = null_sender or any(is_daemon(one.address) or _is_postmaster(one.address) for one in sender)
    if not failed and not from_server:
        return None
    text = read_body(root).text
    if not failed and not reports_failure(headers.text("subject", 500), text):
        return None
    return _informal_report(root, [one.address for one in failed], text)


def _is_postmaster(address: str) -> bool:
    return address.lower().startswith("postmaster@")


def _informal_report(root: Part, failed: list[str], text: str) -> Report:
    status = status_in(text)
    named = list(dict.fromkeys(failed or _ADDRESS.findall(_before_returned(text))))[:MAX_RECIPIENTS]
    returned = _RETURNED_ID.search(text)
    original = message_ids(returned[1])[0] if returned else _original_id(root)
    answered = message_ids(root.headers.text("in-reply-to"))
    return Report(
        kind="bounce",
        original_message_id=original or (answered[0] if answered else None),
        recipients=tuple(_reported(address, status) for address in named),
    )


def _before_returned(text: str) -> str:
    """The report's own words: below them stands a copy of the mail, full of other addresses."""
    marker = re.search(
        r"^[ \t]*-{3,}|^(?:received|from|message-id|return-path):", text, re.IGNORECASE | re.MULTILINE
    )
    return text[: marker.start()] if marker and marker.start() else text[:10_000]
