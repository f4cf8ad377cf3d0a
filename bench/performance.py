"""Writes docs/performance.md, and the README's five figures, from what was measured last (bench/results/).

`python -m bench.performance [--check]`: with `--check` nothing is written; the exit code is 1 when a document
says something else than the results. What a command of these measures, and how, its own docstring tells,
which is the method in the document.
"""

from __future__ import annotations

import inspect
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from bench.report import VERDICTS, Line
from bench.results import Result, kept
from infra.build import ROOT

DOCUMENT, README = ROOT / "docs" / "performance.md", ROOT / "README.md"
BEGIN, END = "<!-- figures: python -m bench.performance -->", "<!-- end of figures -->"
HEAD = """# Performance

Written by `python -m bench.performance` from what each command measured last; change nothing here by hand.
Budgets of time are ratios taken within one run, so that a slow machine measures the same. What nobody
measured is not here, and nothing here was measured on AWS: the table is DynamoDB Local, AWS's own engine, or
moto's, the whole cloud an emulator, as each command says. [scale.md](scale.md) tells what follows from it.
"""


class Figure(NamedTuple):
    """A line of the README: what it says, and the measured line that it is from."""

    says: str
    part: str
    what: str


_SIZES = "1,000 / 50,000 / 200,000"

FIGURES = (
    Figure(f"finding customers by name among {_SIZES}, p50 in ms", "load", "  search by name"),
    Figure(f"listing customers, {_SIZES}, p50 in ms", "load", "  list"),
    Figure(
        "events told: a fifth of calls throttled until all was drained, workers killed, messages doubled",
        "faults",
        "events, told to a subscriber of the bus",
    ),
    Figure("CPU of a GET by id, our code and all", "cpu", "CPU of a GET by id, of the bare get_item in it"),
    Figure("a month of 200,000 customers", "price", "a mid-size business, 200,000 customers"),
)


def document(results: dict[str, Result]) -> str:
    """docs/performance.md."""
    return "\n".join([HEAD, *(_chapter(result) for result in results.values())])


def _chapter(result: Result) -> str:
    met = sum(line.ok is True for line in result.lines)
    missed = sum(line.ok is False for line in result.lines)
    verdict = f" {met} of {met + missed} budgets met." if met + missed else ""
    rows = "\n".join(
        f"| {_cell(line.what)} | {line.budget} | {_cell(_figure(line))} |" for line in result.lines
    )
    when = f"{result.measured_at}, {result.seconds} s, at {result.commit}"
    return f"""## {result.title}

{_method(result.part)}

`python -m bench.{result.part}`, {when}; {result.machine}; {result.versions}.{verdict}

| what | budget | figure |
|---|---|---|
{rows}
"""


def _method(part: str) -> str:
    """How a command measures, as its own docstring tells."""
    return inspect.cleandoc(import_module(f"bench.{part}").__doc__ or "")


def _figure(line: Line) -> str:
    figure = _cell(line.figure)
    return f"{figure} **{VERDICTS[False]}**" if line.ok is False else figure


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def readme(text: str, results: dict[str, Result]) -> str:
    """The README with its figures between the marks."""
    lines = {(part, line.what): line for part, result in results.items() for line in result.lines}
    rows = [
        f"| {one.says} | {_cell(line.figure)} |"
        for one in FIGURES
        if (line := lines.get((one.part, one.what)))
    ]
    table = "\n".join(["| what | measured |", "|---|---|", *rows])
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    return pattern.sub(lambda _: f"{BEGIN}\n{table}\n{END}", text)


def main(arguments: list[str]) -> int:
    """Write both documents, or check them."""
    results = kept()
    stale: list[Path] = []
    for path, text in (
        (DOCUMENT, document(results)),
        (README, readme(README.read_text(encoding="utf-8"), results)),
    ):
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    for path in stale:
        said = "is out of date: python -m bench.performance" if "--check" in arguments else "written"
        print(f"{path.relative_to(ROOT)} {said}")
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
