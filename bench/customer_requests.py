"""The requests about customers whose AWS calls are counted, each with its budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.scene import Act, Scene, fresh_address, invocation, newcomer, perform, request, saying

VIP = "/v1/customers?tag=vip&owner={staff}&stage=customer"
MEMBERS = "/v1/organisations/{organisation}/members"
ACCESS = "/v1/customers/{customer}/access-requests"
KEYED = {"Idempotency_Key": "one"}
CALL = {"channel": "phone", "direction": "inbound", "summary": "Asked for the invoice"}
CONSENT = {"channel": "sms", "topic": "service", "state": "granted", "source": "a call"}


def _identity(_: Scene) -> Any:
    return {"kind": "email", "value": fresh_address()}


def _owned_newcomer(scene: Scene) -> Any:
    return newcomer(scene) | {"owner": scene.ids["staff"]}


def _removing(scene: Scene) -> Callable[[], Any]:
    added = scene.api.post("/v1/customers/{customer}/identities".format(**scene.ids), _identity(scene)).ok(
        201
    )
    event = invocation("DELETE", f"/v1/customers/{{customer}}/identities/{added['id']}", scene.ids)
    return lambda: perform(event)


def _two(scene: Scene) -> list[str]:
    return [scene.api.post("/v1/customers", newcomer(scene)).ok(201)["id"] for _ in range(2)]


def _merging(scene: Scene) -> Callable[[], Any]:
    survivor, merged = _two(scene)
    event = invocation("POST", f"/v1/customers/{survivor}/merge", scene.ids, {"merged_id": merged})
    return lambda: perform(event)


def _undoing(scene: Scene) -> Callable[[], Any]:
    survivor, merged = _two(scene)
    scene.api.post(f"/v1/customers/{survivor}/merge", {"merged_id": merged}).ok()
    event = invocation("POST", f"/v1/customers/{survivor}/merge/undo", scene.ids, {"merged_id": merged})
    return lambda: perform(event)


def _hundred(_: Scene) -> Any:
    return {"customers": [{"name": "Ada", "emails": [fresh_address()]} for _ in range(100)]}


def _joining(scene: Scene) -> Any:
    return {"customer_id": _two(scene)[0]}


def _task(scene: Scene) -> Any:
    due = {"due_at": "2099-01-01T10:00:00Z"}
    return due | {"title": "Call", "customer_id": scene.ids["customer"], "owner": scene.ids["staff"]}


def _erasing(scene: Scene) -> Callable[[], Any]:
    somebody = _two(scene)[0]
    event = invocation("POST", f"/v1/customers/{somebody}/erasure", scene.ids, {"confirm": somebody})
    return lambda: perform(event)


IDENTITIES: list[tuple[str, int, Act]] = [
    ("GET a customer by id", 1, request("GET", "/v1/customers/{customer}")),
    ("look up a customer by e-mail", 2, request("GET", "/v1/customers?email=ada@example.org")),
    ("look up a customer by handle", 2, request("GET", "/v1/customers?handle=mastodon:ada")),
    ("GET a customer by the id they had before a merge", 2, request("GET", "/v1/customers/{merged}")),
    ("look up a merged customer", 3, request("GET", "/v1/customers?email=merged@example.org")),
    ("identities of a customer", 1, request("GET", "/v1/customers/{customer}/identities")),
    ("add an identity", 2, request("POST", "/v1/customers/{customer}/identities", _identity)),
    ("remove an identity", 2, _removing),
    ("merge two customers", 2, _merging),
    ("undo a merge", 3, _undoing),
    ("create a customer", 1, request("POST", "/v1/customers", newcomer)),
    ("create a customer with Idempotency-Key", 1, request("POST", "/v1/customers", newcomer, **KEYED)),
    ("create a customer with an owner", 2, request("POST", "/v1/customers", _owned_newcomer)),
    ("PATCH a customer", 2, request("PATCH", "/v1/customers/{customer}", saying({"company": "Engines"}))),
    ("batch of 100 upserts who are all new", 5, request("POST", "/v1/customers/batch", _hundred)),
]

FINDING: list[tuple[str, int, Act]] = [
    ("customer page: a query for each of 4 shards", 4, request("GET", "/v1/customers")),
    ("customer page of a tag: also a read of the customers", 5, request("GET", "/v1/customers?tag=vip")),
    ("customer page of an owner", 5, request("GET", "/v1/customers?owner={staff}")),
    ("customer page of an organisation", 2, request("GET", "/v1/customers?organisation_id={organisation}")),
    (
        "customer page of a custom field, whose definition is read",
        6,
        request("GET", "/v1/customers?field=size:38"),
    ),
    (
        "customer page of tag, owner and stage",
        5,
        request("GET", VIP),
    ),
    ("search for customers", 2, request("GET", "/v1/customers?q=lovelace+ada")),
    ("search that forgives a typo", 3, request("GET", "/v1/customers?q=lovelcae")),
    ("search that finds nobody", 2, request("GET", "/v1/customers?q=nobody")),
    ("view of a customer", 2, request("GET", "/v1/customers/{customer}/view")),
    ("view of two who were merged: a query for each", 3, request("GET", "/v1/customers/{survivor}/view")),
    ("timeline page", 1, request("GET", "/v1/customers/{customer}/timeline")),
    ("timeline page of two who were merged", 3, request("GET", "/v1/customers/{survivor}/timeline")),
    ("log an interaction", 1, request("POST", "/v1/customers/{customer}/interactions", saying(CALL))),
    ("the audit trail of a customer", 1, request("GET", "/v1/audit?entity_id={customer}")),
    ("page of likely duplicates, which also reads the customers", 5, request("GET", "/v1/duplicates")),
]

KEEPING: list[tuple[str, int, Act]] = [
    (
        "consents of a customer, with those merged into them and preferences",
        3,
        request("GET", "/v1/customers/{customer}/consents"),
    ),
    (
        "state a consent, which reads who is merged and what was said",
        3,
        request("POST", "/v1/customers/{survivor}/consents", saying(CONSENT)),
    ),
    (
        "ask whether a customer may be called",
        2,
        request("GET", "/v1/customers/{customer}/consents/permission?channel=phone&topic=service"),
    ),
    (
        "make a customer a member of an organisation",
        2,
        request("POST", MEMBERS, _joining),
    ),
    ("members of an organisation", 2, request("GET", MEMBERS)),
    (
        "timeline page of an organisation of 12: a query for each",
        14,
        request("GET", "/v1/organisations/{organisation}/timeline"),
    ),
    ("add a task", 2, request("POST", "/v1/tasks", _task)),
    ("task page of an owner", 1, request("GET", "/v1/tasks?owner={staff}")),
    ("task page of a customer", 2, request("GET", "/v1/tasks?customer_id={customer}")),
    ("task page of all: a query for each of 4 shards", 4, request("GET", "/v1/tasks")),
    (
        "create an import; its link is made without a call",
        1,
        request("POST", "/v1/imports", saying({"filename": "a.csv"})),
    ),
    ("create an export", 1, request("POST", "/v1/exports", saying({"format": "csv"}))),
    (
        "ask for what we know of a customer",
        2,
        request("POST", ACCESS, saying({})),
    ),
    ("begin to erase a customer", 3, _erasing),
]

ACTS = [*IDENTITIES, *FINDING, *KEEPING]
