"""Faults: everything is throttled, broken, killed, doubled and shuffled, and nothing may be lost or doubled.

`python -m bench.faults [--small | --share SHARE] [--folder DIR]`, or `make bench-faults`, which makes the
proxy's environment first. A local cloud of its own, whose functions call AWS through microburst: a fifth of
all calls is throttled, 5 % fail, connections are reset, answers are lost after the call was done, and a fifth
is slow. Meanwhile working functions are killed, messages are put back twice and later than their turn, and
the table's stream is read again from its start. 10,000 responses, 1,000 mails in, 1,000 mails out and 1,000
rows of imports go through it, a tenth of all requests and mails twice; `--small` sends a tenth.

Then the faults end, what timers hold back comes, and it is counted: lost 0, doubled 0, stuck 0. Stuck is what
needs a human, dead letters above all: they are counted before they are driven back, once. Whether a mail
went out when SES's answer was lost, nobody can know: an answer or a notice is sent again then, and says that
it is `uncertain` (docs/adr/0030); such mails are counted apart. The exit code is 1 when the ledger does not
balance.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.faulty import havoc, proxy
from bench.faulty.run import Run
from bench.faulty.traffic import Amounts, amounts
from bench.report import Line, alone, progress
from tests.e2e.clouds import PYTHON, own

TITLE = "Faults: what was sent, and what arrived"


def measure(wanted: Amounts, folder: Path) -> Iterator[Line]:
    for needed, target in ((PYTHON, "run"), (proxy.PYTHON, "bench-faults")):
        if not needed.exists():
            yield Line("faults", "", f"not measured: no {needed} (make {target} makes it)", None)
            return
    began = time.monotonic()
    with ExitStack() as stack:
        cloud = own(folder)
        progress("the local cloud starts")
        cloud.up()
        stack.callback(havoc.Killer(folder).end)
        stack.callback(cloud.down)
        log = folder / "microburst.log"
        between = stack.enter_context(proxy.running(cloud.addresses["endpoint_url"], log))
        run = Run(cloud, wanted, between)
        run.rage()
        yield from _dead(run)
        for entry in run.reckon():
            yield entry.line()
        yield from _disturbed(run, between)
    yield Line("the whole run", "", f"{(time.monotonic() - began) / 60:.1f} minutes", None)


def _dead(run: Run) -> Iterator[Line]:
    """Dead letters are stuck until a human drives them back; which is done, so that the rest is seen."""
    dead = run.dead()
    yield Line("dead letters, which a human has to drive back", "0", _told(dead), not dead)
    if dead:
        run.redrive()
        run.settle()
        again = run.dead()
        yield Line("dead letters after that", "0", _told(again), not again)


def _disturbed(run: Run, between: proxy.Proxy) -> Iterator[Line]:
    """How much went wrong on the way."""
    stats = between.stats()
    yield Line("calls of AWS through the proxy", "", f"{stats['requests']['total']:,}", None)
    for service, kinds in proxy.fired(stats["by_rule"]).items():
        yield Line(f"  faults of {service}", "", _told(Counter(kinds)), None)
    yield Line("working functions that were killed", "", _told(run.killer.killed), None)
    yield Line("messages that were doubled and delayed", "", _told(run.doubler.doubled), None)
    yield Line("unclear answers of the API, asked again", "", _told(run.unclear), None)


def _told(counted: Counter[str]) -> str:
    parts = ", ".join(f"{name.removeprefix('rapport-local-')} {n:,}" for name, n in counted.most_common())
    return f"{counted.total():,}" + (f" ({parts})" if parts else "")


def options(arguments: list[str]) -> argparse.Namespace:
    """The command line; `share` is that of the whole traffic."""
    parser = argparse.ArgumentParser(prog="bench.faults", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--small", action="store_const", const=0.1, default=1.0, dest="share", help="a tenth")
    parser.add_argument("--share", type=float, default=1.0, help="another share, such as 0.02")
    parser.add_argument("--folder", type=Path, help="keep the cloud's data here, to look at it")
    return parser.parse_args(arguments)


def main() -> int:
    given = options(sys.argv[1:])
    wanted = amounts(given.share)
    if given.folder is not None:
        return alone(TITLE, lambda: measure(wanted, given.folder.resolve()))
    with tempfile.TemporaryDirectory() as folder:
        return alone(TITLE, lambda: measure(wanted, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
