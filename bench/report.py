"""What a measurement says: lines with a budget, a figure and a verdict, told as they come."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

VERDICTS = {True: "ok", False: "OVER", None: ""}


class Line(NamedTuple):
    """One thing measured. `ok` is None for what was not measured, and for what has no budget."""

    what: str
    budget: str
    figure: str
    ok: bool | None


Measure = Callable[[], Iterable[Line]]


def show(line: Line) -> None:
    """Print a line of the table."""
    print(f"{VERDICTS[line.ok]:<5} {line.what:<58} {line.budget:<9} {line.figure}", flush=True)


def progress(text: str) -> None:
    """Say what is being done; on the error stream, so that the table stays a table."""
    print(f"  … {text}", file=sys.stderr, flush=True)


def ratio(what: str, budget: float, figure: float, detail: str = "") -> Line:
    """A line about how many times as much as the least possible something takes."""
    text = f"{figure:.2f} ×" + (f" ({detail})" if detail else "")
    return Line(what, f"≤ {budget} ×", text, figure <= budget)


def run(title: str, measure: Measure) -> list[Line]:
    """Measure and show one part; its lines."""
    print(f"\n{title}", flush=True)
    lines = []
    for line in measure():
        show(line)
        lines.append(line)
    return lines


def alone(title: str, measure: Measure, *, renews: bool = False) -> int:
    """One part as a command of its own: the exit code, 1 when a budget is not met.

    As `python -m bench.x`, without options, it keeps what it measured, for docs/performance.md
    (bench/results.py): with options it is a look at something else, unless it `renews` some lines.
    """
    began = time.monotonic()
    lines = run(title, measure)
    spec = sys.modules["__main__"].__spec__
    part = kept_as(spec.name if spec else "", [] if renews else sys.argv[1:])
    if part and lines:
        from bench import results

        results.keep(part, title, lines, time.monotonic() - began, renews=renews)
    return int(any(line.ok is False for line in lines))


def kept_as(program: str, options: Sequence[str]) -> str | None:
    """The name under which a program's results are kept, if they are."""
    return program.removeprefix("bench.") if program.startswith("bench.") and not options else None
