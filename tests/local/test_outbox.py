"""The outbox keeps mails and shows them without letting them do anything."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from local import outbox_pages
from local.outbox import Outbox
from local.relay import as_sent

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
EVIL = "<script>alert('x')</script>"


def mail(subject: str = "Hello") -> bytes:
    message = EmailMessage()
    message["Message-ID"] = "<0100-abc@email.amazonses.com>"
    message["From"] = "support@shop.example"
    message["To"] = "ada@example.com"
    message["Subject"] = subject
    message["X-SES-MESSAGE-TAGS"] = "message=msg_1, customer=cus_1"
    message.set_content(f"Text {EVIL}")
    message.add_alternative(f"<p>Html {EVIL}</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename='a"<b>.pdf')
    return message.as_bytes()


def filled(folder: Path, subject: str = "Hello") -> tuple[Outbox, str]:
    outbox = Outbox(folder)
    raw, sent = as_sent(mail(subject), "support@shop.example", ["ada@example.com"], AT)
    return outbox, outbox.add(raw, sent).id


def page(outbox: Outbox, path: str, query: str = "") -> str:
    return outbox_pages.answer(outbox, path, query).body.decode()


def test_a_mail_is_kept_as_ses_delivers_it(tmp_path: Path) -> None:
    outbox, name = filled(tmp_path)
    assert outbox.envelope(name).message_id == "0100-abc"
    assert outbox.envelope(name).tags == {"message": ["msg_1"], "customer": ["cus_1"]}
    assert b"X-SES-" not in outbox.raw(name)
    assert outbox.raw(name).startswith(b"Date: Sat, 21 Nov 2026 12:00:00 +0000")


def test_what_comes_from_mails_is_escaped(tmp_path: Path) -> None:
    outbox, name = filled(tmp_path, subject=f"Hi {EVIL}")
    for shown in (page(outbox, "/outbox"), page(outbox, f"/outbox/{name}")):
        assert "<script" not in shown
        assert "&lt;script&gt;" in shown
    assert "a&quot;&lt;b&gt;.pdf" in page(outbox, f"/outbox/{name}")


def test_the_html_part_is_shut_in_a_sandbox(tmp_path: Path) -> None:
    outbox, name = filled(tmp_path)
    answer = outbox_pages.answer(outbox, f"/outbox/{name}/html", "")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "sandbox=" in page(outbox, f"/outbox/{name}")


def test_raw_mail_and_attachments_are_downloads(tmp_path: Path) -> None:
    outbox, name = filled(tmp_path)
    for path in (f"/outbox/{name}.eml", f"/outbox/{name}/attachments/0"):
        answer = outbox_pages.answer(outbox, path, "")
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert outbox_pages.answer(outbox, f"/outbox/{name}/attachments/0", "").body == b"%PDF"


def test_programs_get_json_filtered_by_recipient(tmp_path: Path) -> None:
    outbox, _ = filled(tmp_path)
    (found,) = json.loads(page(outbox, "/outbox.json", "to=Ada@example.com"))["data"]
    assert found["subject"] == "Hello"
    assert found["text"].startswith("Text")
    assert found["attachments"] == [{"name": 'a"<b>.pdf', "type": "application/pdf", "size": 4}]
    assert json.loads(page(outbox, "/outbox.json", "to=bob@example.com"))["data"] == []


@pytest.mark.parametrize(
    "path", ["/outbox/../../etc/passwd", "/outbox/nothing", "/outbox/a/b/c/d", "/outbox/.eml"]
)
def test_what_is_not_there_is_404(tmp_path: Path, path: str) -> None:
    assert outbox_pages.answer(Outbox(tmp_path), path, "").status == 404


def test_an_unknown_charset_still_shows(tmp_path: Path) -> None:
    raw = b"Message-ID: <a@b>\r\nSubject: =?nope?q?x?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\n"
    raw += b"hi \xff"
    outbox = Outbox(tmp_path)
    name = outbox.add(*as_sent(raw, "a@b.c", ["ada@example.com"], AT)).id
    assert "hi �" in page(outbox, f"/outbox/{name}")
