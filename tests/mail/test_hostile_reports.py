"""Reports and texts made to keep a reader busy are read within a second, and a mail of 40 MB within 1 GB."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from chalicelib.mail.reading.classify import classify
from chalicelib.mail.reading.language import detect
from chalicelib.mail.reading.reports import read_report
from tests.mail.mails import letter, read

SEEDS = (
    "----", "a@b.c ", "a@b.c: ", "<a@b.c>\n", "from ", "rcpt to:", " \t", "\n>>> ", "user ", "delivery to ",
    "your message to ", "550 5.1.1 ", "not be delivered to the following recipient ", "=?", "copy of ",
)  # fmt: skip
LARGE = """
import base64, os, re
from datetime import UTC, datetime
from chalicelib.mail.reading.parse import parse_mail
head = b"From: a@x.org\\r\\nContent-Type: multipart/mixed; boundary=b\\r\\n\\r\\n--b\\r\\n\\r\\nhi\\r\\n"
part = b"--b\\r\\nContent-Type: x/y\\r\\nContent-Transfer-Encoding: base64\\r\\n\\r\\n"
raw = head + part + base64.encodebytes(os.urandom(29_000_000)) + b"--b--\\r\\n"
mail = parse_mail(raw, now=datetime.now(UTC))
most = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
print(len(raw), mail.attachments[0].size, int(most[1]) // 1024)
"""


@pytest.mark.parametrize("seed", SEEDS)
def test_hostile_prose_is_read_within_a_second(seed: str) -> None:
    subject = seed.replace("\n", " ") * 100
    raw = letter(seed * (30_000 // len(seed)), "From: MAILER-DAEMON@x.org", f"Subject: {subject[:400]}")
    began = time.process_time()

    mail = read(raw)
    classify(mail, own_addresses=[], own_domain="shop.example", envelope_sender="")
    read_report(raw, "bounce")
    detect(mail.visible)

    assert time.process_time() - began < 1


def test_forty_megabytes_take_less_than_a_gigabyte() -> None:
    done = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=True)
    raw, attachment, megabytes = map(int, done.stdout.split())

    assert (raw > 39_000_000, attachment) == (True, 29_000_000)
    assert megabytes < 1_000
