"""Nothing that a caller may say breaks out of a header, in whatever field it comes."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.policy import compat32
from typing import Any

import boto3
import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, sent_bytes, write

EVIL = [
    "x\r\nBcc: eve@evil.example",
    "x\nBcc: eve@evil.example",
    "x\rBcc: eve@evil.example",
    "x\u2028Bcc: eve@evil.example",
    "x\x85Bcc: eve@evil.example",
    "=?utf-8?q?x=0D=0ABcc:_eve@evil.example?=",
    'x" <eve@evil.example>, "y',
    "x, eve@evil.example",
]
OURS = {
    "From", "To", "Cc", "Reply-To", "Subject", "Date", "In-Reply-To", "References", "X-SES-MESSAGE-TAGS",
    "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    "Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "X-Loop",
}  # fmt: skip
MAIL = {"email": "bob@example.net", "subject": "Hi", "text": "Hello."}


def _customer(api: Api, evil: str) -> None:
    new = {"name": evil, "emails": ["ada@example.org"]}
    made = api.post("/v1/customers", new)
    if made.status == 201:
        api.post("/v1/messages", {"customer_id": made.json["id"], "subject": "Hi", "text": "x"}).ok(201)


def _subject(api: Api, evil: str) -> None:
    api.post("/v1/messages", MAIL | {"subject": evil})


def _address(api: Api, evil: str) -> None:
    api.post("/v1/messages", MAIL | {"email": f"bob@example.net{evil}"})


def _value(api: Api, evil: str) -> None:
    says = {"en": {"subject": "For {{ name }}", "text": "x"}}
    made = api.post("/v1/templates", {"key": "t", "name": "T", "contents": says}).ok(201)
    api.post(f"/v1/templates/{made['id']}/publish", {}).ok()
    body = {"email": "bob@example.net", "template": "t", "values": {"name": evil}}
    api.post("/v1/messages", body).ok(201)


def _filename(api: Api, evil: str) -> None:
    upload = api.post("/v1/attachments", {"size": 1}).ok(201)
    bucket = next(
        b["Name"] for b in boto3.client("s3").list_buckets()["Buckets"] if "files" in b["Name"].lower()
    )
    boto3.client("s3").put_object(Bucket=bucket, Key=f"uploads/{upload['id']}", Body=b"x")
    for field in ("filename", "content_type"):
        one = {"id": upload["id"], "filename": "x.txt", field: evil}
        api.post("/v1/messages", MAIL | {"attachments": [one]})


def _staff(api: Api, evil: str) -> None:
    says = {"en": {"subject": "Hi", "text": "x"}}
    made = api.post("/v1/templates", {"key": "t", "name": "T", "contents": says}).ok(201)
    sam = api.post("/v1/staff", {"name": evil, "email": "sam@shop.example"})
    if sam.status == 201:
        api.post(f"/v1/templates/{made['id']}/test", {"staff_id": sam.json["id"]}).ok(201)


def _topic(api: Api, evil: str) -> None:
    api.post("/v1/messages", MAIL | {"topic": evil}).problem(422, "invalid")


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("field", [_customer, _subject, _address, _value, _filename, _staff, _topic])
def test_no_field_of_the_api_makes_a_header(
    api: Api, cloud: Cloud, field: Callable[[Api, str], Any], evil: str
) -> None:
    field(api, evil)
    cloud.pump()
    _assert_clean()
    recipients = {one.addr_spec for mail in outbox() for one in mail["To"].addresses}
    assert recipients <= {"bob@example.net", "ada@example.org", "sam@shop.example"}


@pytest.mark.parametrize("evil", EVIL)
def test_no_mail_that_is_answered_makes_a_header(api: Api, cloud: Cloud, evil: str) -> None:
    plain = write(subject="Broken kettle", message_id="<x@example.org>")
    for name, old in (("subject", b"Broken kettle"), ("id", b"x@example.org"), ("name", b"Ada Lovelace")):
        receive(cloud, plain.replace(old, evil.encode() + name.encode(), 1))
    cloud.pump()
    _assert_clean()


def _assert_clean() -> None:
    """Each mail has our headers alone, each once."""
    for raw in sent_bytes():
        mail = message_from_bytes(raw, policy=compat32)
        assert set(mail.keys()) <= OURS
        assert len(set(mail.keys())) == len(mail.keys())
        for part in mail.walk():
            assert not {"bcc", "cc"} & {name.lower() for name in part.keys()}  # noqa: SIM118  # a Message is no dict
