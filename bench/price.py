"""What Rapport costs a month: `python -m bench.price [--customers N]`.

Each thing that a business does is done once with all that it sets off, on the cloud in memory, and metered
(bench/meter.py): requests, functions, units, events, messages, bytes. AWS's list prices (price_list.toml) and
how often a customer has it done in a month make a bill, for a small shop, a mid-size and an internet-scale
business, and for nobody at all. Then the quotas, in the order in which a growing business meets them.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bench import year
from bench.idle import POLLS_A_MONTH
from bench.meter import Meter, Use
from bench.report import Line, alone, progress
from bench.scene import Act, Scene, fresh_address, quiet, request, saying, set_up
from tests import mailbox
from tests.cloud import WORKERS, Cloud
from tests.memory import in_memory, plain_environment
from tests.surveys.making import published

TITLE = "The price of a month, from measured use"
LIST: dict[str, Any] = tomllib.loads((Path(__file__).parent / "price_list.toml").read_text("utf-8"))
BUSINESSES = {"a small shop": 2_000, "a mid-size business": 200_000, "internet scale": 50_000_000}
SECONDS = 30 * 86_400
PEAK = 5
"""The busiest second, of the mean one."""
KEPT_MONTHS = 12
"""For how many months what a month adds is stored, when the bill is made."""
AT_ONCE = 10
"""So many are done before what they set off is carried on: batches fill as they do when much goes on."""

ENTRIES = 40
"""Entries of the timeline that is read: more than a page of 25."""


class Deed(NamedTuple):
    """What a business does; `often` is how many times a month for each of its customers."""

    name: str
    often: float
    act: Act


def _mail(scene: Scene) -> Callable[[], Any]:
    """A stranger writes: SES takes the mail in, stores it and tells the topic."""
    address = fresh_address()
    raw = mailbox.write("My lamp flickers since it came. What can I do? " * 5, sender=address)
    return lambda: mailbox.arrive(scene.cloud, raw, sender=address)


OF_SES: Use = {"mails_in": 1, "mail_chunks_in": 1, "s3_puts": 1, "sns_requests": 1, "s3_gigabytes": 3e-5}
"""What SES's own part of a mail of some 30 KB is billed as. Bytes of objects that we store are not in it."""


def _invitation(scene: Scene) -> Callable[[], Any]:
    """Somebody whom nobody asked lately is invited to a survey."""
    made = scene.api.post("/v1/customers", _newcomer(scene)).ok(201)
    scene.cloud.pump()
    return request("POST", "/v1/surveys/delivery/invitations", saying({"customer_ids": [made["id"]]}))(scene)


def _newcomer(_: Scene) -> Any:
    return {"name": "Grace Brewster", "emails": [fresh_address()], "stage": "lead"}


def _change(_: Scene) -> Any:
    return {"name": f"Ada {fresh_address().partition('@')[0]}"}


def _response(scene: Scene) -> Any:
    comment = "Quick delivery, and the lamp is lovely. Thank you!"
    return {"customer_id": scene.ids["customer"], "kind": "nps", "score": 9, "comment": comment}


LOGGED = saying({"channel": "phone", "direction": "inbound", "summary": "Asked for the opening hours."})
ANSWER = saying({"text": "We send a new one. It arrives on Friday, and you may keep the old one."})

DEEDS = [
    Deed("their view is shown", 4, request("GET", "/v1/customers/{customer}/view")),
    Deed("read by id", 4, request("GET", "/v1/customers/{customer}")),
    Deed("searched for by name", 0.5, request("GET", "/v1/customers?q=lovelace")),
    Deed("a page of their timeline", 0.5, request("GET", "/v1/customers/{customer}/timeline")),
    Deed("statistics of a year by channel", 0.01, request("GET", year.PATH)),
    Deed("registered", 0.02, request("POST", "/v1/customers", _newcomer)),
    Deed("changed", 0.2, request("PATCH", "/v1/customers/{customer}", _change)),
    Deed("a call or visit noted", 0.1, request("POST", "/v1/customers/{customer}/interactions", LOGGED)),
    Deed("a stranger's mail, acknowledged", 0.05, _mail),
    Deed("an answer by mail", 0.08, request("POST", "/v1/tickets/{ticket}/messages", ANSWER)),
    Deed("invited to a survey by mail", 0.2, _invitation),
    Deed("a response with a comment", 0.1, request("POST", "/v1/feedback", _response)),
]
"""A month of a customer: assumptions. Change them here for a business of another kind."""


def prepared(cloud: Cloud) -> Scene:
    """A scene with a full page of timeline, a year of statistics, and a survey."""
    scene = set_up(cloud)
    for _ in range(ENTRIES):
        scene.api.post(f"/v1/customers/{scene.ids['customer']}/interactions", LOGGED(scene)).ok(201)
    year.statistics_of_a_year(scene)
    published(scene.api)
    cloud.pump()
    return scene


def metered(scene: Scene) -> dict[str, Use]:
    """What each deed uses with all that it sets off, the mean of ten done at once."""
    found: dict[str, Use] = {}
    for deed in DEEDS:
        _use(scene, deed, 1)  # warm: what a process keeps, and what it imports late
        use = _use(scene, deed, AT_ONCE)
        found[deed.name] = defaultdict(float, {name: amount / AT_ONCE for name, amount in use.items()})
        for name, amount in OF_SES.items() if deed.act is _mail else ():
            found[deed.name][name] += amount
    return found


def _use(scene: Scene, deed: Deed, times: int) -> Use:
    ready = [deed.act(scene) for _ in range(times)]
    with Meter(LIST["latency"]).running() as use:
        for perform in ready:
            perform()
        _carry(scene)
    return use


def _carry(scene: Scene) -> None:
    """Everything that follows, and what SES says of each mail it was given: sent, and delivered."""
    before = len(mailbox.outbox())
    scene.cloud.pump()
    for mail in mailbox.outbox()[before:]:
        tags = dict(pair.split("=") for pair in str(mail["X-SES-MESSAGE-TAGS"] or "").split(", ") if pair)
        for _ in ("send", "delivery"):
            mailbox.report(scene.cloud, "Delivery", tags.get("message", ""), "ada@example.org")
    scene.cloud.pump()


def month(used: dict[str, Use], customers: int) -> Use:
    """What so many customers use in a month."""
    total: Use = defaultdict(float)
    for deed in DEEDS:
        for name, amount in used[deed.name].items():
            total[name] += amount * deed.often * customers
    for stored in ("table_gigabytes", "s3_gigabytes"):
        total[stored] *= KEPT_MONTHS
    total["backup_gigabytes"] = total["table_gigabytes"]
    total["sqs_requests"] += len(WORKERS) * POLLS_A_MONTH
    _authorize(total)
    return total


def _authorize(total: Use) -> None:
    """The authorizer is asked when its answer is not kept: a minute long, for a key that all bear."""
    requests = total["gateway_requests"]
    asked = requests / (1 + requests / SECONDS * 60)
    seconds = LIST["latency"]["dynamodb"] / 1000
    total["lambda_requests"] += asked
    total["lambda_gb_seconds"] += asked * seconds / 2
    total["lambda_seconds"] += asked * seconds
    total["read_units"] += asked


def bill(use: Use, *, free: bool = False) -> Counter[str]:
    """Dollars by service."""
    dollars: Counter[str] = Counter()
    for name, price in LIST["prices"].items():
        taken = max(0.0, use[name] - (LIST["free"].get(name, 0) if free else 0))
        dollars[price["service"]] += taken * price["price"]
    return dollars


def measure(customers: int | None = None) -> Iterator[Line]:
    progress("each deed with all that it sets off, on the cloud in memory")
    with pytest.MonkeyPatch.context() as patch:
        plain_environment(patch)
        quiet(patch)
        with in_memory(patch) as cloud:
            used = metered(prepared(cloud))
    for deed in DEEDS:
        yield Line(f"{deed.name}, {deed.often:g} a customer", "", _described(used[deed.name]), None)
    for name, number in {"a business": customers}.items() if customers else BUSINESSES.items():
        yield _bill_of(f"{name}, {number:,} customers", month(used, number))
    yield _bill_of("nobody at all: Lambda's polling of its queues", month(used, 0))
    yield from quotas(used)


def _described(use: Use) -> str:
    cost = sum(bill(use).values()) * 1e6
    return (
        f"${cost:.2f} a million: {use['aws_calls']:.1f} calls, {use['lambda_requests']:.1f} invocations of "
        f"{1000 * use['lambda_seconds'] / use['lambda_requests']:.0f} ms, {use['read_units']:.1f} read and "
        f"{use['write_units']:.1f} write units, {use['bus_events']:.1f} events, {use['bus_deliveries']:.1f} "
        f"deliveries, {use['sqs_requests']:.1f} SQS requests"
    )


def _bill_of(what: str, use: Use) -> Line:
    dollars, after_free = bill(use), sum(bill(use, free=True).values())
    whole = sum(dollars.values())
    shares = ", ".join(
        f"{service} {100 * part / whole:.0f} %"
        for service, part in dollars.most_common()
        if part / whole >= 0.005
    )
    return Line(what, "", f"${whole:,.2f}, ${after_free:,.2f} after what is always free: {shares}", None)


def quotas(used: dict[str, Use]) -> Iterator[Line]:
    """At how many customers each quota is used up in the busiest second, the first one first."""
    one = month(used, 1_000_000)
    empty = month(used, 0)
    met = []
    for quota in LIST["quotas"]:
        a_second = (one[quota["unit"]] - empty[quota["unit"]]) / SECONDS * PEAK
        if a_second:
            met.append((quota["a_second"] / a_second * 1_000_000, quota))
    for customers, quota in sorted(met, key=lambda pair: pair[0]):
        text = f"at {customers:,.0f} customers ({quota['raise']})"
        yield Line(f"{quota['name']}, {quota['a_second']:,} a second", "", text, None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.price", description=__doc__)
    parser.add_argument("--customers", type=int, help="the bill of a business of so many, instead of three")
    given = parser.parse_args()
    sys.exit(alone(TITLE, lambda: measure(given.customers)))
