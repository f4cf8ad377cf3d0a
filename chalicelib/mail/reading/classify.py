"""Who is talking: a person, a machine that answers, a list, a mail server, ourselves (RFC 3834)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Annotated, Literal, NamedTuple

from chalicelib.kernel.model import Line, Model
from chalicelib.mail.parts import Address, ParsedMail

MailClass = Literal["human", "auto_reply", "auto_generated", "bulk", "bounce", "complaint", "own_loop"]

_DAEMONS = {"mailer-daemon", "mailerdaemon", "mail-daemon", "maildaemon", "mail_daemon", "mdaemon"}
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[- ]?daemon|mail\s+delivery\s+(?:sub)?system"
    r"|mail\s+deliver(?:y|er)?\s+(?:service|agent|system)",
    re.IGNORECASE,
)
_MAIL_STAFF = re.compile(
    r"\W?(?:post[-_.]?master|mail[-_.]?(?:er|admin|system|server|master)?|root|admin(?:istrator)?"
    r"|system[-_. ]?administrator|ndr|bounces?|e500_smtp_mail_service|exchange|smtp|mta|listserv|majordomo"
    r"|symantec\w*|antivirus|amavisd?(?:-new)?|virusscan\w*)\W?"
)
"""Who else sends delivery reports; people do as well, so a phrase must be there too."""
_COMPLAINT = re.compile(
    r"complaint about message from|(?:e-?mail )?(?:abuse|feedback) report for ip", re.IGNORECASE
)
"""Of providers whose complaints are older than the standard (RFC 5965)."""
_FORWARDED = re.compile(r"\s*(?:re|fwd?|aw|wg|sv|tr|rv|antw)\s*(?:\[\d+\])?:", re.IGNORECASE)
_REPORT_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_NO_REPLY = re.compile(
    r"(?:do[-_.]?)?no[-_.]?t?[-_.]?reply|no[-_.]?responder|ne[-_.]?pas[-_.]?repondre", re.IGNORECASE
)
_SAMPLE = 4_000


class Classification(Model):
    """`signals` names what decided, most telling first; empty for a human."""

    mail_class: MailClass
    signals: tuple[Annotated[str, Line(60)], ...]


def classify(
    mail: ParsedMail,
    *,
    own_addresses: Collection[str],
    own_domain: str,
    envelope_sender: str | None = None,
    answers_notice: bool = False,
) -> Classification:
    """The first class of complaint, bounce, own loop, auto-reply, bulk, auto-generated that has a signal.

    `envelope_sender` is the receipt's; `""` or `<>` is the null sender, None falls back to Return-Path.
    `answers_notice` says that it went to whom notices to our own staff come from: it is our own talk.
    X-Auto-Response-Suppress is no signal: Outlook puts it on ordinary mail.
    """
    null_sender = _has_null_sender(mail, envelope_sender)
    asked: tuple[tuple[MailClass, Callable[[], list[str]]], ...] = (
        ("complaint", lambda: _complaint(mail)),
        ("bounce", lambda: _bounce(mail, null_sender=null_sender)),
        ("own_loop", lambda: _own_loop(mail, own_addresses, own_domain, answers_notice)),
        ("auto_reply", lambda: _auto_reply(mail)),
        ("bulk", lambda: _bulk(mail)),
        ("auto_generated", lambda: _auto_generated(mail, null_sender=null_sender)),
    )
    for mail_class, signals_of in asked:
        if signals := signals_of():
            return Classification(mail_class=mail_class, signals=tuple(signals))
    return Classification(mail_class="human", signals=())


class _Failure(NamedTuple):
    """Whether subject and text sound like a delivery report, and whether the subject begins so."""

    subject: bool
    text: bool
    begins: bool

    @classmethod
    def of(cls, mail: ParsedMail) -> _Failure:
        from chalicelib.mail.reading.phrases import FAILED_SUBJECT, FAILED_TEXT  # takes a while to compile

        found = FAILED_SUBJECT.search(mail.subject)
        text = bool(FAILED_TEXT.search(mail.text[:_SAMPLE]))
        return cls(bool(found), text, bool(found) and not _FORWARDED.match(mail.subject))


def is_daemon(sender: Address) -> bool:
    """A mail server's own sender, such as `MAILER-DAEMON@…` or `Mail Delivery System <noreply@…>`."""
    local = sender.address.partition("@")[0].partition("+")[0].lower()
    return local in _DAEMONS or bool(_DAEMON_NAME.search(sender.name))


def _is_from_daemon(mail: ParsedMail) -> bool:
    """Also by a sender that is no address at all, such as `MAILER-DAEMON` alone."""
    if mail.from_ is not None:
        return is_daemon(mail.from_)
    return any(_DAEMON_NAME.search(value) for value in mail.headers.get("from", ()))


def _named(**signals: object) -> list[str]:
    return [name for name, present in signals.items() if present]


def _local_part(mail: ParsedMail) -> str:
    return mail.from_.address.partition("@")[0].lower() if mail.from_ else ""


def _token(mail: ParsedMail, header: str) -> str:
    """The first word of a header before `;` or a comment, lower case."""
    value = mail.headers.get(header, ("",))[0]
    return re.split(r"[;\s(]", value.strip(), maxsplit=1)[0].lower()


def _has_null_sender(mail: ParsedMail, envelope_sender: str | None) -> bool:
    if envelope_sender is None:
        return any(value.strip() in {"", "<>"} for value in mail.headers.get("return-path", ()))
    return envelope_sender.strip() in {"", "<>"} or is_daemon(Address(address=envelope_sender))


def _complaint(mail: ParsedMail) -> list[str]:
    return _named(
        report_type="report-type=feedback-report" in mail.part_types[0],
        feedback_report_part="message/feedback-report" in mail.part_types,
        complaint_subject="message/rfc822" in mail.part_types and _COMPLAINT.match(mail.subject),
    )


def _bounce(mail: ParsedMail, *, null_sender: bool) -> list[str]:
    """A null sender alone is no proof: vacation answers have one too (RFC 3834 section 3.3)."""
    fails = _Failure.of(mail)
    phrase = fails.subject or fails.text
    return _named(
        report_type="report-type=delivery-status" in mail.part_types[0],
        delivery_status_part=not _REPORT_PARTS.isdisjoint(mail.part_types),
        failed_recipients="x-failed-recipients" in mail.headers,
        daemon_sender=_is_from_daemon(mail),
        null_sender_and_phrase=null_sender and phrase,
        postmaster_and_phrase=bool(_MAIL_STAFF.fullmatch(_local_part(mail))) and phrase,
        phrases_in_subject_and_text=fails.begins and fails.text,
    )


def _own_loop(
    mail: ParsedMail, own_addresses: Collection[str], own_domain: str, answers_notice: bool
) -> list[str]:
    own = {address.lower() for address in own_addresses}
    marked = " ".join(mail.headers.get("x-loop", ())).lower()
    if own_domain:
        own.add(own_domain.lower())
    ours = re.compile("|".join(rf"(?<![\w.-]){re.escape(name)}(?![\w-])" for name in sorted(own)) or "(?!)")
    return _named(
        own_from=mail.from_ and _without_tag(mail.from_.address) in own,
        own_x_loop=ours.search(marked),
        answers_notice=answers_notice,
    )


def _without_tag(address: str) -> str:
    """Our address without the plus-tag that routes answers."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _auto_reply(mail: ParsedMail) -> list[str]:
    from chalicelib.mail.reading.phrases import AWAY_SUBJECT  # takes a while to compile

    return _named(
        auto_submitted_replied=_token(mail, "auto-submitted") == "auto-replied",
        precedence_auto_reply=_token(mail, "precedence") in {"auto_reply", "auto-reply"},
        x_autoreply="x-autoreply" in mail.headers and _token(mail, "x-autoreply") != "no",
        x_autorespond="x-autorespond" in mail.headers,
        away_subject=AWAY_SUBJECT.match(mail.subject),
        read_receipt="report-type=disposition-notification" in mail.part_types[0],
    )


def _bulk(mail: ParsedMail) -> list[str]:
    return _named(
        precedence=_token(mail, "precedence") in {"bulk", "list", "junk"},
        list_id="list-id" in mail.headers,
        list_unsubscribe="list-unsubscribe" in mail.headers,
        list_post="list-post" in mail.headers,
    )


def _auto_generated(mail: ParsedMail, *, null_sender: bool) -> list[str]:
    local = _local_part(mail)
    return _named(
        auto_submitted=_token(mail, "auto-submitted") not in {"", "no"},
        x_loop="x-loop" in mail.headers,
        null_sender=null_sender,
        no_reply_sender=_NO_REPLY.fullmatch(local.partition("+")[0]),
        postmaster=local == "postmaster",
    )
