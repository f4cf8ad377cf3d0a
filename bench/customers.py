"""What a business with many customers waits for: `python -m bench.customers [NUMBER]`.

Two businesses, of 1,000 and of 200,000 customers, or NUMBER for a quick look, lie in one DynamoDB Local. The
same requests go to both in turns, so that what else the machine does slows both alike. A registration goes
against the bare transaction that it makes. Times are of whole invocations, with DynamoDB Local's answer.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from bench import crowd
from bench.capacity import LARGE, OF_CUSTOMERS, SMALL, busy_customer, consumed, environment
from bench.dynamodb_local import Missing, running
from bench.report import Line, alone, progress, ratio
from bench.scene import fresh_address, invocation, perform
from chalicelib.customers import service as customers
from chalicelib.customers.model import NewCustomer
from chalicelib.kernel import aws, config
from chalicelib.kernel.commit import action
from chalicelib.kernel.work import Work
from tests.calls import counted
from tests.engine import make_table
from tests.memory import forget

TITLE = "Customers: registering, finding and reading them (DynamoDB Local)"
ROUNDS, MOST_ROUNDS, RUNS = 5, 15, 40
"""Rounds of a comparison, and runs of the request at each size in one, in turns. The median of the rounds
counts; where that is over the budget there are more rounds, since the slowest runs are often other work's."""
REGISTRATIONS = 300
REGISTER_BUDGET = 1.3
P95_BUDGET = 1.2
WARM_UP = 10


def measure(large: int = LARGE) -> Iterator[Line]:
    try:
        with pytest.MonkeyPatch.context() as patch, running() as url:
            environment(patch, url)
            known = {size: business(patch, size) for size in (SMALL, large)}
            for what, reading in OF_CUSTOMERS.items():
                yield from _compared(patch, what, reading, known)
            yield registering(patch)
            forget()
    except Missing as missing:
        yield Line(TITLE, "", f"not measured: {missing}", None)


def table_of(size: int) -> str:
    return f"rapport-{size}"


def use(patch: pytest.MonkeyPatch, size: int) -> None:
    patch.setenv("RAPPORT_TABLE", table_of(size))
    config.settings.cache_clear()
    config.settings()  # read now, not within a measurement


def business(patch: pytest.MonkeyPatch, size: int) -> dict[str, str]:
    """A table with so many customers, and the ids of the busy one among them."""
    progress(f"customers: a business of {size:,}")
    make_table(table_of(size))
    use(patch, size)
    known = busy_customer()
    crowd.fill(table_of(size), 0, size)
    return known


def _compared(
    patch: pytest.MonkeyPatch, what: str, url: str, known: dict[int, dict[str, str]]
) -> Iterator[Line]:
    """Lines about one request: what it consumes, and how long it takes, at both sizes."""
    events = {size: invocation("GET", url, ids) for size, ids in known.items()}
    costs = []
    for size, event in events.items():
        use(patch, size)
        with counted() as calls, consumed() as parts:  # counted() first reads what a process keeps
            perform(event)
        costs.append((len(calls), sum(parts)))
    few, many = costs
    text = f"{few[0]} calls, {few[1]:g} units; {many[0]} calls, {many[1]:g} units"
    yield Line(what, "the same", text, few == many)
    yield _slower(patch, what, events)


def _slower(patch: pytest.MonkeyPatch, what: str, events: dict[int, Any]) -> Line:
    """How many times as long one of twenty takes at the larger size."""
    _round(patch, events, WARM_UP)
    rounds: list[list[tuple[float, float]]] = []
    while len(rounds) < ROUNDS or (_slowdown(rounds) > P95_BUDGET and len(rounds) < MOST_ROUNDS):
        rounds.append(_round(patch, events, RUNS))
    few, many = (
        [statistics.median(part) for part in zip(*one, strict=True)] for one in zip(*rounds, strict=True)
    )
    detail = f"p50 {few[0]:.1f} and {many[0]:.1f} ms, p95 {few[1]:.1f} and {many[1]:.1f}"
    return ratio(f"{what}: p95 at {max(events):,}", P95_BUDGET, _slowdown(rounds), detail)


def _slowdown(rounds: list[list[tuple[float, float]]]) -> float:
    """The ratio of the 95th percentiles, of the rounds the median."""
    return statistics.median(large[1] / small[1] for small, large in rounds)


def _round(patch: pytest.MonkeyPatch, events: dict[int, Any], runs: int) -> list[tuple[float, float]]:
    """The 50th and 95th percentile at each size, in milliseconds; each size is the first every other time."""
    times: dict[int, list[float]] = {size: [] for size in events}
    for turn in range(runs):
        for size in sorted(events, reverse=bool(turn % 2)):
            use(patch, size)
            times[size].append(clocked(partial(perform, events[size])) * 1000)
    parts = [statistics.quantiles(times[size], n=20) for size in sorted(events)]
    return [(one[9], one[18]) for one in parts]


def clocked(act: Callable[[], Any]) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def registering(patch: pytest.MonkeyPatch) -> Line:
    """A registration against the same transaction, made bare."""
    use(patch, SMALL)
    ours, bare = [], []
    for turn in range(WARM_UP + REGISTRATIONS):
        event, actions = invocation("POST", "/v1/customers", {}, _newcomer()), _transaction()
        pair = (
            clocked(partial(perform, event)),
            clocked(partial(aws.dynamodb().transact_write_items, TransactItems=actions)),
        )
        if turn >= WARM_UP:
            ours.append(pair[0])
            bare.append(pair[1])
    least, most = statistics.median(bare), statistics.median(ours)
    detail = f"{most * 1000:.1f} ms, bare {least * 1000:.1f} ms"
    return ratio("register a customer, against its transaction", REGISTER_BUDGET, most / least, detail)


def _newcomer() -> dict[str, Any]:
    return {"name": "Ada Lovelace", "emails": [fresh_address()], "company": "Engines", "stage": "lead"}


def _transaction() -> list[Any]:
    """The actions of a registration."""
    work = Work()
    customers.register(work, NewCustomer.model_validate(_newcomer()))
    return [action(write) for write in work.writes]


if __name__ == "__main__":
    sys.exit(alone(TITLE, partial(measure, *map(int, sys.argv[1:2]))))
