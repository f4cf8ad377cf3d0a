"""Measures the budgets of Rapport: `make bench`, or `python -m bench`.

Prints a table of budgets, figures and verdicts, and keeps it in bench/results/, a file a part, with lines
`{what, budget, figure, ok}`; `ok` is null for what was not measured and for what only informs. The exit code
is 1 when a measured budget is not met. `python -m bench.performance` makes docs/performance.md of all that
was kept. Each part is a command too: `python -m bench.calls`, `bench.cpu`, `bench.cold_start`,
`bench.capacity`, `bench.transactions`, `bench.package`, `bench.idle`, `bench.feedback`. Not among them are
those that take minutes: `bench.customers`, how fast customers are found, `bench.duplicates`, their worst
case, `bench.load`, traffic of many clients, `bench.memory`, what functions hold, `bench.price`, what a month
costs, and `bench.faults`, which breaks everything; and those that are given files: `bench.imports`,
`bench.replies`, `bench.nps`, `bench.sentiment`. Budgets of time are ratios taken within one run, so a slow
machine measures the same.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module

from bench import results
from bench.report import Line, run

PARTS = ("cpu", "cold_start", "package", "idle", "calls", "transactions", "capacity", "feedback")
"""The CPU time comes first: the emulator of other parts hooks into boto3 as soon as it is imported."""


def main() -> int:
    """Measure everything; 1 when a budget is not met."""
    began = time.monotonic()
    lines: list[Line] = []
    for part in PARTS:
        module, started = import_module(f"bench.{part}"), time.monotonic()
        found = run(module.TITLE, module.measure)
        results.keep(part, module.TITLE, found, time.monotonic() - started)
        lines += found
    count = {verdict: sum(line.ok is verdict for line in lines) for verdict in (True, False, None)}
    print(
        f"\n{count[True]} budgets met, {count[False]} not met, {count[None]} lines without a verdict; "
        f"{time.monotonic() - began:.0f} s; kept in bench/results/"
    )
    return int(bool(count[False]))


if __name__ == "__main__":
    sys.exit(main())
