"""Says words that nobody else would, wherever people's words can be said: to API, mail door, pages, queues.

Each is well-formed in one place and refused in another: what is refused must not be logged either.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote, urlencode

from tests.e2e.caller import Caller, fetch
from tests.e2e.post import Post, write
from tests.e2e.waiting import eventually

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def mark(where: str) -> str:
    """A word that says where it was planted, such as `ZqxSubjectkwqpz`."""
    return f"Zqx{where.capitalize()}" + "".join(secrets.choice(_LETTERS) for _ in range(6))


def plant(api: Caller, post: Post) -> None:
    """Something everywhere; returns when what followed from it is over."""
    address = f"{mark('local')}@example.org"
    phone = f"+4420{secrets.randbelow(10**8):08d}"
    ada = _customer(api, address, phone)
    _refusals(api, ada["id"], address)
    ticket = _words(api, ada["id"])
    link = api.post(f"/v1/customers/{ada['id']}/portal-links", {}).ok(201)["url"]
    _pages(api, link)
    post.send(
        write(f"{mark('sender')} <{address}>", mark("Subject"), mark("Text"), html=f"<p>{mark('html')}")
    )
    post.send_raw(f"From: {mark('bad')} <{address}\r\nSubject: =?x?{mark('bad')}\r\n\r\n".encode(), address)
    _poison(api, address)
    eventually(lambda: len(api.data(f"/v1/tickets?customer_id={ada['id']}")) >= 3)
    eventually(lambda: post.outbox(address))
    api.post(f"/v1/customers/{ada['id']}/access-requests", {}).ok(201)
    api.post(f"/v1/tickets/{ticket}/messages", {"text": mark("answer")}).ok(201)


def _customer(api: Caller, address: str, phone: str) -> Any:
    body: dict[str, Any] = {
        "name": f"{mark('given')} {mark('family')}",
        "emails": [address],
        "phones": [phone],
    }
    body |= {
        "external_ids": {"shop": mark("their")},
        "address": {"street": mark("street"), "city": mark("city")},
    }
    answer = api.post("/v1/customers", body, Idempotency_Key=mark("once"))
    if answer.status == 422:
        del body["address"]
        answer = api.post("/v1/customers", body, Idempotency_Key=mark("once"))
    return answer.ok(201)


def _refusals(api: Caller, customer_id: str, address: str) -> None:
    """Words in requests that fail: unknown fields, taken addresses, bad values, paths, queries, headers."""
    api.post("/v1/customers", {"name": "x", "emails": [address]}).problem(409, "identity_taken")
    for body in (
        {"name": mark("long") * 50},
        {"name": "x", mark("field"): mark("value")},
        {"emails": [mark("noaddress")]},
        {"phones": [mark("nophone")]},
        f'{{"name": "{mark("cut")}'.encode(),
        f'"{mark("bare")}"'.encode(),
    ):
        assert 400 <= api.post("/v1/customers", body).status < 500
    for path in (
        f"/v1/customers/{mark('path')}",
        f"/{mark('nowhere')}",
        f"/v1/customers?{mark('parameter')}=1",
        f"/v1/customers?email={mark('query')}@example.org",
        f"/v1/customers?q={mark('search')}",
        f"/v1/customers?cursor={mark('cursor')}",
        f"/my/{mark('token')}{'x' * 30}",
        f"/v1/customers/{customer_id}?x={quote(mark('value') + ' é')}",
    ):
        assert api.get(path).status < 500
    api.get("/v1/customers", Authorization=f"Bearer rk_{'0' * 26}_{'A' * 43}").problem(401, "unauthorized")
    api.get("/v1/customers", Authorization=f"Basic {mark('basic')}").problem(401, "unauthorized")
    api.get("/v1/customers", Rapport_Actor=mark("actor"), User_Agent=mark("agent"))
    api.post("/v1/customers", {"name": mark("typed")}, Content_Type=mark("type"))


def _words(api: Caller, customer_id: str) -> str:
    """A ticket, a note, a task, feedback, a message, a webhook: the ticket's id."""
    call = {"customer_id": customer_id, "channel": "phone", "subject": mark("call"), "text": mark("said")}
    ticket: str = api.post("/v1/tickets", call).ok(201)["id"]
    api.post(f"/v1/tickets/{ticket}/messages", {"text": mark("note"), "internal": True}).ok(201)
    api.post(f"/v1/customers/{customer_id}/interactions", {"type": "call", "summary": mark("interaction")})
    staff = api.post("/v1/staff", {"name": mark("staff"), "email": f"{mark('staff')}@example.com"}).ok(201)
    task = {"customer_id": customer_id, "title": mark("task"), "owner": staff["id"]}
    api.post("/v1/tasks", task | {"due_at": "2031-01-01T09:00:00Z"}).ok(201)
    said = {
        "kind": "nps",
        "score": 1,
        "customer_id": customer_id,
        "comment": f"{mark('comment')} late delivery",
    }
    api.post("/v1/feedback", said).ok(202)
    api.post("/v1/feedback", {"kind": "csat", "score": 2, "email": f"{mark('giver')}@example.org"}).ok(202)
    mail = {"customer_id": customer_id, "subject": mark("letter"), "text": mark("body")}
    api.post("/v1/messages", mail).ok(201)
    api.post("/v1/suppressions", {"email": f"{mark('suppressed')}@example.org"})
    sign_up = {
        "email": f"{mark('signup')}@example.org",
        "topic": mark("topic").lower(),
        "source": mark("source"),
    }
    api.post("/v1/subscriptions", sign_up)
    api.post("/v1/webhooks", {"url": f"https://{mark('host').lower()}.invalid/{mark('hook')}"})
    api.post("/v1/keys", {"name": mark("key"), "scopes": ["customers:read"]}).ok(201)
    return ticket


def _pages(api: Caller, link: str) -> None:
    """What visitors type into pages."""
    for field in ({"subject": mark("asked"), "text": mark("typed")}, {"text": mark("nosubject")}):
        fetch(link, "POST", urlencode(field).encode(), FORM)
    fetch(f"{api.base_url}/my", "POST", urlencode({"email": f"{mark('visitor')}@example.org"}).encode(), FORM)
    idea = {"title": mark("idea"), "text": mark("why")}
    fetch(f"{api.base_url}/ideas", "POST", urlencode(idea).encode(), FORM)


def _poison(api: Caller, address: str) -> None:
    """What workers cannot take: feedback of nobody, a survey that is not there."""
    api.post("/v1/feedback", {"kind": "nps", "score": 3, "survey": mark("survey").lower(), "email": address})
    api.post("/v1/feedback", {"kind": "nps", "score": 3, "customer_id": "cus_01J00000000000000000000000"})
