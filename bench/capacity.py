"""Capacity units of each read at 1,000 and at 200,000 customers: the same, or a read grows with the business.

The real routes read from DynamoDB Local, AWS's own engine, which says what each call consumed. What is asked
for is there at both sizes: one busy customer, and lists long enough for full pages.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from bench import crowd
from bench.dynamodb_local import Missing, running
from bench.report import Line, alone, progress
from bench.scene import invocation, perform, quiet
from chalicelib.directory.service import Indexing
from chalicelib.kernel import aws, ids, tokens
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from chalicelib.overview import service as overview
from tests.cloud import invoke, sqs_event
from tests.engine import make_table
from tests.feedback.messages import message
from tests.memory import ROOT_SECRET, forget, plain_environment

TITLE = "Capacity units of reads (DynamoDB Local)"
SMALL, LARGE = 1_000, 200_000
TABLE = "rapport-bench"
ENTRIES = 40
"""Entries of each list of the busy customer: more than a page."""

SEARCHES = {
    "search, a rare word": "/v1/customers?q=lovelace",
    "search, a word that everybody has": f"/v1/customers?q={crowd.WORD}",
    "search, the beginning of it": f"/v1/customers?q={crowd.WORD[:3]}",
    "search, two rare words": "/v1/customers?q=lovelace+ad",
    "search, two words that everybody has": f"/v1/customers?q={crowd.WORD}+engines",
    "search, a telephone number": "/v1/customers?q=(030)+123-456",
    "search, an e-mail address": "/v1/customers?q=ada@example.org",
    "search, a typo": "/v1/customers?q=lovelcae",
    "search, nobody": "/v1/customers?q=nobody",
    "customer page of a tag": "/v1/customers?tag=newsletter",
    "customer page of an owner": f"/v1/customers?owner={crowd.owner(0)}",
    "customer page of an organisation": f"/v1/customers?organisation_id={crowd.organisation(0)}",
    "customer page of a tag and a stage": "/v1/customers?tag=newsletter&stage=lead",
    "customer page of owner, tag and stage": (
        f"/v1/customers?owner={crowd.owner(1)}&tag=newsletter&stage=prospect"
    ),
}
"""What the index of customers answers (chalicelib/directory)."""

OF_CUSTOMERS = {
    "GET a customer by id": "/v1/customers/{customer}",
    "view of a customer": "/v1/customers/{customer}/view",
    "look up by e-mail": "/v1/customers?email=ada@example.org",
    "look up by phone": "/v1/customers?phone=%2B4930123456",
    "look up by external id": "/v1/customers?external_id=shop:4711",
    "look up by handle": "/v1/customers?handle=mastodon:ada",
    "customer page": "/v1/customers",
    "customer page of a stage": "/v1/customers?stage=customer",
    "customer page by update, oldest first": "/v1/customers?sort=updated_at",
    **SEARCHES,
}
"""How customers are found and read; `bench.customers` takes their times, too."""

READS = {
    **OF_CUSTOMERS,
    "identities of a customer": "/v1/customers/{customer}/identities",
    "consents of a customer": "/v1/customers/{customer}/consents",
    "audit trail of a customer": "/v1/audit?entity_id={customer}",
    "task page of a customer": "/v1/tasks?customer_id={customer}",
    "timeline page": "/v1/customers/{customer}/timeline",
    "timeline page of a channel": "/v1/customers/{customer}/timeline?channel=phone",
    "GET a ticket by id": "/v1/tickets/{ticket}",
    "ticket page of all": "/v1/tickets",
    "ticket page of a status": "/v1/tickets?status=open",
    "ticket page of a customer": "/v1/tickets?customer_id={customer}",
    "page of a ticket's messages": "/v1/tickets/{ticket}/messages",
    "feedback page of all": "/v1/feedback",
    "feedback page of a survey": "/v1/feedback?survey=nps",
    "feedback page of a customer": "/v1/feedback?customer_id={customer}",
    "feedback statistics of 30 days": "/v1/feedback/stats?survey=bench",
}


def measure() -> Iterator[Line]:
    try:
        with pytest.MonkeyPatch.context() as patch, running() as url:
            environment(patch, url)
            make_table(TABLE)
            known = busy_customer()
            crowd.fill(TABLE, 0, SMALL)
            small = units(known)
            progress(f"customers: on to {LARGE:,}, some minutes")
            crowd.fill(TABLE, SMALL, LARGE)
            large = units(known)
            forget()
    except Missing as missing:
        for what in READS:
            yield Line(what, "the same", f"not measured: {missing}", None)
        return
    for what, figure in small.items():
        text = f"{figure:g} at {SMALL:,}, {large[what]:g} at {LARGE:,} customers"
        yield Line(what, "the same", text, figure == large[what])


def environment(patch: pytest.MonkeyPatch, url: str) -> None:
    plain_environment(patch)
    quiet(patch)
    patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
    patch.setenv("RAPPORT_TABLE", TABLE)
    patch.setattr(tokens, "_root", cache(ROOT_SECRET.encode))  # there is no parameter store here
    forget()


def busy_customer() -> dict[str, str]:
    """A customer whose lists are all longer than a page; their ids by name."""
    ada = {
        "name": "Ada Lovelace",
        "emails": ["ada@example.org"],
        "phones": ["+4930123456"],
        "external_ids": {"shop": "4711"},
        "handles": ["mastodon:ada"],
        "stage": "customer",
    }
    known: dict[str, str] = {}
    known["customer"] = _post("/v1/customers", known, ada)["id"]
    _index(known["customer"])
    call = {"channel": "phone", "direction": "inbound", "summary": "Asked where the parcel is."}
    ticket = {"channel": "phone", "subject": "Kettle", "text": "It leaks.", "customer_id": known["customer"]}
    for _ in range(ENTRIES):
        _post("/v1/customers/{customer}/interactions", known, call)
        known["ticket"] = _post("/v1/tickets", known, ticket)["id"]
    task = {"title": "Call back", "customer_id": known["customer"], "due_at": "2030-01-01T10:00:00Z"}
    task["owner"] = _post("/v1/staff", known, {"name": "Grace", "email": "grace@example.org"})["id"]
    note = {"text": "She called again.", "internal": True}
    for _ in range(ENTRIES):
        _post("/v1/tickets/{ticket}/messages", known, note)
        _post("/v1/tasks", known, task)
    consent = {"channel": "email", "topic": "service", "state": "granted", "source": "a call"}
    _post("/v1/customers/{customer}/consents", known, consent)
    _give_feedback(known["customer"])
    _summarise(known["customer"])
    return known


def _index(customer_id: str) -> None:
    """As the worker does."""
    work = Work()
    Indexing([customer_id]).update(work, customer_id)
    commit(work)


def _summarise(customer_id: str) -> None:
    """As the worker does."""
    work = Work()
    overview.summarise(work, overview.subjects([customer_id])[customer_id])
    commit(work)


def _post(url: str, known: dict[str, str], body: Any) -> Any:
    return perform(invocation("POST", url, known, body))


def _give_feedback(customer_id: str) -> None:
    """One response a day."""
    now = ids.now()
    for days in range(ENTRIES):
        given = message(now - timedelta(days=days), customer_id=customer_id, survey="bench")
        answer = invoke("chalicelib.feedback.worker:feedback_worker", sqs_event("bench", [given]))
        assert not answer["batchItemFailures"]


def units(known: dict[str, str]) -> dict[str, float]:
    """What each read consumes."""
    found = {}
    for what, url in READS.items():
        event = invocation("GET", url, known)
        with consumed() as parts:
            perform(event)
        found[what] = sum(parts)
    return found


@contextmanager
def consumed() -> Iterator[list[float]]:
    """Has DynamoDB say what each call consumes, and collects it."""
    parts: list[float] = []

    def ask(params: Any, **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def note(parsed: Any, **_: Any) -> None:
        answers = parsed["ConsumedCapacity"]
        for one in answers if isinstance(answers, list) else [answers]:
            parts.append(one["CapacityUnits"])

    events = aws.dynamodb().meta.events
    events.register("provide-client-params.dynamodb", ask)
    events.register("after-call.dynamodb", note)
    try:
        yield parts
    finally:
        events.unregister("provide-client-params.dynamodb", ask)
        events.unregister("after-call.dynamodb", note)


if __name__ == "__main__":
    sys.exit(alone(TITLE, measure))
