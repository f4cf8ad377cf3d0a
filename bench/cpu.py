"""CPU of our code on a warm GET by id: a whole Lambda invocation against the bare boto3 call under it.

Both run in this process, in turns, down to the socket; what answers is a stub in another process. The
invocation takes an event as API Gateway sends it and gives the answer it takes, log line included.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from bench.report import Line, alone, progress, ratio
from bench.served import served
from infra.build import ROOT

TITLE = "CPU of a warm GET by id"
BUDGET = 1.3
CALLS = 3000
"""Calls of each kind, in turns. Of each the lower quartile counts: the rest is what else the machine did."""

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)


def customer() -> Any:
    """A customer with what a business usually knows."""
    from chalicelib.customers.model import Customer, NewCustomer

    new = NewCustomer(
        name="Ada Lovelace",
        emails=["ada@example.org", "ada.lovelace@example.com"],
        phones=["+4930123456"],
        company="Analytical Engines",
        external_ids={"shop": "4711"},
        stage="customer",
        tags=["vip", "newsletter"],
        locale="en-GB",
        custom={"shoe_size": 38, "member": True, "note": "prefers the phone"},
    )
    return Customer.register(new, at=AT, region="DE")


@contextmanager
def environment(url: str) -> Iterator[None]:
    """The API function's environment, with the table at this URL, and the log written to nowhere."""
    values = {
        "AWS_ENDPOINT_URL": url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "RAPPORT_TABLE": "rapport-bench",
    }
    from chalicelib.kernel import aws, config, telemetry

    (handler,) = telemetry.logger.handlers
    with patch.dict(os.environ, values), open(os.devnull, "w") as nowhere:  # noqa: PTH123 - no path, a device
        stream = handler.setStream(nowhere)  # type: ignore[attr-defined]  # a StreamHandler
        aws.forget()
        config.settings.cache_clear()
        yield
        handler.setStream(stream)  # type: ignore[attr-defined]  # a StreamHandler, as above
        aws.forget()
        config.settings.cache_clear()


def measure() -> Iterator[Line]:
    from chalicelib.customers.store import profile_item
    from chalicelib.kernel.table import encode_item

    ada = customer()
    with (
        served("bench.stub", json.dumps({"Item": encode_item(profile_item(ada))}).encode()) as url,
        environment(url),
    ):
        bare, whole = _bare(ada.id), _whole(ada.id)
        progress("CPU of a GET by id")
        figures = [_quartile(seconds) for seconds in _in_turns(bare, whole)]
    detail = f"{figures[1] * 1e6:.0f} / {figures[0] * 1e6:.0f} µs"
    yield ratio("CPU of a GET by id, of the bare get_item in it", BUDGET, figures[1] / figures[0], detail)


def _in_turns(*calls: Callable[[], Any]) -> list[list[float]]:
    """CPU seconds of this process for every call of each kind; the first ones only warm up."""
    found: list[list[float]] = [[] for _ in calls]
    for _ in range(CALLS):
        for call, seconds in zip(calls, found, strict=True):
            began = time.process_time()
            call()
            seconds.append(time.process_time() - began)
    return [seconds[CALLS // 10 :] for seconds in found]


def _quartile(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=4)[0]


def _bare(customer_id: str) -> Callable[[], Any]:
    from chalicelib.customers.keys import profile_key
    from chalicelib.kernel import aws
    from chalicelib.kernel.table import encode_item

    client, key = aws.dynamodb(), encode_item(profile_key(customer_id)._asdict())
    return lambda: client.get_item(TableName="rapport-bench", Key=key, ConsistentRead=True)


def _whole(customer_id: str) -> Callable[[], Any]:
    import app

    event = proxy_event(customer_id)

    def call() -> None:
        answer = app.app(event, None)
        assert answer["statusCode"] == 200

    return call


def proxy_event(customer_id: str) -> dict[str, Any]:
    """What API Gateway sends for GET /v1/customers/{customer_id}, from the recorded event of another path."""
    recorded: dict[str, Any] = json.loads((ROOT / "tests" / "events" / "api_health.json").read_text())
    resource, path = "/v1/customers/{customer_id}", f"/v1/customers/{customer_id}"
    recorded["requestContext"] |= {
        "resourcePath": resource,
        "path": f"/api{path}",
        "authorizer": {"principalId": "key_bench", "scopes": "customers:read", "integrationLatency": 3},
    }
    headers = recorded["headers"] | {"Authorization": "Bearer rk_bench", "User-Agent": "curl/8.0"}
    return recorded | {
        "resource": resource,
        "path": path,
        "pathParameters": {"customer_id": customer_id},
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
    }


if __name__ == "__main__":
    sys.exit(alone(TITLE, measure))
