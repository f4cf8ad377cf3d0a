"""Many customers, put straight into a table: what the size of the business is made of.

Each has a profile and places in the index, and some a ticket and a response too; what lies in partitions of
its own, such as identities, takes no part in any measured read, and would take long to write. All items
of one list are of one size, so that what pages cost can be compared to the half unit.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from bench.report import progress
from chalicelib.customers import store as customers
from chalicelib.customers.model import Customer, NewCustomer, Stage
from chalicelib.directory import store as directory
from chalicelib.directory.entries import entries_of
from chalicelib.feedback import store as feedback
from chalicelib.feedback.model import KINDS, SCALES, Feedback, NewFeedback, Submission
from chalicelib.feedback.understanding.model import Understanding
from chalicelib.kernel import ids
from chalicelib.kernel.work import Work
from chalicelib.mail.parts import Address
from chalicelib.support import service as support
from chalicelib.support.model import new_ticket
from chalicelib.support.states import STATUSES

BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
STAGES: tuple[Stage, ...] = ("lead", "prospect", "customer", "former")
BATCH = 25
"""Items of one BatchWriteItem, AWS's limit."""

WRITERS = 4
WORD = "customer"
"""A word that everybody's name has."""
TALKATIVE = 1000
"""So many, and then every twentieth, have a ticket and a response: enough to fill a page of each list."""


def fill(table: str, first: int, last: int) -> None:
    """Put the customers numbered from `first` to before `last` into the table."""
    told = time.monotonic()
    with ThreadPoolExecutor(WRITERS) as pool:
        for begin in range(first, last, 1000):
            _put_all(pool, table, _items(range(begin, min(begin + 1000, last))))
            if time.monotonic() - told > 5:
                told = time.monotonic()
                progress(f"customers: {begin + 1000:,} of {last:,}")


def put_all(table: str, items: Iterable[Any]) -> None:
    """Put items, as a Work has them, into the table."""
    with ThreadPoolExecutor(WRITERS) as pool:
        _put_all(pool, table, items)


def _put_all(pool: ThreadPoolExecutor, table: str, items: Iterable[Any]) -> None:
    list(pool.map(partial(_put, table), _batches(items)))


def _put(table: str, requests: list[Any]) -> None:
    left: Any = {table: requests}
    while left:
        left = _bare("BatchWriteItem", {"RequestItems": left})["UnprocessedItems"]


_of_thread = threading.local()


def _bare(operation: str, body: Any) -> Any:
    """A request without boto3, whose signing and checking take longer than DynamoDB Local does."""
    if not hasattr(_of_thread, "connection"):
        _of_thread.connection = HTTPConnection(urlsplit(os.environ["AWS_ENDPOINT_URL_DYNAMODB"]).netloc)
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/20240101/{os.environ['AWS_DEFAULT_REGION']}"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=0",
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Date": "20240101T000000Z",
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
    }
    _of_thread.connection.request("POST", "/", json.dumps(body), headers)
    answer = _of_thread.connection.getresponse()
    content = answer.read()
    assert answer.status == 200, content
    return json.loads(content)


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while batch := [{"PutRequest": {"Item": item}} for item in islice(rest, BATCH)]:
        yield batch


def _items(numbers: Iterable[int]) -> Iterator[Any]:
    """The items of these customers, as the services would write them."""
    for number in numbers:
        work = Work(now=_born(number))
        customer = _customer(number, work.now)
        work.overwrite(customers.profile_item(customer))
        for entry in _entries(customer):
            work.overwrite(entry)
        if number < TALKATIVE or number % 20 == 0:
            _open_ticket(work, number, customer)
            _respond(work, number, customer)
        yield from (write.request["Item"] for write in work.writes)


def _entries(customer: Customer) -> Iterator[Any]:
    """The entries of the index that are read when everybody's are asked for: of the name, and the lists.

    The other postings lie in partitions of their own, and would make the filling three times as long.
    """
    for item in directory.items(customer.id, entries_of(customer, [])):
        if item["sk"].startswith(f"{WORD} ") or item["pk"].startswith("LIST#"):
            yield item


def organisation(number: int) -> str:
    """The organisation of the customer of this number; 50 are in each."""
    return f"org_{ids.ulid(BEGAN, (number // 50).to_bytes(10))}"


def owner(number: int) -> str:
    """Who looks after the customer of this number; eight people do."""
    return f"stf_{ids.ulid(BEGAN, (number % 8).to_bytes(10))}"


def customer_id(number: int) -> str:
    """The id of the customer of this number."""
    return _id(number, _born(number))


def address(number: int) -> str:
    return f"customer{number:06}@example.org"


def _born(number: int) -> datetime:
    return BEGAN + timedelta(minutes=number)


def _id(number: int, at: datetime) -> str:
    """Ids that are spread evenly over the shards of a list, as chance alone does with many only."""
    return f"cus_{ids.ulid(at, (number << 5 | number // 4 % 4).to_bytes(10))}"


def _customer(number: int, at: datetime) -> Customer:
    stage = STAGES[number % len(STAGES)]
    new = NewCustomer(
        name=f"Customer {10**6 + number}",
        emails=[address(number)],
        company="Analytical Engines",
        organisation_id=organisation(number),
        stage=stage,
        tags=["newsletter"],
        owner=owner(number),
        locale="en-GB",
        custom={"shoe_size": 38, "note": "." * (40 - 2 * len(stage))},  # a profile names its stage twice
    )
    return Customer.register(new, at=at, region="DE").model_copy(update={"id": _id(number, at)})


def _open_ticket(work: Work, number: int, customer: Customer) -> None:
    status = STATUSES[number // 20 % len(STATUSES)]
    ticket = new_ticket(
        at=work.now,
        subject=f"Kettle {number:06}",
        channel="email",
        status=status,
        customer_id=customer.id,
        requester=Address(address=customer.emails[0], name=str(customer.name)),
    )
    support.begin(work, ticket)


def _respond(work: Work, number: int, customer: Customer) -> None:
    """One response, to a survey of its own kind."""
    kind = KINDS[number // 20 % len(KINDS)]
    score = SCALES[kind][1] if kind in SCALES else None
    given = NewFeedback(survey=kind, kind=kind, score=score, comment="It was as good as I had hoped.")
    submission = Submission(
        version=1,
        id=ids.new_id("fbk", work.now),
        submitted_at=work.now,
        submitted_by="key_bench",
        response=given,
    )
    response = Feedback.of(submission, Understanding(), customer_id=customer.id, at=work.now)
    feedback.add(work, response, given.fingerprint)
