"""Sends a file of scores through the real queue and worker: `python -m bench.nps FILE.csv --column NAME`.

Any CSV: separator, quoting and encoding are found out. A row whose column is no whole number from 0 to 10 is
rejected and counted. Every tenth response is given twice under its Idempotency-Key, every message is
delivered twice, and in another order. Prints, last, a line of JSON: `rows`, `responses`, `promoters`,
`passives`, `detractors`, and `nps` to three decimals, as the counters have them. The exit code is 1 when that
is not what plain arithmetic makes of the file, and 2 when the file has no such column.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bench.csv_file import reading
from bench.post import Post, opened
from bench.report import progress
from chalicelib.feedback import service as feedback
from chalicelib.feedback.model import NewFeedback
from chalicelib.feedback.statistics import ratio
from chalicelib.kernel import counters, ids
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.principals import Principal
from chalicelib.kernel.work import Work

SURVEY = "scores"
AT_ONCE = 60
"""Responses that are given before the worker takes them; a queue in memory slows down as it grows."""
TWICE = 10
"""Every so manyth response is given twice."""

Figures = dict[str, int | float | None]


def scores(path: Path, column: str) -> Iterator[int | None]:
    """The score of each row; None for what is none. Raises Invalid."""
    with reading(path) as (columns, rows):
        place = _place(columns, column)
        for cells in rows:
            yield _score(cells[place] if place < len(cells) else "")


def _place(columns: list[str], column: str) -> int:
    wanted = column.strip().casefold()
    found = [place for place, name in enumerate(columns) if name.casefold() == wanted]
    if not found:
        raise Invalid(f"There is no column {column}; there are {', '.join(columns)}.")
    return found[0]


def _score(cell: str) -> int | None:
    """A whole number from 0 to 10; spreadsheets write it as `9.0`, too."""
    whole, _, rest = cell.strip().replace(",", ".").partition(".")
    is_whole = whole.isascii() and whole.isdecimal() and len(whole) <= 2 and not rest.strip("0")
    return int(whole) if is_whole and int(whole) <= 10 else None


def plain(found: list[int]) -> Figures:
    """What arithmetic makes of the scores."""
    promoters, detractors = sum(one >= 9 for one in found), sum(one <= 6 for one in found)
    return _figures(promoters, len(found) - promoters - detractors, detractors)


def _figures(promoters: int, passives: int, detractors: int) -> Figures:
    responses = promoters + passives + detractors
    return {
        "responses": responses,
        "promoters": promoters,
        "passives": passives,
        "detractors": detractors,
        "nps": ratio(100 * (promoters - detractors), responses, 3),
    }


def send(post: Post, found: list[int]) -> None:
    """Give every score to the queue, and have the worker take them, twice and in disorder."""
    rng = random.Random(7)
    for start in range(0, len(found), AT_ONCE):
        works = []
        for number, score in enumerate(found[start : start + AT_ONCE], start):
            for _ in range(2 if number % TWICE == 0 else 1):
                work = Work(principal=Principal("key_bench"), idempotency_key=f"row-{number}")
                feedback.submit(work, NewFeedback(kind="nps", score=score, survey=SURVEY))
                works.append(work)
        failed = [error for error in commit_all(works) if error is not None]
        assert not failed, failed[0]
        while post.cloud.work("FeedbackQueue", twice=True, rng=rng):
            pass
        progress(f"{min(start + AT_ONCE, len(found)):,} of {len(found):,}")


def counted() -> Figures:
    """What the counters say, of today, and of yesterday if it became midnight meanwhile."""
    today = counters.day_of(ids.now())
    nps = feedback.statistics(SURVEY, today - timedelta(days=1), today).nps
    return _figures(nps.promoters, nps.passives, nps.detractors)


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.nps", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--column", required=True, metavar="NAME")
    given = parser.parse_args(arguments)
    try:
        read = list(scores(given.file, given.column))
    except (Invalid, OSError) as error:
        parser.error(getattr(error, "detail", str(error)))
    found = [one for one in read if one is not None]
    print(f"{given.file.name}: {len(read):,} rows, {len(read) - len(found):,} without a score from 0 to 10")
    with opened() as post:
        began = time.perf_counter()
        send(post, found)
        seconds = time.perf_counter() - began
        figures = counted()
    rate = f"{len(found) / seconds:,.0f}" if found else "no"
    print(f"{rate} responses a second, each delivered twice, on {post.engine}")
    print(json.dumps({"rows": len(read), **figures}))
    return int(figures != plain(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
