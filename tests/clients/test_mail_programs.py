"""Mails of other people's programs become tickets: of Python's smtplib, of swaks, of msmtp."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.caller import Caller
from tests.e2e.post import Post, address_of, write
from tests.e2e.waiting import eventually

TEXT = "It flickers.\nGrüße aus Ærø"
RECEIPT = b"Lamp Fyr, No. 4711\n"


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    """A file to attach."""
    file = tmp_path / "receipt.txt"
    file.write_bytes(RECEIPT)
    return file


def test_smtplib(api: Caller, post: Post) -> None:
    sender = address_of("smtplib")
    mail = write(sender, "By smtplib: Lampe wäre schön", TEXT)
    mail.add_attachment(RECEIPT, maintype="text", subtype="plain", filename="receipt.txt")
    post.send(mail)
    _is_a_ticket(api, sender, "By smtplib: Lampe wäre schön")


def test_swaks(api: Caller, post: Post, receipt: Path) -> None:
    sender, door = address_of("swaks"), post.addresses
    text = receipt.with_name("text.txt")
    text.write_text(TEXT, encoding="utf-8")
    options = {
        "--server": door["smtp_host"],
        "--port": str(door["smtp_port"]),
        "--from": sender,
        "--to": door["support_address"],
        "--header": "Subject: By swaks",
        "--body": f"@{text}",
        "--attach-type": "text/plain",
        "--attach-name": receipt.name,
        "--attach": f"@{receipt}",
    }
    _run("swaks", "--silent", "2", *(word for option in options.items() for word in option))
    _is_a_ticket(api, sender, "By swaks")


def test_msmtp(api: Caller, post: Post) -> None:
    sender, door = address_of("msmtp"), post.addresses
    mail = write(sender, "By msmtp", TEXT, To=door["support_address"])
    mail.add_attachment(RECEIPT, maintype="text", subtype="plain", filename="receipt.txt")
    options = [f"--host={door['smtp_host']}", f"--port={door['smtp_port']}", f"--from={sender}"]
    _run("msmtp", "--file=/dev/null", *options, "--read-recipients", stdin=mail.as_bytes())
    _is_a_ticket(api, sender, "By msmtp")


def _run(program: str, *options: str, stdin: bytes = b"") -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed: apt-get install {program}")
    done = subprocess.run([program, *options], input=stdin, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _is_a_ticket(api: Caller, sender: str, subject: str) -> None:
    """The sender is known, and their ticket has the mail's subject, text and attachment."""

    def opened() -> Any:
        known = api.data(f"/v1/customers?email={sender}")
        assert len(known) == 1
        tickets = api.data(f"/v1/tickets?customer_id={known[0]['id']}")
        assert len(tickets) == 1
        return tickets[0]

    ticket = eventually(opened)
    messages = api.data(f"/v1/tickets/{ticket['id']}/messages")
    [came] = [one for one in messages if one["direction"] == "inbound"]
    assert (ticket["subject"], came["subject"], came["text"].strip()) == (subject, subject, TEXT)
    [attachment] = came["attachments"]
    assert (attachment["filename"], attachment["content_type"]) == ("receipt.txt", "text/plain")
    assert attachment["size"] in (len(RECEIPT), len(RECEIPT.strip()), len(RECEIPT) + 1)
