"""The load over HTTP: clients that keep their connection, with keys, at a running local cloud."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from bench import mix
from bench.clients import NO_ANSWER, Sample, ask_for
from bench.mix import Asked, Crowd
from bench.report import progress
from local.clients import Clients
from local.queues import drain
from tests.e2e.caller import TIMEOUT_SECONDS, Caller
from tests.e2e.clouds import Cloud

CUSTOMERS, AT_ONCE = 1_000, 25
COUNTED_SECONDS = 300
"""How long the last responses may take to be counted."""
QUIET_SECONDS = 300
"""How long workers may take to catch up."""


class Door:
    """One client's connection to the API."""

    def __init__(self, cloud: Cloud) -> None:
        url = urlsplit(cloud.addresses["api_url"])
        self._prefix = url.path
        self._connection = HTTPConnection(url.netloc, timeout=TIMEOUT_SECONDS)
        self._headers = {
            "Authorization": f"Bearer {cloud.addresses['api_key']}",
            "Content-Type": "application/json",
        }

    def __call__(self, asked: Asked) -> int:
        body = None if asked.body is None else json.dumps(asked.body)
        try:
            self._connection.request(asked.method, self._prefix + asked.path, body, self._headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            self._connection.close()  # the next request makes a new one
            return NO_ANSWER
        return answer.status

    def close(self) -> None:
        self._connection.close()


def populate(cloud: Cloud) -> Crowd:
    """Customers who are known to the cloud and can be searched."""
    api, mark = Caller(cloud.addresses["api_url"], cloud.addresses["api_key"]), f"x{time.time_ns():x}"
    addresses = [f"{mark}-{number}@example.org" for number in range(CUSTOMERS)]
    ids: list[str] = []
    progress(f"{CUSTOMERS:,} customers for the local cloud")
    for first in range(0, CUSTOMERS, AT_ONCE):
        some = [
            {"name": f"Customer Lovelace {number}" if number % 100 == 0 else f"Customer {number}"}
            | {"emails": [addresses[number]], "stage": "lead", "tags": ["newsletter"]}
            for number in range(first, first + AT_ONCE)
        ]
        rows = api.post("/v1/customers/batch", {"customers": some}).ok()["results"]
        ids += [row["customer_id"] for row in rows]
    return Crowd(ids, addresses, ("lovelace", "customer"), survey=mark)


def mixed(cloud: Cloud, crowd: Crowd, clients: int, seconds: float) -> list[Sample]:
    """What so many clients saw in so many seconds, after the workers have caught up with what was before."""
    progress("waiting until no worker has anything to do")
    if not drain(Clients(cloud.addresses["endpoint_url"])("sqs"), QUIET_SECONDS):
        progress(f"they still work after {QUIET_SECONDS} s; it is measured beside them")
    with telling(f"{clients} clients on the local cloud", seconds), ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(_client, cloud, crowd, seconds) for _ in range(clients)]
        return [one for client in running for one in client.result()]


def _client(cloud: Cloud, crowd: Crowd, seconds: float) -> list[Sample]:
    door = Door(cloud)
    try:
        return ask_for(seconds, door, mix.any_of_them, crowd, random.Random(os.urandom(8)))
    finally:
        door.close()


@contextmanager
def telling(what: str, seconds: float) -> Iterator[None]:
    """Say every ten seconds how far it is."""
    over = threading.Event()

    def tell() -> None:
        for passed in range(0, int(seconds), 10):
            progress(f"{what}: {passed} of {seconds:.0f} s")
            if over.wait(10):
                return

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def counted(cloud: Cloud, crowd: Crowd, expected: int) -> int:
    """Responses that the statistics have, as soon as these are all that are expected."""
    api = Caller(cloud.addresses["api_url"], cloud.addresses["api_key"])
    until = time.monotonic() + COUNTED_SECONDS
    progress(f"waiting until {expected} responses are counted")
    while (found := int(api.get(f"/v1/feedback/stats?survey={crowd.survey}").ok()["responses"])) < expected:
        if time.monotonic() > until:
            break
        time.sleep(1)
    return found
