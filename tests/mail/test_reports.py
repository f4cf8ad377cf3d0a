"""A report in the mailbox says which mail it is about and what became of each recipient."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.reading.reports import Report, read_report
from tests.mail.mails import letter, of_parts, part

RETURNED = letter("the letter", "Message-ID: <sent-1@eu-west-1.amazonses.com>")


def delivery_report(
    *recipients: str, returned: bytes | None = None, returned_type: str = "message/rfc822"
) -> bytes:
    status = "\n\n".join(["Reporting-MTA: dns; mx.example.org", *recipients]) + "\n"
    return of_parts(
        "report; report-type=delivery-status",
        part("Something went wrong.", "Content-Type: text/plain"),
        part(status, "Content-Type: message/delivery-status"),
        part(RETURNED if returned is None else returned, f"Content-Type: {returned_type}"),
    )


def reported(raw: bytes) -> Report:
    report = read_report(raw)
    assert report is not None
    return report


def test_every_recipient_is_read() -> None:
    report = reported(
        delivery_report(
            "Final-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.1.1",
            "Final-Recipient: rfc822;<carol@example.org>\nAction: delayed\nStatus: 4.2.2 (full)",
        )
    )

    assert (report.kind, report.original_message_id) == ("bounce", "sent-1@eu-west-1.amazonses.com")
    assert [(one.recipient, one.action, one.status, one.hard) for one in report.recipients] == [
        ("bob@example.org", "failed", "5.1.1", True),
        ("carol@example.org", "delayed", "4.2.2", False),
    ]


@pytest.mark.parametrize(
    ("fields", "action", "hard"),
    [
        ("Action: failed\nStatus: 5.1.2", "failed", True),
        ("Action: failed\nStatus: 5.4.1", "failed", True),
        ("Action: failed\nStatus: 5.2.2", "failed", False),
        ("Action: failed\nStatus: 4.4.7", "delayed", False),
        ("Action: delayed\nStatus: 5.1.1", "delayed", False),
        ("Action: Failed\nDiagnostic-Code: smtp; 550 5.1.1 unknown user", "failed", True),
        ("Action: delivered\nStatus: 2.0.0", "delivered", False),
        ("Action: relayed", "relayed", False),
        ("Status: 5.1.6", "failed", True),
    ],
)
def test_what_counts_as_a_failure(fields: str, action: str, hard: bool) -> None:
    (one,) = reported(delivery_report(f"Final-Recipient: rfc822; bob@example.org\n{fields}")).recipients

    assert (one.action, one.hard) == (action, hard)


def test_the_address_we_wrote_to_counts_where_it_was_forwarded() -> None:
    fields = (
        "Final-Recipient: rfc822; inner@host\nOriginal-Recipient: rfc822; bob@example.org\nAction: failed"
    )

    assert reported(delivery_report(fields)).recipients[0].recipient == "bob@example.org"


def test_returned_headers_are_enough() -> None:
    report = reported(
        delivery_report(returned=b"Message-ID: <h@x.org>\r\nSubject: x", returned_type="text/rfc822-headers")
    )

    assert (report.original_message_id, report.recipients) == ("h@x.org", ())


def test_a_complaint() -> None:
    raw = of_parts(
        "report; report-type=feedback-report",
        part("A user complained.", "Content-Type: text/plain"),
        part(
            "Feedback-Type: abuse\nUser-Agent: x\nVersion: 1\nOriginal-Rcpt-To: <bob@example.org>\n",
            "Content-Type: message/feedback-report",
        ),
        part(RETURNED, "Content-Type: message/rfc822"),
    )
    report = reported(raw)

    assert (report.kind, report.feedback_type) == ("complaint", "abuse")
    assert report.original_message_id == "sent-1@eu-west-1.amazonses.com"
    assert [(one.recipient, one.action) for one in report.recipients] == [("bob@example.org", "complained")]


def test_a_report_in_prose() -> None:
    text = (
        "Hi. This is the mail program at example.org.\nI'm afraid I wasn't able to deliver your message.\n\n"
        "<bob@example.org>:\n550 5.1.1 no such user\n\n--- Below this line is a copy of the message.\n\n"
        "Message-ID: <sent-2@eu-west-1.amazonses.com>\nFrom: <help@shop.example>\n"
    )
    report = reported(letter(text, "From: MAILER-DAEMON@example.org", "Subject: failure notice"))

    assert report.original_message_id == "sent-2@eu-west-1.amazonses.com"
    assert [(one.recipient, one.status, one.hard) for one in report.recipients] == [
        ("bob@example.org", "5.1.1", True)
    ]


def test_failed_recipients_in_a_header() -> None:
    report = reported(
        letter("No luck.", "X-Failed-Recipients: bob@example.org", "In-Reply-To: <sent-3@x.org>")
    )

    assert report.original_message_id == "sent-3@x.org"
    assert [(one.recipient, one.hard) for one in report.recipients] == [("bob@example.org", False)]


def test_a_letter_is_no_report() -> None:
    assert read_report(letter("My mail could not be delivered to you, 550 5.1.1!")) is None
    assert read_report(letter("I am away", "Return-Path: <>")) is None
    assert read_report(b"") is None


@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    read_report(raw)
    read_report(delivery_report(returned=raw).replace(b"Reporting-MTA: dns; mx.example.org", raw))
