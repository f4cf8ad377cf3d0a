"""The requests whose AWS calls are counted, each with its budget. The authorizer's calls are its own line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.scene import Scene, fresh_address, invocation, perform
from tests.api import authorize

Act = Callable[[Scene], Callable[[], Any]]
"""Prepares something in a scene, and gives what is to be measured."""


def request(method: str, url: str, body: Callable[[Scene], Any] | None = None, **headers: str) -> Act:
    """A request that succeeds."""

    def prepare(scene: Scene) -> Callable[[], Any]:
        event = invocation(method, url, scene.ids, body(scene) if body else None, **headers)
        return lambda: perform(event)

    return prepare


def _authorizing(scene: Scene) -> Callable[[], Any]:
    key = scene.api.key
    assert key is not None
    return lambda: authorize(key)


def _merging(scene: Scene) -> Callable[[], Any]:
    made = [scene.api.post("/v1/customers", {"emails": [fresh_address()]}).ok(201)["id"] for _ in range(2)]
    event = invocation("POST", f"/v1/customers/{made[0]}/merge", scene.ids, {"merged_id": made[1]})
    return lambda: perform(event)


def _identity(_: Scene) -> Any:
    return {"kind": "email", "value": fresh_address()}


def _newcomer(**more: str) -> Callable[[Scene], Any]:
    return lambda scene: (
        {"emails": [fresh_address()]} | {name: scene.ids[value] for name, value in more.items()}
    )


def _always(body: Any) -> Callable[[Scene], Any]:
    return lambda _: body


def _of_customer(**rest: Any) -> Callable[[Scene], Any]:
    return lambda scene: {"customer_id": scene.ids["customer"], **rest}


CALL = _always({"channel": "phone", "direction": "inbound", "summary": "Asked for the invoice"})
TICKET = _of_customer(channel="phone", subject="Kettle", text="It leaks.")
ANSWER = _always({"text": "We send a new one."})
MAIL = _of_customer(subject="Hello", text="Your kettle is on its way.")
RESPONSE = _of_customer(kind="nps", score=9)
KEYED = {"Idempotency_Key": "one"}

ACTS: list[tuple[str, int, Act]] = [
    ("authorizer, when API Gateway has not cached its answer", 1, _authorizing),
    ("GET a customer by id", 1, request("GET", "/v1/customers/{customer}")),
    ("look up a customer by e-mail", 2, request("GET", "/v1/customers?email=ada@example.org")),
    ("GET a customer by the id they had before a merge", 2, request("GET", "/v1/customers/{merged}")),
    ("look up a merged customer", 3, request("GET", "/v1/customers?email=merged@example.org")),
    ("identities of a customer", 1, request("GET", "/v1/customers/{customer}/identities")),
    ("add an identity", 2, request("POST", "/v1/customers/{customer}/identities", _identity)),
    ("merge two customers", 2, _merging),
    ("create a customer", 1, request("POST", "/v1/customers", _newcomer())),
    ("create a customer with Idempotency-Key", 1, request("POST", "/v1/customers", _newcomer(), **KEYED)),
    ("create a customer with an owner", 2, request("POST", "/v1/customers", _newcomer(owner="staff"))),
    ("PATCH a customer", 2, request("PATCH", "/v1/customers/{customer}", _always({"company": "Engines"}))),
    ("customer page: a query for each of 4 shards", 4, request("GET", "/v1/customers")),
    ("customer page of a tag: also a read of the customers", 5, request("GET", "/v1/customers?tag=vip")),
    ("search for customers", 2, request("GET", "/v1/customers?q=lovelace+ada")),
    ("search that forgives a typo", 3, request("GET", "/v1/customers?q=lovelcae")),
    ("search that finds nobody", 2, request("GET", "/v1/customers?q=nobody")),
    ("timeline page", 1, request("GET", "/v1/customers/{customer}/timeline")),
    ("the audit trail of a customer", 1, request("GET", "/v1/audit?entity_id={customer}")),
    ("timeline page of two who were merged", 3, request("GET", "/v1/customers/{survivor}/timeline")),
    ("log an interaction", 1, request("POST", "/v1/customers/{customer}/interactions", CALL)),
    ("GET a ticket by id", 1, request("GET", "/v1/tickets/{ticket}")),
    (
        "ticket page of a customer, which asks who is merged into them",
        2,
        request("GET", "/v1/tickets?customer_id={customer}"),
    ),
    ("ticket page of a status", 1, request("GET", "/v1/tickets?status=open")),
    ("ticket page of all: a query for each of 6 statuses", 6, request("GET", "/v1/tickets")),
    ("page of a ticket's messages", 1, request("GET", "/v1/tickets/{ticket}/messages")),
    ("take down a ticket, which reads its customer", 2, request("POST", "/v1/tickets", TICKET)),
    ("PATCH a ticket", 2, request("PATCH", "/v1/tickets/{ticket}", _always({"priority": "high"}))),
    ("answer a ticket, which reads it", 2, request("POST", "/v1/tickets/{ticket}/messages", ANSWER)),
    ("send a mail to a customer, which reads them", 2, request("POST", "/v1/messages", MAIL)),
    ("GET a message by id", 1, request("GET", "/v1/messages/{message}")),
    ("POST feedback", 1, request("POST", "/v1/feedback", RESPONSE)),
    ("GET a response by id", 1, request("GET", "/v1/feedback/{feedback}")),
    ("feedback page of a survey", 1, request("GET", "/v1/feedback?survey=default")),
    (
        "feedback page of a customer, which asks who is merged into them",
        2,
        request("GET", "/v1/feedback?customer_id={customer}"),
    ),
    ("feedback page of all: a query for each of 5 kinds", 5, request("GET", "/v1/feedback")),
    ("feedback statistics of 30 days", 1, request("GET", "/v1/feedback/stats?survey=default")),
]
