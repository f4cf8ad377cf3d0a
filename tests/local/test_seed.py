"""The demo business is planted once, through HTTP and SMTP, whatever is repeated or lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from local import demo, demo_articles, demo_requests, seed
from local.preflight import free_port
from local.progress import Failed
from local.settings import HOST, MAIL_DOMAIN, Ports, Settings
from local.smtp_door import SmtpDoor, controller


class FakeApi(ThreadingHTTPServer):
    """Takes every POST, replays those whose key it knows, refuses paths in `refused`."""

    def __init__(self) -> None:
        super().__init__((HOST, 0), FakeHandler)
        self.made: dict[str, tuple[str, dict[str, Any]]] = {}
        self.posts: Counter[str] = Counter()
        self.refused: dict[str, int] = {}


class FakeHandler(BaseHTTPRequestHandler):
    server: FakeApi

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["Idempotency-Key"]
        self.server.posts[self.path] += 1
        status = self.server.refused.get(self.path, 201)
        if status == 201:
            self.server.made.setdefault(key, (self.path, body))
        self._answer(status, {"id": f"id-of-{key}", "detail": "refused"})

    def do_PATCH(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, {})

    def do_GET(self) -> None:
        known = any(f"id-of-{key}" in self.path for key in self.server.made)
        self._answer(200 if known else 404, {})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def api() -> Iterator[FakeApi]:
    server = FakeApi()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def mails() -> Iterator[tuple[int, list[bytes]]]:
    found: list[bytes] = []

    def accept(raw: bytes, _sender: str, _recipients: list[str]) -> str:
        found.append(raw)
        return "id"

    server = controller(SmtpDoor(MAIL_DOMAIN, accept), port := free_port())
    server.start()
    yield port, found
    server.stop()


def planting(folder: Path, api: FakeApi, mails: tuple[int, list[bytes]]) -> str:
    cloud = {
        "api_url": f"http://{HOST}:{api.server_port}",
        "api_key": "rk_test",
        "support_address": f"support@{MAIL_DOMAIN}",
        "smtp_host": HOST,
        "smtp_port": mails[0],
    }
    return seed.plant(Settings(folder, Ports(1, 2, 3)), cloud)


def test_planting_twice_changes_nothing(tmp_path: Path, api: FakeApi, mails: tuple[int, list[bytes]]) -> None:
    first = planting(tmp_path, api, mails)
    posts = api.posts.total()
    assert first == f"planted {posts + 3 + len(demo_articles.ARTICLES)} parts", (
        "mails, and articles that are shown"
    )
    assert api.posts["/v1/customers"] == len(demo_requests.PEOPLE) == 14
    assert api.posts["/v1/feedback"] == 60
    assert len(mails[1]) == 3
    assert planting(tmp_path, api, mails) == "planted already, nothing changed"
    assert api.posts.total() == posts
    assert len(mails[1]) == 3


def test_a_stop_on_the_way_is_taken_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, api: FakeApi, mails: tuple[int, list[bytes]]
) -> None:
    monkeypatch.setattr(seed, "BUSY_SECONDS", 0.0)
    api.refused = {"/v1/tickets": 503}
    with pytest.raises(Failed, match=r"/v1/tickets .* 503 refused"):
        planting(tmp_path, api, mails)
    assert api.posts["/v1/tickets"] == seed.BUSY_TRIES
    api.refused = {}
    planting(tmp_path, api, mails)
    assert api.posts["/v1/customers"] == 14
    assert Counter(path for path, _ in api.made.values())["/v1/feedback"] == 60


def test_customers_of_an_earlier_seed_are_left_alone(
    tmp_path: Path, api: FakeApi, mails: tuple[int, list[bytes]]
) -> None:
    api.refused = {"/v1/customers": 409}
    planting(tmp_path, api, mails)
    house = {request.path for request in demo_requests.house()}
    assert set(api.posts) == {"/v1/customers", *house}


def test_a_lost_cloud_is_planted_anew(tmp_path: Path, api: FakeApi, mails: tuple[int, list[bytes]]) -> None:
    planting(tmp_path, api, mails)
    api.made.clear()
    planting(tmp_path, api, mails)
    assert api.posts["/v1/customers"] == 28


def test_the_demo_shows_every_channel_and_is_the_same_each_time() -> None:
    channels = {contact.channel for contact in demo.CONTACTS}
    assert channels == {
        *("email", "web", "mobile", "chat", "sms", "phone", "fax", "store", "letter", "social", "event"),
    }
    assert demo.responses() == demo.responses()
    assert {body["kind"] for _, body in demo.responses()} == {"nps", "csat", "ces", "suggestion"}
    assert demo.png().startswith(b"\x89PNG")


def test_scores_fit_their_kind() -> None:
    bounds = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
    for _, body in demo.responses():
        if body["kind"] in bounds:
            low, high = bounds[body["kind"]]
            assert low <= body["score"] <= high
