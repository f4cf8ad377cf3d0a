"""Measures the budgets of Rapport: `make bench`, or `python -m bench`.

Prints a table of budgets, figures and verdicts, and writes it to bench/results.json as a list of
`{what, budget, figure, ok}`; `ok` is null for what was not measured and for what only informs. The exit code
is 1 when a measured budget is not met. Each part is a command too: `python -m bench.calls`, `bench.cpu`,
`bench.cold_start`, `bench.capacity`, `bench.transactions`, `bench.package`, `bench.idle`, `bench.feedback`.
Not among them are `bench.customers`, how fast they are found, and `bench.duplicates`, their worst case, which
take minutes, `bench.faults`, which takes longer, and those that are given files: `bench.imports`,
`bench.replies`, `bench.nps`, `bench.sentiment`. Budgets of time are ratios taken within one run, so a slow
machine measures the same.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from pathlib import Path

from bench.report import Line, run

PARTS = ("cpu", "cold_start", "package", "idle", "calls", "transactions", "capacity", "feedback")
"""The CPU time comes first: the emulator of other parts hooks into boto3 as soon as it is imported."""

RESULTS = Path(__file__).parent / "results.json"


def main() -> int:
    """Measure everything; 1 when a budget is not met."""
    began = time.monotonic()
    lines: list[Line] = []
    for part in PARTS:
        module = import_module(f"bench.{part}")
        lines += run(module.TITLE, module.measure)
    RESULTS.write_text(json.dumps([line._asdict() for line in lines], indent=1, ensure_ascii=False) + "\n")
    count = {verdict: sum(line.ok is verdict for line in lines) for verdict in (True, False, None)}
    print(
        f"\n{count[True]} budgets met, {count[False]} not met, {count[None]} lines without a verdict; "
        f"{time.monotonic() - began:.0f} s; {RESULTS.name} written"
    )
    return int(bool(count[False]))


if __name__ == "__main__":
    sys.exit(main())
