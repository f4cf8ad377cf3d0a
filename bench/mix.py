"""The traffic of `bench.load`: of a hundred requests 70 read, 20 write, and 10 give feedback."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

GIVING = "give feedback"
COMMENTS = ("Very quick delivery. Thank you!", "It arrived two days late.", None)
NAMES = ("Ada", "Bea", "Cleo", "Dora", "Eva")


class Asked(NamedTuple):
    """One request; `what` it is for names its line in the table."""

    what: str
    method: str
    path: str
    body: Any = None


@dataclass
class Crowd:
    """Whom requests are about. Whoever is created has an address that nobody else has."""

    ids: Sequence[str]
    """Of customers that are there."""
    addresses: Sequence[str]
    """Of customers that are looked up."""
    words: Sequence[str]
    """That customers are searched by; some are in many names, some in one."""
    survey: str = "load"
    """That feedback answers."""
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def fresh(self) -> str:
        return f"{os.getpid()}-{id(self)}-{next(self._numbers)}@example.net"


Make = Callable[[Crowd, random.Random], Asked]


def read(crowd: Crowd, rng: random.Random) -> Asked:
    return Asked("read", "GET", f"/v1/customers/{rng.choice(crowd.ids)}")


def page(_: Crowd, rng: random.Random) -> Asked:
    return Asked("list", "GET", "/v1/customers" + rng.choice(("", "?stage=lead", "?tag=newsletter")))


def search(crowd: Crowd, rng: random.Random) -> Asked:
    return Asked("search by name", "GET", f"/v1/customers?q={rng.choice(crowd.words)}")


def look_up(crowd: Crowd, rng: random.Random) -> Asked:
    return Asked("look up by e-mail", "GET", f"/v1/customers?email={rng.choice(crowd.addresses)}")


def view(crowd: Crowd, rng: random.Random) -> Asked:
    return Asked("view", "GET", f"/v1/customers/{rng.choice(crowd.ids)}/view")


def timeline(crowd: Crowd, rng: random.Random) -> Asked:
    return Asked("timeline", "GET", f"/v1/customers/{rng.choice(crowd.ids)}/timeline")


def create(crowd: Crowd, rng: random.Random) -> Asked:
    address = crowd.fresh()
    body = {"name": f"{rng.choice(NAMES)} Lovelace", "emails": [address], "company": "Engines"}
    return Asked("create", "POST", "/v1/customers", body)


def change(crowd: Crowd, rng: random.Random) -> Asked:
    return Asked("change", "PATCH", f"/v1/customers/{rng.choice(crowd.ids)}", {"company": crowd.fresh()})


def log(crowd: Crowd, rng: random.Random) -> Asked:
    body = {"channel": "phone", "direction": "inbound", "summary": "Asked where the parcel is."}
    return Asked("log a call", "POST", f"/v1/customers/{rng.choice(crowd.ids)}/interactions", body)


def ticket(crowd: Crowd, rng: random.Random) -> Asked:
    body = {"channel": "phone", "subject": "Kettle", "text": "It leaks."}
    return Asked("take down a ticket", "POST", "/v1/tickets", body | {"customer_id": rng.choice(crowd.ids)})


def feedback(crowd: Crowd, rng: random.Random) -> Asked:
    score, comment = rng.randrange(11), rng.choice(COMMENTS)
    body = {"survey": crowd.survey, "kind": "nps", "score": score, "comment": comment}
    return Asked(GIVING, "POST", "/v1/feedback", body)


FOUR: tuple[Make, ...] = (create, read, page, search)
"""The calls that others published figures of (bench/published.py)."""

SHARES: dict[Make, int] = {
    **{read: 25, page: 15, search: 12, look_up: 8, view: 5, timeline: 5},
    **{create: 8, change: 4, log: 4, ticket: 4},
    feedback: 10,
}
"""Of a hundred requests, how many are of each kind."""


def any_of_them(crowd: Crowd, rng: random.Random) -> Asked:
    """A request as they come, by their shares."""
    (make,) = rng.choices(list(SHARES), list(SHARES.values()))
    return make(crowd, rng)
