"""The SMTP door, the mail relay and the HTTP door, run in this process and spoken to over their ports."""

from __future__ import annotations

import http.client
import json
import smtplib
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from local.gateway import MAX_BODY, Api, Gateway
from local.outbox import Outbox
from local.outbox_pages import Answer
from local.preflight import free_port
from local.relay import Relay
from local.settings import HOST
from local.smtp_door import Inbox, SmtpDoor, controller

DOMAIN = "shop.example"
SUPPORT = f"support@{DOMAIN}"


class Recorder:
    """Stands for boto3's S3 and SNS clients and keeps what they were given."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.published: list[Any] = []

    def __call__(self, _service: str) -> Recorder:
        return self

    def put_object(self, **given: Any) -> None:
        self.objects[f"{given['Bucket']}/{given['Key']}"] = given["Body"]

    def publish(self, **given: Any) -> None:
        self.published.append(json.loads(given["Message"]))


@pytest.fixture
def cloud() -> Recorder:
    return Recorder()


@pytest.fixture
def door(cloud: Recorder) -> Iterator[int]:
    inbox = Inbox(cloud, "mails", "arn:topic")  # type: ignore[arg-type] # a recorder in place of the clients
    server = controller(SmtpDoor(DOMAIN, inbox.accept), port := free_port())
    server.start()
    yield port
    server.stop()


def letter(subject: str = "Hello") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ada <ada@example.com>"
    message["To"] = SUPPORT
    message["Subject"] = subject
    message["X-Local-Spam-Verdict"] = "FAIL"
    message.set_content("Hi\n.\n..dots stay\n")
    return message


def test_a_mail_at_the_door_is_stored_and_announced_as_ses_does(door: int, cloud: Recorder) -> None:
    with smtplib.SMTP(HOST, door) as client:
        client.send_message(letter(), to_addrs=[SUPPORT, f"Sales@{DOMAIN.upper()}"])
    (notice,) = cloud.published
    action = notice["receipt"]["action"]
    raw = cloud.objects[f"{action['bucketName']}/{action['objectKey']}"]
    assert action["objectKey"] == f"inbound/{notice['mail']['messageId']}"
    assert notice["receipt"]["recipients"] == [SUPPORT, f"Sales@{DOMAIN.upper()}"]
    assert notice["receipt"]["spamVerdict"] == {"status": "FAIL"}
    assert raw.startswith(b"Return-Path: <ada@example.com>\r\n")
    assert b"..dots stay" in raw
    assert b"X-Local-" not in raw


def test_other_domains_are_refused_as_ses_does(door: int, cloud: Recorder) -> None:
    with smtplib.SMTP(HOST, door) as client, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        client.send_message(letter(), to_addrs=["bob@elsewhere.example"])
    assert refused.value.recipients["bob@elsewhere.example"][0] == 550
    assert cloud.published == []


def test_long_lines_null_senders_and_eight_bit_mails_pass(door: int, cloud: Recorder) -> None:
    raw = b"From: MAILER-DAEMON\r\nSubject: \xff\r\n\r\n" + b"x" * 5000 + b"\r\n"
    with smtplib.SMTP(HOST, door) as client:
        client.sendmail("", [SUPPORT], raw)
    assert cloud.published[0]["mail"]["source"] == ""


def test_when_the_cloud_is_away_the_sender_keeps_the_mail(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object) -> str:
        raise ConnectionError("away")

    server = controller(SmtpDoor(DOMAIN, fail), port := free_port())
    server.start()
    with smtplib.SMTP(HOST, port) as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.send_message(letter())
    server.stop()
    assert refused.value.smtp_code == 451
    assert "ConnectionError: away" in capsys.readouterr().err


def test_sent_mails_reach_the_outbox_their_events_the_topic_and_our_own_domain_the_inbox(
    tmp_path: Path,
) -> None:
    outbox, published, came_back = Outbox(tmp_path), [], []

    def accept(_raw: bytes, _sender: str, recipients: list[str]) -> str:
        came_back.append(recipients)
        return ""

    relay = Relay(outbox, DOMAIN)
    server = controller(relay, port := free_port())
    server.start()
    message = letter()
    message["Message-ID"] = "<0100-1@email.amazonses.com>"
    message["X-SES-MESSAGE-TAGS"] = "message=msg_1"
    with smtplib.SMTP(HOST, port) as client:  # before anybody knows where events go
        client.send_message(message, from_addr=SUPPORT, to_addrs=["ada@example.com"])
        client.send_message(message, from_addr=SUPPORT, to_addrs=[SUPPORT])
    relay.connect(lambda event: published.append(json.loads(event)), accept)
    server.stop()
    relay.disconnect()
    assert [one.recipients for one in outbox.list()] == [[SUPPORT], ["ada@example.com"]]
    assert [event["eventType"] for event in published] == ["Send", "Delivery", "Send", "Delivery"]
    assert published[0]["mail"]["messageId"] == "0100-1"
    assert published[0]["mail"]["tags"] == {"message": ["msg_1"]}
    assert came_back == [[SUPPORT]]


class EchoApi(Api):
    """Stands for the stack's API: answers with what it was sent."""

    def __init__(self) -> None:
        super().__init__(0, lambda: "id")

    def forward(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        if target == "/away":
            raise ConnectionRefusedError
        told = {"method": method, "target": target, "length": len(body), "headers": headers}
        return Answer(
            200, {"Content-Type": "application/json", "Connection": "close"}, json.dumps(told).encode()
        )


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[http.client.HTTPConnection]:
    server = Gateway(free_port(), Outbox(tmp_path), EchoApi())
    server.start()
    connection = http.client.HTTPConnection(HOST, server.server_port, timeout=10)
    yield connection
    connection.close()
    server.stop()


def ask(gateway: http.client.HTTPConnection, *request: Any, **more: Any) -> tuple[int, Any, Any]:
    gateway.request(*request, **more)
    answer = gateway.getresponse()
    body = answer.read()
    return answer.status, answer.headers, json.loads(body) if body.startswith(b"{") else body


def test_requests_pass_as_they_came(gateway: http.client.HTTPConnection) -> None:
    status, _, told = ask(gateway, "POST", "/v1/x%2Fy?a=1&a=%20", b"{}", {"Authorization": "Bearer k"})
    assert (status, told["method"], told["target"], told["length"]) == (200, "POST", "/v1/x%2Fy?a=1&a=%20", 2)
    assert told["headers"]["authorization"] == "Bearer k"
    assert "connection" not in told["headers"]


def test_a_method_that_nothing_has_is_a_problem(gateway: http.client.HTTPConnection) -> None:
    for method in ("TRACE", "BREW"):
        status, headers, told = ask(gateway, method, "/v1/x")
        assert (status, told["code"]) == (404, "not_found")
        assert headers["Content-Type"] == "application/problem+json"


def test_chunked_bodies_pass(gateway: http.client.HTTPConnection) -> None:
    _, _, told = ask(gateway, "POST", "/v1/x", iter([b"ab", b"cde"]), encode_chunked=True)
    assert told["length"] == 5


def test_a_body_over_ten_megabytes_is_413(gateway: http.client.HTTPConnection) -> None:
    headers = {"Content-Length": str(MAX_BODY + 1)}
    status, _, problem = ask(gateway, "POST", "/v1/x", None, headers)
    assert (status, problem["code"]) == (413, "too_large")


def test_nonsense_lengths_are_400(gateway: http.client.HTTPConnection) -> None:
    assert ask(gateway, "POST", "/v1/x", None, {"Content-Length": "ten"})[0] == 400


def test_preflight_is_answered(gateway: http.client.HTTPConnection) -> None:
    asked = {"Origin": "http://app.example", "Access-Control-Request-Method": "POST"}
    status, headers, _ = ask(gateway, "OPTIONS", "/v1/x", None, asked)
    assert status == 204
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_an_absent_emulator_is_502(gateway: http.client.HTTPConnection) -> None:
    assert ask(gateway, "GET", "/away")[0] == 502


def test_the_outbox_is_served_here(gateway: http.client.HTTPConnection) -> None:
    status, headers, body = ask(gateway, "GET", "/outbox")
    assert status == 200
    assert b"No mail was sent yet" in body
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_the_api_id_is_read_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    paths: list[str] = []
    with socket.create_server((HOST, 0)) as upstream:
        ids = iter(["old", "new"])
        monkeypatch.setattr("local.gateway.ID_SECONDS", -1.0)
        api = Api(upstream.getsockname()[1], lambda: next(ids))
        answering = threading.Thread(target=answer_twice, args=(upstream, paths))
        answering.start()
        assert api.forward("GET", "/v1/health", {}, b"").status == 200
        assert api.forward("GET", "/v1/health", {}, b"").status == 200
        answering.join()
    assert paths == [f"/restapis/{name}/api/_user_request_/v1/health" for name in ("old", "new")]


def answer_twice(upstream: socket.socket, paths: list[str]) -> None:
    for _ in range(2):
        connection, _ = upstream.accept()
        with connection:
            paths.append(connection.recv(4096).split(b" ")[1].decode())
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
