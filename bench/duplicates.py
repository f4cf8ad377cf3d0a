"""The worst case of looking for duplicates: `python -m bench.duplicates [AT_ONCE]`.

So many near-identical customers that each block holds more of them than are read, each in as many blocks as
there can be. They are registered first, then the worker hears of them: one invocation after the other, or
AT_ONCE at the same time, as many as infra/ lets run. On DynamoDB Local.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bench.capacity import TABLE, environment
from bench.dynamodb_local import Missing, running
from bench.report import Line, alone
from bench.scene import invocation, perform
from chalicelib.duplicates.worker import BATCH
from tests.calls import counted
from tests.cloud import invoke, sqs_event
from tests.engine import make_table
from tests.memory import forget

TITLE = "Duplicates among near-identical customers (DynamoDB Local)"
ALIKE = 199
SECONDS = 60
"""After which the function is ended."""
HANDLER = "chalicelib.duplicates.worker:find_duplicates"


def measure(at_once: int = 1) -> Iterator[Line]:
    try:
        with pytest.MonkeyPatch.context() as patch, running() as url:
            environment(patch, url)
            make_table(TABLE)
            events = list(_events([_register(number) for number in range(ALIKE)]))
            yield from _in_turn(events) if at_once == 1 else _together(events, at_once)
            forget()
    except Missing as missing:
        yield Line(TITLE, "", f"not measured: {missing}", None)


def _register(number: int) -> str:
    """Somebody who differs from the others by a plus tag and the last digits of their telephones."""
    body = {
        "name": "Ada Lovelace",
        "company": "Engines",
        "emails": [f"ada+{number}@engines.example", f"lovelace+{number}@looms.example"],
        "phones": [f"+493012345{number:03}", f"+494012345{number:03}"],
    }
    identifier: str = perform(invocation("POST", "/v1/customers", {}, body))["id"]
    return identifier


def _events(customer_ids: list[str]) -> Iterator[Any]:
    """The worker's invocations."""
    for start in range(0, len(customer_ids), BATCH):
        bodies = [
            json.dumps(
                {"detail": {"id": "evt_1", "type": "customer.registered", "customer_id": one, "data": {}}}
            )
            for one in customer_ids[start : start + BATCH]
        ]
        yield sqs_event("arn:aws:sqs:eu-central-1:1:duplicates", [{"Body": body} for body in bodies])


def _in_turn(events: list[Any]) -> Iterator[Line]:
    calls, cpu = [], []
    for event in events:
        began = time.process_time()
        with counted() as made:
            assert not invoke(HANDLER, event)["batchItemFailures"]
        cpu.append(time.process_time() - began)
        calls.append(len(made))
    most = 2 + 10 * BATCH
    yield Line("calls of an invocation at most", f"≤ {most}", f"{max(calls)}", max(calls) <= most)
    yield Line("CPU of an invocation at most", "", f"{max(cpu):.2f} s", None)


def _together(events: list[Any], at_once: int) -> Iterator[Line]:
    """What they overtake of each other comes again, until all is done."""

    def timed(event: Any) -> tuple[float, int]:
        began = time.perf_counter()
        failed = len(invoke(HANDLER, event)["batchItemFailures"])
        return time.perf_counter() - began, failed

    with counted() as made, ThreadPoolExecutor(at_once) as pool:
        done = list(pool.map(timed, events))
    longest, failed = max(seconds for seconds, _ in done), sum(failed for _, failed in done)
    figure = f"{longest:.1f} s, {at_once} in one process"
    yield Line("the longest invocation", f"< {SECONDS} s", figure, longest < SECONDS)
    yield Line("calls of an invocation, on average", "", f"{len(made) / len(events):.0f}", None)
    yield Line(f"messages of {ALIKE} that come again", "", f"{failed}", None)


if __name__ == "__main__":
    sys.exit(alone(TITLE, lambda: measure(*map(int, sys.argv[1:2]))))
