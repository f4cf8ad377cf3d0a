"""A report in the mailbox says which mail it is about and what became of each recipient."""

from __future__ import annotations

from typing import Literal

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


def reported(raw: bytes, kind: Literal["bounce", "complaint"] = "bounce") -> Report:
    return read_report(raw, kind)


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
    report = reported(raw, "complaint")

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


@pytest.mark.parametrize(
    ("text", "recipient", "status", "hard"),
    [
        ("   ----- The following addresses had permanent fatal errors -----\n<bob@example.org>\n"
         "    (reason: 552 5.2.2 Over quota)\n   ----- Transcript of session follows -----\n",
         "bob", "5.2.2", False),
        ("Your message\n\n  To:      carol@example.org\n  Subject: Hello\n\ndid not reach "
         "the following recipient(s):\n\nbob@example.org on Fri, 1 Mar 2026\n    The recipient name"
         " is not recognized\n",
         "bob", "5.1.1", True),
        ("Failed to deliver to 'bob@example.org'\nSMTP module reports: 554 delivery error: dd This user "
         "doesn't have an example account (bob@example.org)", "bob", "5.1.1", True),
        ("Your message was not delivered to:\n  bob@example.org\nbecause:\n  User Bob (bob@example.org) "
         "not listed in Domino Directory\n", "bob", "5.1.1", True),
        ("Could not deliver message to the following recipient(s):\n\nFailed Recipient: bob@example.org\n"
         "Reason: Remote host said: 550 sorry\n\n   -- The header and top 20 lines of the message"
         " follows --\n\n"
         "To: else@example.org\n", "bob", None, False),
        ("Sent <<< RCPT TO:<bob@example.org>\nReceived >>> 550 5.1.1 unknown user.\n", "bob", "5.1.1", True),
        ("The message to bob@example.org could not be delivered: host unknown.\n"
         "Contact postmaster@example.net "
         "for help.\n", "bob", "5.1.2", True),
        ("送信できませんでした。\n\n<bob@example.org>: 550 5.1.1 unknown\n", "bob", "5.1.1", True),
        ("This address no longer accepts mail (generated from bob@example.org)\n", "bob", None, False),
        ("Nothing that names anybody\n\n--- Original message follows ---\nTo: Bob <bob@example.org>\n",
         "bob", None, False),
    ],
)  # fmt: skip
def test_whom_a_report_in_prose_names(text: str, recipient: str, status: str | None, hard: bool) -> None:
    raw = letter(
        text, "From: MAILER-DAEMON@mx.example.net", "To: help@shop.example", "Subject: Undeliverable"
    )

    found = reported(raw).recipients

    assert [(one.recipient, one.status, one.hard) for one in found] == [
        (f"{recipient}@example.org", status, hard)
    ]


def test_several_recipients_in_prose_have_each_their_own_status() -> None:
    text = (
        "I couldn't deliver your mail.\n\n<bob@example.org>:\n550 5.1.1 no such user\n\n"
        "<carol@example.org>:\n552 mailbox full\n\n--- Below this line is a copy of the"
        " message.\n\nTo: dora@example.org\n"
    )

    found = reported(letter(text, "From: MAILER-DAEMON@example.org")).recipients

    assert [(one.recipient, one.status, one.hard) for one in found] == [
        ("bob@example.org", "5.1.1", True),
        ("carol@example.org", "5.2.2", False),
    ]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Warning: message delayed 24 hours", "<bob@example.org>"),
        ("Mail", "The message has not yet been delivered to:\n  bob@example.org\nattempts will continue"),
    ],
)
def test_a_warning_in_prose_is_no_failure(subject: str, text: str) -> None:
    (one,) = reported(letter(text, "From: MAILER-DAEMON@example.org", f"Subject: {subject}")).recipients

    assert (one.action, one.hard) == ("delayed", False)


def test_a_report_wrapped_in_another_one_is_read() -> None:
    inner = delivery_report("Final-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.1.1")
    raw = of_parts(
        "mixed", part("See below.", "Content-Type: text/plain"), part(inner, "Content-Type: message/rfc822")
    )

    (one,) = reported(raw).recipients

    assert (one.recipient, one.hard) == ("bob@example.org", True)


def test_the_diagnosis_tells_more_than_a_code_that_says_nothing() -> None:
    fields = "Final-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.0.0\n"

    (spam,) = reported(delivery_report(fields + "Diagnostic-Code: smtp; 550 5.7.1 spam")).recipients
    (plain,) = reported(delivery_report(fields + "Diagnostic-Code: smtp; 550 go away")).recipients

    assert (spam.status, spam.hard, spam.diagnostic) == ("5.7.1", False, "smtp; 550 5.7.1 spam")
    assert (plain.status, plain.hard) == ("5.0.0", True), "5.0.0 alone ends an address"


def test_the_ids_of_the_returned_mail_lead_to_its_thread() -> None:
    returned = b"Message-ID: <h@x.org>\r\nReferences: <signed@shop.example>\r\n <b@x.org>\r\nSubject: x"

    report = reported(delivery_report(returned=returned, returned_type="text/rfc822-headers"))

    assert report.original_ids == ("h@x.org", "b@x.org", "signed@shop.example")


@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    read_report(raw, "bounce")
    read_report(raw, "complaint")
    read_report(delivery_report(returned=raw).replace(b"Reporting-MTA: dns; mx.example.org", raw), "bounce")


@given(st.text(alphabet="ab @<>.:-\n51( )[RCPT TO", max_size=400))
def test_any_prose(text: str) -> None:
    found = reported(letter(text, "From: MAILER-DAEMON@example.org")).recipients
    assert all("@" in one.recipient for one in found)
