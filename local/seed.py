"""Plants the demo business through the public doors only; planting it again changes nothing."""

from __future__ import annotations

import json
import smtplib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from local import demo, demo_articles, demo_requests
from local.client import Client, Reply
from local.demo_requests import Request
from local.progress import Failed
from local.settings import Settings

Cloud = dict[str, Any]
PUBLISHED = {"status": "published"}
BUSY_TRIES = 10
BUSY_SECONDS = 1.0
"""How often and after how long a request is repeated that the API throttled."""


class Memory:
    """What was planted: step -> id, or an empty text; on disk after every step."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.steps: dict[str, str] = {}
        self.began = datetime.now(UTC)
        if file.exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            self.steps = kept["steps"]
            self.began = datetime.fromisoformat(kept["began"])

    def note(self, step: str, result: str) -> None:
        self.steps[step] = result
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps({"began": self.began.isoformat(), "steps": self.steps}), encoding="utf-8")
        draft.replace(self._file)

    def forget(self) -> None:
        """Begin anew: the cloud that this was planted in is gone."""
        self.steps = {}
        self.began = datetime.now(UTC)


def once(settings: Settings, cloud: Cloud) -> str:
    """Plant at the first start; trouble is told, not raised, since the cloud works without the demo."""
    try:
        return plant(settings, cloud)
    except (Failed, OSError, smtplib.SMTPException) as error:
        return f"not planted: {error}"


def plant(settings: Settings, cloud: Cloud) -> str:
    """Plant what is not there yet; a sentence on what was done. Raises Failed when the API refuses a part."""
    client = Client(cloud["api_url"], cloud["api_key"])
    memory = Memory(settings.directory / "seed.json")
    _forget_if_gone(client, memory)
    before = len(memory.steps)
    _post_missing(client, memory, demo_requests.house())
    _publish(client, memory)
    for name, body in demo_requests.PEOPLE.items():
        _register(client, memory, name, body)
    _post_missing(client, memory, demo_requests.contacts(memory.steps, memory.began))
    _post_missing(client, memory, demo_requests.relations(memory.steps, memory.began))
    _send_mails(cloud, memory)
    made = len(memory.steps) - before
    return f"planted {made} parts" if made else "planted already, nothing changed"


def _forget_if_gone(client: Client, memory: Memory) -> None:
    """A cloud that was killed may have lost what is remembered here."""
    first = next(
        (memory.steps[f"customer-{name}"] for name in demo.CUSTOMERS if memory.steps.get(f"customer-{name}")),
        "",
    )
    if first and client.get(f"/v1/customers/{first}").status == 404:
        memory.forget()


def _publish(client: Client, memory: Memory) -> None:
    """Show the articles to the public. Raises Failed when the API refuses one."""
    for name in demo_articles.ARTICLES:
        step, made = f"published-{name}", memory.steps[f"article-{name}"]
        if step not in memory.steps:
            if made and (reply := client.patch(f"/v1/articles/{made}", PUBLISHED)).status != 200:
                raise Failed(f"Publishing the article {name} answered {reply.status}")
            memory.note(step, "")


def _register(client: Client, memory: Memory, name: str, body: dict[str, Any]) -> None:
    """Register the customer. One that was there before is left alone, and all that hangs on it."""
    step = f"customer-{name}"
    if step not in memory.steps:
        whole = {**body, "external_ids": {"demo": name}}
        memory.note(step, _post(client, Request(step, "/v1/customers", whole)))


def _post_missing(client: Client, memory: Memory, requests: Iterator[Request]) -> None:
    for request in requests:
        if request.step not in memory.steps:
            memory.note(request.step, _post(client, request))


def _post(client: Client, request: Request) -> str:
    """The new id; empty when it has none, or is there already, as the API says (409). Raises Failed."""
    reply = _tried(client, request)
    if reply.status == 409:
        return ""
    if reply.status not in {200, 201, 202} or not isinstance(reply.body, dict):
        detail = reply.body.get("detail") if isinstance(reply.body, dict) else None
        raise Failed(f"POST {request.path} for {request.step} answered {reply.status} {detail or ''}".strip())
    return str(reply.body.get("id", ""))


def _tried(client: Client, request: Request) -> Reply:
    """The reply; while the API asks for patience, the request is sent again, as it is under the same key."""
    for _ in range(BUSY_TRIES):
        reply = client.post(request.path, request.body, idempotency_key=f"demo-{request.step}")
        if reply.status not in {429, 503}:
            break
        time.sleep(BUSY_SECONDS)
    return reply


def _send_mails(cloud: Cloud, memory: Memory) -> None:
    """Mail by SMTP, under fixed Message-IDs: one that comes twice is one mail to Rapport."""
    for name, message in demo.mails().items():
        if f"mail-{name}" in memory.steps:
            continue
        message["To"] = cloud["support_address"]
        message["Date"] = format_datetime(datetime.now(UTC))
        with smtplib.SMTP(cloud["smtp_host"], cloud["smtp_port"], timeout=30) as door:
            door.send_message(message)
        memory.note(f"mail-{name}", "")
