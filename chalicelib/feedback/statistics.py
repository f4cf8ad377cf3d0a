"""What a response adds to the counters, and what the sums of the counters mean."""

import datetime
import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from chalicelib.feedback.model import KINDS, Kind
from chalicelib.feedback.understanding.model import Label
from chalicelib.kernel.model import Model


def additions(
    kind: Kind, score: int | None, label: Label | None = None, *, invited: bool = False
) -> dict[str, int]:
    """What one response adds to the counters of its survey's day.

    Promoters gave 9 or 10, passives 7 or 8, detractors 0 to 6 (Reichheld, "The One Number You Need to
    Grow", 2003); satisfied are the upper two of five.
    """
    found: dict[str, int] = {"responses": 1}
    found[kind] = 1
    if label:
        found[label] = 1
    if invited:
        found["answered"] = 1
    if score is None:
        return found
    if kind == "nps":
        found["promoters" if score >= 9 else "passives" if score >= 7 else "detractors"] = 1
    elif kind == "csat" and score >= 4:
        found["satisfied"] = 1
    elif kind == "ces":
        found["effort"] = score
    return found


def ratio(part: int, whole: int, digits: int) -> float | None:
    """`part / whole`, rounded to `digits` decimals with halves away from zero; None for nothing."""
    if not whole:
        return None
    return float((Decimal(part) / whole).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)) + 0.0  # no −0.0


Z = 1.959964
"""Of 95 % of the normal distribution, both sides."""


def nps_interval(promoters: int, passives: int, detractors: int) -> tuple[float, float]:
    """The 95 % confidence interval of a Net Promoter Score, from −100 to 100, to one decimal.

    The adjusted Wald interval that adds three quarters to promoters and detractors and one and a half to
    passives: it covers what it says for small samples too (Rocks, "Interval Estimation for the 'Net Promoter
    Score'", The American Statistician 70(4), 2016).
    """
    whole = promoters + passives + detractors + 3
    up, down = (promoters + 0.75) / whole, (detractors + 0.75) / whole
    middle = up - down
    margin = Z * math.sqrt((up + down - middle**2) / whole)
    low, high = max(-1.0, middle - margin), min(1.0, middle + margin)
    return round(100 * low, 1) + 0.0, round(100 * high, 1) + 0.0  # no −0.0


Percentage = Annotated[float | None, Field(description="To one decimal; null without answers.")]


class Interval(Model):
    """What the score would be, with a probability of 95 %, if everybody had answered."""

    low: float
    high: float


class Nps(Model):
    """Net Promoter Score: % promoters − % detractors, from −100 to 100."""

    responses: int
    promoters: int
    passives: int
    detractors: int
    score: Percentage
    interval: Annotated[Interval | None, Field(description="Null without answers.")]


class Csat(Model):
    """Customer satisfaction: the share of 4 and 5 among the scores, in %."""

    responses: int
    satisfied: int
    score: Percentage


class Ces(Model):
    """Customer Effort Score: the mean of the scores."""

    responses: int
    mean: Annotated[float | None, Field(description="To two decimals; null without answers.")]


class Invitations(Model):
    """How many were invited in this time, how many responses to invitations came in it, and their share.

    Who is invited on one day may answer on another, so of a short time it may be over 100 %.
    """

    invited: int
    answered: int
    rate: Percentage


class Moods(Model):
    """How many responses feel good, bad, or neither."""

    positive: int
    neutral: int
    negative: int


class Measures(Model):
    """`responses` counts all that came, comments and suggestions too; each measure counts its own kind."""

    responses: int
    by_kind: dict[Kind, int]
    nps: Nps
    csat: Csat
    ces: Ces
    invitations: Annotated[
        Invitations | None, Field(description="Null apart by tag or theme, which no invitation has.")
    ]
    sentiment: Moods


class DayStatistics(Measures):
    date: datetime.date


class PeriodStatistics(Measures):
    """A week from Monday on, or a month; the first and the last one as far as the range goes."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    first: Annotated[datetime.date, Field(alias="from")]
    last: Annotated[datetime.date, Field(alias="to")]


class Statistics(Measures):
    """Of one survey, or of all; `by_day` lists the days on which something came, oldest first."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    survey: str | None
    first: Annotated[datetime.date, Field(alias="from")]
    last: Annotated[datetime.date, Field(alias="to")]
    by_day: list[DayStatistics]
    periods: Annotated[
        list[PeriodStatistics], Field(description="The weeks or months, when `interval` asks for them.")
    ] = []


def measures(counters: Mapping[str, int], *, topics: bool = False) -> dict[str, Any]:
    """The fields of Measures, from summed counters; those of `topics` have no invitations."""

    def count(name: str) -> int:
        return counters.get(name, 0)

    balance = count("promoters") - count("detractors")
    return {
        "responses": count("responses"),
        "by_kind": {kind: count(kind) for kind in KINDS},
        "nps": Nps(
            responses=count("nps"),
            promoters=count("promoters"),
            passives=count("passives"),
            detractors=count("detractors"),
            score=ratio(100 * balance, count("nps"), 1),
            interval=_interval(*(count(one) for one in ("promoters", "passives", "detractors"))),
        ),
        "csat": Csat(
            responses=count("csat"),
            satisfied=count("satisfied"),
            score=ratio(100 * count("satisfied"), count("csat"), 1),
        ),
        "ces": Ces(responses=count("ces"), mean=ratio(count("effort"), count("ces"), 2)),
        "invitations": None if topics else _invitations(count("invited"), count("answered")),
        "sentiment": Moods(positive=count("positive"), neutral=count("neutral"), negative=count("negative")),
    }


def _invitations(invited: int, answered: int) -> Invitations:
    return Invitations(invited=invited, answered=answered, rate=ratio(100 * answered, invited, 1))


def _interval(promoters: int, passives: int, detractors: int) -> Interval | None:
    if not promoters + passives + detractors:
        return None
    low, high = nps_interval(promoters, passives, detractors)
    return Interval(low=low, high=high)
