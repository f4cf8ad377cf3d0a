"""The load without HTTP: the real routes in processes, with the table on DynamoDB Local.

Each client is a process, as each of Lambda's has one request at a time. A client's responses to surveys go
to a queue of its own; after every tenth it runs the feedback worker on them, which is not in the latencies
but is on the machine. Businesses of several sizes are measured in turns, a slice of each.
"""

from __future__ import annotations

import multiprocessing
import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.pool import Pool

import pytest

import app as application
from bench import crowd, mix
from bench.clients import Sample, ask, ask_for
from bench.customers import business, table_of
from bench.mix import Asked, Crowd
from bench.post import opened
from bench.report import progress
from bench.scene import invocation, perform
from chalicelib.kernel import config
from tests.cloud import Cloud
from tests.memory import forget

SLICE = 10.0
"""Seconds that a size has before it is another's turn."""
BATCH = 10
"""Responses that a worker gets at once."""
KNOWN = 20_000
"""Customers at most that requests are about."""
WARM_UP_SECONDS = 1.0
"""Of every process, which makes its clients then."""
WARM_UP = 5
"""Requests of each of the four calls before they are clocked."""


@dataclass
class Businesses:
    """Businesses by their number of customers, all on one engine, each in a table of its own."""

    sizes: Sequence[int]
    cloud: Cloud
    taken: dict[int, int] = field(default_factory=dict)
    """Responses to surveys that the API has taken."""

    @contextmanager
    def clients(self, number: int) -> Iterator[Clients]:
        """So many clients, each a process that was forked from this one."""
        forking = multiprocessing.get_context("fork")
        with forking.Pool(number, initializer=_begin, initargs=(self.cloud,)) as pool:
            yield Clients(self, pool, number)

    def four(self, runs: int) -> dict[int, list[Sample]]:
        """The four calls at each size in turns, by one client in this process."""
        found: dict[int, list[Sample]] = {size: [] for size in self.sizes}
        rng = random.Random(1)
        progress(f"the four calls, {runs} times each at each size")
        for run in range(WARM_UP + runs):
            for size in sorted(self.sizes, reverse=bool(run % 2)):
                _use(size)
                samples = [ask(send, make(_crowd(size), rng)) for make in mix.FOUR]
                found[size] += samples if run >= WARM_UP else []
        return found

    def counted(self, size: int) -> int:
        """Responses that the statistics have."""
        _use(size)
        url = f"/v1/feedback/stats?survey={_crowd(size).survey}"
        responses: int = perform(invocation("GET", url, {}))["responses"]
        return responses


@dataclass
class Clients:
    """The clients of a measurement."""

    businesses: Businesses
    pool: Pool
    number: int

    def mixed(self, sizes: Sequence[int], seconds: float) -> dict[int, list[list[Sample]]]:
        """What they saw at each of these sizes, slice by slice, when they had so many seconds of it."""
        found: dict[int, list[list[Sample]]] = {size: [] for size in sizes}
        slices = max(round(seconds / SLICE), 1)
        for size in sizes:
            self._slice(size, WARM_UP_SECONDS)
        for turn in range(slices):
            for size in sorted(found, reverse=bool(turn % 2)):
                found[size].append(self._slice(size, seconds / slices))
            asked = sum(len(one) for parts in found.values() for one in parts)
            progress(f"{self.number} clients: {turn + 1} of {slices} slices, {asked:,} requests")
        return found

    def _slice(self, size: int, seconds: float) -> list[Sample]:
        tasks = [(size, seconds)] * self.number
        samples = [one for seen in self.pool.starmap(_client, tasks, chunksize=1) for one in seen]
        given = sum(one.what == mix.GIVING and one.status == 202 for one in samples)
        taken = self.businesses.taken
        taken[size] = taken.get(size, 0) + given
        return samples


@contextmanager
def businesses(sizes: Sequence[int]) -> Iterator[Businesses]:
    """Businesses of these sizes. Raises dynamodb_local.Missing where the engine cannot run."""
    with opened(only_engine=True) as post, pytest.MonkeyPatch.context() as patch:
        for size in sizes:
            business(patch, size)
        yield Businesses(sizes, post.cloud)


_clouds: list[Cloud] = []
"""In a client's process: its cloud, whose queues are its own since it was forked."""


def _begin(cloud: Cloud) -> None:
    """Have a client's process make connections of its own."""
    forget()
    _clouds.append(cloud)


def _client(size: int, seconds: float) -> list[Sample]:
    """One client's slice, in its process; it leaves nothing in the queue."""
    (cloud,) = _clouds
    _use(size)
    given = 0

    def make(crowd: Crowd, rng: random.Random) -> Asked:
        nonlocal given
        asked = mix.any_of_them(crowd, rng)
        given += asked.what == mix.GIVING
        if asked.what == mix.GIVING and given % BATCH == 0:
            cloud.work("FeedbackQueue")
        return asked

    samples = ask_for(seconds, send, make, _crowd(size), random.Random(os.urandom(8)))
    cloud.work("FeedbackQueue")
    return samples


def _use(size: int) -> None:
    """Have this process's requests go to the table of this size."""
    os.environ["RAPPORT_TABLE"] = table_of(size)
    config.settings.cache_clear()
    config.settings()


@cache
def _crowd(size: int) -> Crowd:
    ids = [crowd.customer_id(number) for number in range(min(size, KNOWN))]
    return Crowd(ids, ["ada@example.org"], ("lovelace", crowd.WORD))


def send(asked: Asked) -> int:
    """Hand a request to the app as API Gateway does; the status of the answer."""
    event = invocation(asked.method, asked.path, {}, asked.body)
    status: int = application.app(event, None)["statusCode"]
    return status
