"""AWS calls of each request and of each worker, counted by botocore's own hook on the cloud in memory.

Each line says the budget and the calls that were made, in order. Nothing repeats and nothing conflicts.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench import requests, workers
from bench.report import Line, alone, progress
from bench.scene import Scene, quiet, set_up
from tests.calls import counted
from tests.memory import in_memory, plain_environment

TITLE = "AWS calls"


def measure() -> Iterator[Line]:
    progress("AWS calls: the cloud in memory")
    with pytest.MonkeyPatch.context() as patch:
        plain_environment(patch)
        quiet(patch)
        with in_memory(patch) as cloud:
            scene = set_up(cloud)
            for what, budget, act in (*workers.ACTS, *requests.ACTS):
                yield count(what, budget, act, scene)


def count(what: str, budget: int, act: Callable[[Scene], Callable[[], Any]], scene: Scene) -> Line:
    """A line about one act: it is prepared first, and then done while the calls are counted."""
    perform = act(scene)
    with counted() as calls:
        perform()
    made = ", ".join(f"{number} {name}" for name, number in Counter(calls).items())
    return Line(what, f"≤ {budget}", f"{len(calls)} ({made})", len(calls) <= budget)


if __name__ == "__main__":
    sys.exit(alone(TITLE, measure))
