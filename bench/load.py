"""Mixed traffic of 1, 8 and 32 clients, two minutes each: `python -m bench.load`, about half an hour.

Of a hundred requests 70 read, 20 write and 10 give feedback (bench/mix.py). They go over HTTP to the local
cloud, to the one that `--cloud CLOUD.JSON` names or to one started for it; then, in process, to the real
routes with the table on DynamoDB Local: first four calls, beside the figures published for a Django CRM, then
the mix, in turns to a business of 1,000 and to one of 200,000 customers. `--seconds 10` is a quick look,
`--only cloud` or `--only engine` half of it. No request may fail, and every response to a survey has to be
counted once.

The emulator itself takes some milliseconds for each call of AWS, and 50 more for an invocation that logs
nothing; what a request costs us is the figure in process.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import load_in_process, load_on_cloud, mix, published
from bench.capacity import LARGE, SMALL
from bench.clients import Sample, medians, percentile, refused, summary
from bench.dynamodb_local import Missing
from bench.load_in_process import Businesses
from bench.on_cloud import given_or_own
from bench.report import Line, alone, ratio
from tests.e2e.clouds import PYTHON, Cloud

TITLE = "Load: 70 % reads, 20 % writes, 10 % feedback"
CLIENTS = (1, 8, 32)
SECONDS = 120.0
GROWTH_BUDGET = 1.2
"""Times as long as half of the requests may take at most in the larger business."""
RUNS = 200
"""Of each of the four calls."""


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Mixed traffic of several numbers of clients.")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each number of clients")
    parser.add_argument("--clients", type=int, nargs="+", default=CLIENTS, help="how many there are at once")
    parser.add_argument("--cloud", type=Path, help="the cloud.json of a running local cloud")
    parser.add_argument("--only", choices=("cloud", "engine"), help="only over HTTP, or only in process")
    parser.add_argument("--large", type=int, default=LARGE, help="customers of the larger business")
    return parser.parse_args(arguments)


def measure(given: argparse.Namespace) -> Iterator[Line]:
    if given.only != "engine":
        yield from on_cloud(given)
    if given.only != "cloud":
        yield from in_process(given)


def on_cloud(given: argparse.Namespace) -> Iterator[Line]:
    if given.cloud is None and not PYTHON.exists():
        yield Line("over HTTP", "", "not measured: no local cloud is installed (make run installs it)", None)
        return
    with given_or_own(given.cloud) as cloud:
        yield from _over_http(cloud, given.clients, given.seconds)


def _over_http(cloud: Cloud, clients: Sequence[int], seconds: float) -> Iterator[Line]:
    crowd = load_on_cloud.populate(cloud)
    load_on_cloud.mixed(cloud, crowd, max(clients), 5)  # processes start at the first requests
    crowd.survey += "-counted"  # what came before is not
    taken = 0
    for number in clients:
        samples = load_on_cloud.mixed(cloud, crowd, number, seconds)
        yield run_line(f"local cloud over HTTP, {clients_of(number)}", samples, seconds)
        if number == min(clients):
            yield kinds_line("  of these, medians in ms", samples)
        taken += responses(samples)
    yield counted_line("local cloud", taken, load_on_cloud.counted(cloud, crowd, taken))


def in_process(given: argparse.Namespace) -> Iterator[Line]:
    sizes = sorted({SMALL, *(size for size in published.SIZES if size < given.large), given.large})
    try:
        with load_in_process.businesses(sizes) as businesses:
            yield from _four_calls(businesses)
            for number in given.clients:
                yield from _grown(businesses, number, given.seconds)
            for size in (sizes[0], sizes[-1]):
                taken = businesses.taken[size]
                yield counted_line(f"in process, {size:,} customers", taken, businesses.counted(size))
    except Missing as missing:
        yield Line("in process", "", f"not measured: {missing}", None)


def _grown(businesses: Businesses, number: int, seconds: float) -> Iterator[Line]:
    """So many clients at the smallest and at the largest business."""
    sizes = (businesses.sizes[0], businesses.sizes[-1])
    with businesses.clients(number) as clients:
        found = clients.mixed(sizes, seconds)
    for size, slices in found.items():
        samples = [one for part in slices for one in part]
        yield run_line(f"in process, {size:,} customers, {clients_of(number)}", samples, seconds)
        if number == 1:
            yield kinds_line("  of these, medians in ms", samples)
    growth = statistics.median(map(_slower, *found.values()))
    yield ratio(f"p50 at {sizes[1]:,} customers, {clients_of(number)}", GROWTH_BUDGET, growth)


def _slower(few: Sequence[Sample], many: Sequence[Sample]) -> float:
    """How many times as long half of the requests took in the second of two slices."""
    first, second = (percentile([one.seconds for one in part], 50) for part in (few, many))
    return second / first


def _four_calls(businesses: Businesses) -> Iterator[Line]:
    """Medians of the calls that others published figures of, ours and theirs."""
    found = {size: medians(samples) for size, samples in businesses.four(RUNS).items()}
    names = " / ".join(f"{size:,}" for size in found)
    yield Line(f"one client, p50 in ms at {names} customers", "", published.SOURCE, None)
    theirs_at = " / ".join(f"{size:,}" for size in published.SIZES)
    for what, theirs in published.P50_MS.items():
        ours = " / ".join(f"{medians_of[what]:.1f}" for medians_of in found.values())
        figure = f"{ours}; theirs " + " / ".join(map(str, theirs)) + f" at {theirs_at}"
        yield Line(f"  {what}", "", figure, None)
    rate = f"theirs {published.REQUESTS_A_SECOND}/s with eight clients; {published.MEMORY_MB} MB of memory"
    yield Line("  for the lines below, and bench.memory", "", rate, None)


def clients_of(number: int) -> str:
    return f"{number} client" + "s" * (number != 1)


def responses(samples: Sequence[Sample]) -> int:
    """Responses to surveys that were taken."""
    return sum(one.what == mix.GIVING and one.status == 202 for one in samples)


def run_line(what: str, samples: Sequence[Sample], seconds: float) -> Line:
    """What clients saw; no request may have failed."""
    return Line(what, "0 errors", summary(samples, seconds), not refused(samples))


def kinds_line(what: str, samples: Sequence[Sample]) -> Line:
    kinds = sorted(medians(samples).items())
    return Line(what, "", ", ".join(f"{kind} {median:.1f}" for kind, median in kinds), None)


def counted_line(where: str, taken: int, counted: int) -> Line:
    figure = f"{counted:,} of {taken:,} taken"
    return Line(f"responses to surveys counted, {where}", "all, once", figure, counted == taken)


if __name__ == "__main__":
    chosen = options(sys.argv[1:])
    sys.exit(alone(TITLE, lambda: measure(chosen)))
