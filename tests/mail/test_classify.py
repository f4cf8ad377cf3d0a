"""People are answered; machines, lists and mail servers are told apart from them."""

from __future__ import annotations

import pytest

from chalicelib.mail.reading.classify import Classification, classify
from tests.mail.mails import letter, of_parts, part, read


def classed(raw: bytes, envelope_sender: str | None = "ada@example.org") -> Classification:
    return classify(
        read(raw),
        own_addresses={"help@shop.example"},
        own_domain="shop.example",
        envelope_sender=envelope_sender,
    )


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Auto-Submitted: no"],
        ["Auto-Submitted: No ; comment=x"],
        ["X-Auto-Response-Suppress: All"],
        ["Precedence: normal"],
        ["Subject: Re: Out of office furniture", "X-Priority: 1"],
        ["From: Colleague <bob@shop.example>"],
        ["Return-Path: <ada@example.org>"],
        ["Subject: Auto response times are slow"],
    ],
)
def test_people(headers: list[str]) -> None:
    assert classed(letter("Hello", *headers)) == Classification(mail_class="human", signals=())


@pytest.mark.parametrize(
    ("header", "mail_class", "signal"),
    [
        ("Auto-Submitted: auto-replied", "auto_reply", "auto_submitted_replied"),
        ("Auto-Submitted: AUTO-Replied; owner-email=x@y.org", "auto_reply", "auto_submitted_replied"),
        ("Auto-Submitted: auto-generated", "auto_generated", "auto_submitted"),
        ("Auto-Submitted: auto-notified", "auto_generated", "auto_submitted"),
        ("Precedence: auto_reply", "auto_reply", "precedence_auto_reply"),
        ("Precedence: Bulk", "bulk", "precedence"),
        ("Precedence: junk", "bulk", "precedence"),
        ("List-Id: <news.example.org>", "bulk", "list_id"),
        ("List-Unsubscribe: <https://example.org/u>", "bulk", "list_unsubscribe"),
        ("List-Post: NO", "bulk", "list_post"),
        ("X-Autoreply: yes", "auto_reply", "x_autoreply"),
        ("X-Autorespond: away", "auto_reply", "x_autorespond"),
        ("X-Loop: somebody@else.example", "auto_generated", "x_loop"),
        ("X-Loop: help@shop.example", "own_loop", "own_x_loop"),
        ("X-Failed-Recipients: bob@example.org", "bounce", "failed_recipients"),
        ("From: Mail Delivery System <MAILER-DAEMON@mx.example.org>", "bounce", "daemon_sender"),
        ("From: postmaster@example.org", "auto_generated", "postmaster"),
        ("From: No Reply <no-reply@example.org>", "auto_generated", "no_reply_sender"),
        ("From: donotreply@example.org", "auto_generated", "no_reply_sender"),
        ("From: Shop <Help@Shop.Example>", "own_loop", "own_from"),
        ("From: Shop <help+t123@shop.example>", "own_loop", "own_from"),
    ],
)
def test_one_header_decides(header: str, mail_class: str, signal: str) -> None:
    found = classed(letter("Hello", header))

    assert found.mail_class == mail_class
    assert signal in found.signals


@pytest.mark.parametrize(
    "subject",
    [
        "Out of Office: back on Monday",
        "Automatic reply: Your order",
        "Auto-Reply: x",
        "Abwesenheitsnotiz: Ihre Bestellung",
        "Automatische Antwort: x",
        "Réponse automatique : x",
        "Respuesta automática: x",
        "Resposta automática: x",
        "Risposta automatica: x",
        "Automatische reactie: x",
        "Automatiskt svar: x",
        "Autosvar: x",
        "Odpowiedź automatyczna: x",
        "Автоматический ответ: x",
        "自动回复: x",
        "自動応答: x",
        "부재중 자동 회신",
        "[EXT] Automatic reply: x",
    ],
)
def test_out_of_office_in_many_languages(subject: str) -> None:
    assert classed(
        letter("I am away", f"Subject: {subject}", "Auto-Submitted: auto-generated")
    ).mail_class == ("auto_reply")


def test_a_vacation_answer_with_a_null_sender_is_no_bounce() -> None:
    raw = letter("I am away until Monday.", "Auto-Submitted: auto-replied")

    assert classed(raw, envelope_sender="").mail_class == "auto_reply"


def test_a_null_sender_alone_is_a_machine_and_with_a_phrase_a_bounce() -> None:
    assert classed(letter("Form submitted"), "<>").signals == ("null_sender",)
    assert classed(letter("x", "Subject: Undeliverable: Your order"), "").signals == (
        "null_sender_and_phrase",
    )
    assert classed(letter("x", "Return-Path: <>", "Subject: failure notice"), None).mail_class == "bounce"


def test_a_postmaster_who_reports_a_failure() -> None:
    raw = letter("x", "From: postmaster@example.org", "Subject: Delivery Status Notification (Failure)")

    assert classed(raw).signals == ("postmaster_and_phrase",)


def test_reports_by_their_structure() -> None:
    status = part("Final-Recipient: rfc822; a@x.org\n", "Content-Type: message/delivery-status")
    abuse = part("Feedback-Type: abuse\n", "Content-Type: message/feedback-report")

    assert classed(of_parts("mixed", status)).signals == ("delivery_status_part",)
    assert classed(of_parts("report; report-type=delivery-status", status)).signals == (
        "report_type",
        "delivery_status_part",
    )
    assert classed(of_parts("report; report-type=feedback-report", abuse)).mail_class == "complaint"
    assert classed(of_parts("report; report-type=disposition-notification", part("x"))).signals == (
        "read_receipt",
    )


def test_a_report_outranks_its_other_signals() -> None:
    raw = letter("x", "X-Failed-Recipients: b@x.org", "Auto-Submitted: auto-replied", "Precedence: bulk")

    assert classed(raw).mail_class == "bounce"
