"""Nothing that a caller may say breaks out of a header, in whatever field it comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import compat32
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.consent.statements import topic
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
BOB = "bob@example.net"
DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]


def _texts(schema: Any) -> Iterator[tuple[str, ...]]:
    """The paths of all text fields below a schema of the API's document, `*` for an entry of a list."""
    schema = SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    for one in schema.get("anyOf", []):
        yield from _texts(one)
    if schema.get("type") == "string" and "enum" not in schema and "const" not in schema:
        yield ()
    for name, below in schema.get("properties", {}).items():
        yield from ((name, *path) for path in _texts(below))
    if "items" in schema:
        yield from (("*", *path) for path in _texts(schema["items"]))


def _with(body: Any, path: tuple[str, ...], value: str) -> Any:
    """A body with a text at a path, as far as the body has what lies on the way."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if first == "*":
        entries = body if isinstance(body, list) else []
        return [_with(one, rest, value) for one in entries or ([None] if not rest else [])]
    if rest and first not in body:
        return body
    return body | {first: _with(body.get(first), rest, value)}


@dataclass
class Evil:
    """Says the same in every text field of a request that lets it through; the others keep what is given."""

    api: Api
    text: str
    held: set[str] = field(default_factory=set)

    def post(self, url: str, body: dict[str, Any], *, route: str = "") -> Any:
        operation = DOCUMENT["paths"][route or url]["post"]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        paths = dict.fromkeys(_texts(schema))
        for path in [path for path in paths if self._refuses(url, body, path)]:
            del paths[path]
        for path in paths:
            body = _with(body, path, self.text)
        self.held.update(f"{route or url} {'.'.join(path)}" for path in paths)
        answer = self.api.post(url, body)
        assert answer.status in (200, 201), answer.text
        return answer.json

    def line(self, url: str, body: dict[str, Any]) -> Any:
        """What is made with the text as its name, or with a plain name where that is refused."""
        answer = self.api.post(url, body | {"name": self.text})
        if answer.status == 201:
            self.held.add(f"{url} name")
            return answer.json
        answer.problem(422, "invalid")
        return self.api.post(url, body | {"name": "Plain"}).ok(201)

    def _refuses(self, url: str, body: dict[str, Any], path: tuple[str, ...]) -> bool:
        """Whether a field refuses the text: asked by a request that is refused on another account, too."""
        asked = _with(body, path, self.text)
        if asked == body:
            return True
        answer = self.api.post(url, asked | {"no_such_field": 1})
        names = [one["name"] for one in answer.problem(422, "invalid")["invalid_params"]]
        return names != ["no_such_field"]


def _play(api: Api, cloud: Cloud, evil: Evil) -> None:
    """Each kind of mail that we write, of what callers say."""
    says = {"en": {"subject": "For {{ name }} {{ customer.name }}", "text": "x", "html": "x"}}
    sam = evil.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"})
    box = evil.post("/v1/mailboxes", {"address": "sales@shop.example", "name": "S", "signature": "x"})
    topic(api)
    template = evil.post("/v1/templates", {"key": "hello", "name": "T", "contents": says})
    api.post(f"/v1/templates/{template['id']}/publish", {}).ok()
    test = f"/v1/templates/{template['id']}/test"
    evil.post(test, {"staff_id": sam["id"], "values": {}}, route="/v1/templates/{template_id}/test")
    ada = evil.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"], "custom": {}})
    _upload(api, cloud)
    attached = [{"id": UPLOADED, "filename": "x.txt", "content_type": "text/plain"}]
    letter = {"email": BOB, "mailbox": box["id"], "subject": "Hi", "text": "x", "attachments": attached}
    evil.post("/v1/messages", letter)
    named = {"customer_id": ada["id"], "template": "hello", "values": {"name": evil.text}}
    api.post("/v1/messages", named).ok(201)
    evil.post("/v1/subscriptions", {"email": "new@example.org", "topic": "offers", "source": "form"})
    call = {"channel": "phone", "subject": "Call", "text": "x", "assignee": sam["id"]}
    ticket = evil.post("/v1/tickets", {"customer_id": ada["id"], **call})
    url = f"/v1/tickets/{ticket['id']}/messages"
    evil.post(url, {"text": "x", "attachments": attached}, route="/v1/tickets/{ticket_id}/messages")
    _use(api, evil, ticket["id"], sam["id"], template["id"])
    receive(cloud, write(sender=BOB))
    soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    task = {"customer_id": ada["id"], "title": "Call", "owner": sam["id"], "due_at": soon, "remind_at": soon}
    due = evil.post("/v1/tasks", task)
    cloud.pump()
    later = (datetime.now(UTC) + timedelta(minutes=2)).isoformat()
    fired = {"MessageId": "fired", "Body": json.dumps({"wake_id": due["id"], "wake_at": later})}
    assert cloud.deliver("TimersQueue", [fired]) == set()
    cloud.pump()


def _use(api: Api, evil: Evil, ticket_id: str, staff_id: str, template_id: str) -> None:
    """A macro's answer, a rule that answers, and a note of which somebody is told."""
    said = {"default_language": "en", "texts": {"en": {"text": evil.text, "html": evil.text}}}
    macro = evil.line("/v1/macros", said)
    api.post(f"/v1/tickets/{ticket_id}/macros/{macro['id']}", {}).ok()
    does = [
        {"action": "answer", "template_id": template_id},
        {"action": "interaction", "summary": evil.text},
        {"action": "tag", "add": [evil.text]} if evil.text.isprintable() else {"action": "queue"},
    ]
    evil.line("/v1/rules", {"when": {"all": []}, "then": does})
    note = {"text": evil.text, "internal": True, "mentions": [staff_id]}
    api.post(f"/v1/tickets/{ticket_id}/messages", note).ok(201)


UPLOADED = "att_01KC0000000000000000000000"


def _upload(api: Api, cloud: Cloud) -> None:
    boto3.client("s3").put_object(Bucket=cloud["FilesBucket"], Key=f"uploads/{UPLOADED}", Body=b"x")


@pytest.mark.parametrize("text", EVIL)
def test_no_field_of_the_api_makes_a_header(api: Api, cloud: Cloud, text: str) -> None:
    evil = Evil(api, text)
    _play(api, cloud, evil)
    _assert_clean()
    recipients = {one.addr_spec for mail in outbox() for one in mail["To"].addresses}
    assert recipients <= {BOB, "ada@example.org", "new@example.org", "sam@shop.example"}
    told = [mail for mail in outbox() if mail["From"].addresses[0].username.endswith("+notices")]
    assert len(told) >= 2, "of the assignment and the note"
    assert len(outbox()) - len(told) >= 7, "the mails went out, a macro's answer and a rule's among them"
    if text.isprintable():
        lines = {"/v1/messages subject", "/v1/staff name", "/v1/mailboxes name", "/v1/tickets subject"}
        lines |= {"/v1/macros name", "/v1/rules name"}
        assert lines <= evil.held, "it was in them"


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
            assert not {"bcc", "cc"} & {name.lower() for name in part.keys()}  # noqa: SIM118 - a Message is no dict
