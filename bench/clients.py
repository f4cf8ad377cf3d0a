"""Clients that ask one request after the other for a while, and what they waited for."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from bench.mix import Asked, Crowd, Make

Door = Callable[[Asked], int]
"""Sends a request; the status of its answer."""


NO_ANSWER = 0
"""Stands for the status where no answer came."""


class Sample(NamedTuple):
    what: str
    seconds: float
    status: int


def ask(door: Door, asked: Asked) -> Sample:
    """One request, clocked."""
    began = time.perf_counter()
    status = door(asked)
    return Sample(asked.what, time.perf_counter() - began, status)


def ask_for(seconds: float, door: Door, make: Make, crowd: Crowd, rng: random.Random) -> list[Sample]:
    """What one client saw, who asks again as soon as it was answered."""
    until = time.monotonic() + seconds
    samples = []
    while time.monotonic() < until:
        samples.append(ask(door, make(crowd, rng)))
    return samples


def percentile(values: Iterable[float], part: float) -> float:
    """The least of the values that so many of a hundred do not exceed (nearest rank); NaN of none."""
    ordered = sorted(values)
    return ordered[max(math.ceil(part / 100 * len(ordered)), 1) - 1] if ordered else math.nan


def refused(samples: Iterable[Sample]) -> Counter[int]:
    """How many answers were no success, by status."""
    return Counter(one.status for one in samples if not 200 <= one.status < 300)


def summary(samples: Sequence[Sample], seconds: float) -> str:
    """Latencies, rate and errors of what was asked within so many seconds."""
    times = [one.seconds * 1000 for one in samples]
    p50, p95, p99 = (percentile(times, part) for part in (50, 95, 99))
    errors = refused(samples)
    said = (
        ", ".join(f"{number} × {status or 'no answer'}" for status, number in sorted(errors.items())) or "0"
    )
    latencies = f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms"
    return f"{latencies}; {len(samples) / seconds:.0f}/s; {len(samples):,} asked; errors {said}"


def medians(samples: Iterable[Sample]) -> dict[str, float]:
    """The median in milliseconds of each kind of request, in the order they first came."""
    times: dict[str, list[float]] = {}
    for one in samples:
        times.setdefault(one.what, []).append(one.seconds * 1000)
    return {what: percentile(found, 50) for what, found in times.items()}
