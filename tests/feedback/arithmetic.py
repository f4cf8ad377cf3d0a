"""Statistics by plain arithmetic, to compare with what the counters say."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from chalicelib.feedback.statistics import nps_interval

SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}


def plain(responses: Iterable[tuple[str, int | None]]) -> dict[str, Any]:
    """The measures of (kind, score) pairs by plain arithmetic."""
    given_ = list(responses)
    nps, csat, ces = ([score for kind, score in given_ if kind == name] for name in ("nps", "csat", "ces"))
    promoters, detractors = sum(s >= 9 for s in nps if s), sum(s <= 6 for s in nps if s is not None)
    satisfied = sum(s >= 4 for s in csat if s)
    return {
        "responses": len(given_),
        "by_kind": {
            name: sum(kind == name for kind, _ in given_)
            for name in ("nps", "csat", "ces", "comment", "suggestion")
        },
        "nps": {
            "responses": len(nps),
            "promoters": promoters,
            "passives": len(nps) - promoters - detractors,
            "detractors": detractors,
            "score": _rounded(100 * (promoters - detractors), len(nps), 10),
            "interval": _interval(promoters, len(nps) - promoters - detractors, detractors),
        },
        "csat": {
            "responses": len(csat),
            "satisfied": satisfied,
            "score": _rounded(100 * satisfied, len(csat), 10),
        },
        "ces": {"responses": len(ces), "mean": _rounded(sum(s for s in ces if s), len(ces), 100)},
        "invitations": {"invited": 0, "answered": 0, "rate": None},
    }


def _interval(promoters: int, passives: int, detractors: int) -> dict[str, float] | None:
    low, high = nps_interval(promoters, passives, detractors)
    return {"low": low, "high": high} if promoters + passives + detractors else None


def _rounded(part: int, whole: int, steps: int) -> float | None:
    if not whole:
        return None
    exact = abs(Fraction(part, whole)) * steps
    size = int(exact + Fraction(1, 2)) / steps
    return -size if part < 0 else size
