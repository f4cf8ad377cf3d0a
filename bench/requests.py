"""All requests whose AWS calls are counted, each with its budget. The authorizer's calls are its own line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench import customer_requests
from bench.scene import Act, Scene, request, saying
from bench.year import statistics_of_a_year
from tests.api import authorize


def _authorizing(scene: Scene) -> Callable[[], Any]:
    key = scene.api.key
    assert key is not None
    return lambda: authorize(key)


def _of_customer(**rest: Any) -> Callable[[Scene], Any]:
    return lambda scene: {"customer_id": scene.ids["customer"], **rest}


TICKET = _of_customer(channel="phone", subject="Kettle", text="It leaks.")
ANSWER = saying({"text": "We send a new one."})
MAIL = _of_customer(subject="Hello", text="Your kettle is on its way.")
RESPONSE = _of_customer(kind="nps", score=9)

ACTS: list[tuple[str, int, Act]] = [
    ("authorizer, when API Gateway has not cached its answer", 1, _authorizing),
    *customer_requests.ACTS,
    ("GET a ticket by id", 1, request("GET", "/v1/tickets/{ticket}")),
    (
        "ticket page of a customer, which asks who is merged into them",
        2,
        request("GET", "/v1/tickets?customer_id={customer}"),
    ),
    ("ticket page of a status", 1, request("GET", "/v1/tickets?status=open")),
    ("ticket page of all: a query for each of 6 statuses", 6, request("GET", "/v1/tickets")),
    ("search of tickets", 2, request("GET", "/v1/tickets?q=kettle+broken&status=open")),
    ("page of a ticket's messages", 1, request("GET", "/v1/tickets/{ticket}/messages")),
    ("take down a ticket, which reads its customer", 2, request("POST", "/v1/tickets", TICKET)),
    ("PATCH a ticket", 2, request("PATCH", "/v1/tickets/{ticket}", saying({"priority": "high"}))),
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
    ("feedback statistics by channel of a leap year of days", 1, statistics_of_a_year),
    ("feedback statistics of 30 days", 1, request("GET", "/v1/feedback/stats?survey=default")),
]
