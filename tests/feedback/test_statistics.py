"""Statistics: exact whatever is delivered twice, late, in another order or at the same time."""

from __future__ import annotations

import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.feedback.statistics import additions, measures, nps_interval, ratio
from chalicelib.kernel import aws, config
from chalicelib.kernel.config import settings
from chalicelib.kernel.table import encode_item
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.feedback.messages import message

ZONE = ZoneInfo("Pacific/Auckland")
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
NOBODY = "cus_01J00000000000000000000000"


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_TIME_ZONE", str(ZONE))
    config.settings.cache_clear()


def _plain(responses: Iterable[tuple[str, int | None]]) -> dict[str, Any]:
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


def _random_response(rng: random.Random) -> dict[str, Any]:
    kind = rng.choice([*SCALES, "comment", "suggestion"])
    score = rng.randint(*SCALES[kind]) if kind in SCALES else None
    person = rng.choice([{}, {"email": f"p{rng.randrange(4)}@example.org"}, {"customer_id": NOBODY}])
    at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(5 * 1440))
    return {
        "kind": kind, "score": score, "comment": "Yes", "survey": rng.choice(["a", "b"]), "at": at, **person
    }  # fmt: skip


def _check(api: Api, responses: list[dict[str, Any]], survey: str | None) -> None:
    counted_ = [
        (one["at"].astimezone(ZONE).date(), one["kind"], one["score"])
        for one in responses
        if "customer_id" not in one and survey in (None, one["survey"])
    ]
    first, last = date(2026, 3, 2), date(2026, 3, 5)
    within = [(day, kind, score) for day, kind, score in counted_ if first <= day <= last]
    query = f"from={first}&to={last}" + (f"&survey={survey}" if survey else "")
    days = sorted({day for day, _, _ in within})
    found = api.get(f"/v1/feedback/stats?{query}").ok()
    for counted_one in (found, *found["by_day"]):
        assert sum(counted_one.pop("sentiment").values()) == counted_one["responses"]
    assert found == {
        "periods": [],
        "survey": survey,
        "from": str(first),
        "to": str(last),
        **_plain((kind, score) for _, kind, score in within),
        "by_day": [
            {"date": str(day), **_plain((kind, score) for on, kind, score in within if on == day)}
            for day in days
        ],
    }


@pytest.mark.parametrize("seed", range(3))
def test_exact_under_repeats_disorder_and_workers_at_the_same_time(api: Api, cloud: Cloud, seed: int) -> None:
    rng = random.Random(seed)
    responses = [_random_response(rng) for _ in range(40)]
    messages = [message(one["at"], **{k: v for k, v in one.items() if k != "at"}) for one in responses]
    deliveries = messages + rng.sample(messages, 20)
    rng.shuffle(deliveries)
    batches = [deliveries[start : start + 10] for start in range(0, len(deliveries), 10)]
    with ThreadPoolExecutor(3) as pool:
        failed = set().union(*pool.map(lambda batch: cloud.deliver("FeedbackQueue", batch), batches))
    again = [one for one in messages if one["MessageId"] in failed]
    assert cloud.deliver("FeedbackQueue", again) == set()
    for survey in (None, "a", "b"):
        _check(api, responses, survey)
    emails = {one["email"] for one in responses if "email" in one}
    assert len(api.get("/v1/customers?stage=lead").ok()["data"]) == len(emails)


@pytest.mark.parametrize("seed", range(2))
def test_exact_through_the_api_and_a_pump_that_repeats(api: Api, cloud: Cloud, seed: int) -> None:
    rng = random.Random(seed)
    responses = [_random_response(rng) for _ in range(15)]
    for one in responses:
        body = {name: value for name, value in one.items() if name != "at"}
        for _ in range(rng.randint(1, 2)):
            api.post("/v1/feedback", body, Idempotency_Key=f"k{id(one)}").ok(202)
    cloud.pump(twice=True, seed=seed)
    expected = _plain((one["kind"], one["score"]) for one in responses if "customer_id" not in one)
    found = api.get("/v1/feedback/stats").ok()
    assert {name: found[name] for name in expected} == expected


def test_contention_with_other_transactions_is_waited_out(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = aws.dynamodb()
    transact = client.transact_write_items
    refusals = [3]

    def contended(**request: Any) -> Any:
        if not refusals[0]:
            return transact(**request)
        refusals[0] -= 1
        reasons: Any = [{"Code": "None"} for _ in request["TransactItems"]]
        reasons[-1]["Code"] = "TransactionConflict"
        raise client.exceptions.TransactionCanceledException(
            {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons},
            "TransactWriteItems",
        )

    monkeypatch.setattr(client, "transact_write_items", contended)
    assert cloud.deliver("FeedbackQueue", [message() for _ in range(5)]) == set()
    assert api.get("/v1/feedback/stats").ok()["nps"]["promoters"] == 5


def test_counters_are_spread_over_as_many_shards_as_the_stack_says(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.deliver("FeedbackQueue", [message(score=9)])
    monkeypatch.setenv("RAPPORT_COUNTER_SHARDS", "64")
    settings.cache_clear()
    for _ in range(4):
        cloud.deliver("FeedbackQueue", [message(score=9)])
    assert api.get("/v1/feedback/stats").ok()["nps"]["promoters"] == 5
    assert any(int(item["sk"].rpartition("#")[2]) > 1 for item in cloud.items() if item["pk"] == "STAT#*")
    monkeypatch.setenv("RAPPORT_COUNTER_SHARDS", "1")
    settings.cache_clear()
    cloud.deliver("FeedbackQueue", [message(score=9)])
    assert api.get("/v1/feedback/stats").ok()["nps"]["promoters"] == 6, "all shards count, whatever there are"


def test_statistics_of_a_full_leap_year_are_one_query(api: Api, cloud: Cloud) -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    items = [
        {"pk": "STAT#*", "sk": f"DAY#{day}#{shard}", **additions("nps", 10)}
        for day, shard in product(days, range(settings().counter_shards))
    ]
    for start in range(0, len(items), 25):  # not counted as the worker does, which takes moto minutes
        puts: Any = [{"PutRequest": {"Item": encode_item(item)}} for item in items[start : start + 25]]
        aws.dynamodb().batch_write_item(RequestItems={cloud["Table"]: puts})
    with counted() as calls:
        found = api.get("/v1/feedback/stats?from=2024-01-01&to=2024-12-31").ok()
    assert calls == ["Query"]
    assert found["nps"]["promoters"] == 732
    assert [day["date"] for day in found["by_day"]] == [str(day) for day in days]


def test_without_answers_there_is_no_score(api: Api) -> None:
    found = api.get("/v1/feedback/stats?survey=nobody-answered").ok()
    assert found["responses"] == 0
    assert found["by_day"] == []
    assert (found["nps"]["score"], found["csat"]["score"], found["ces"]["mean"]) == (None, None, None)


def test_the_usual_range_is_the_last_thirty_days_where_the_business_is(api: Api) -> None:
    today = datetime.now(ZONE).date()
    found = api.get("/v1/feedback/stats").ok()
    assert (found["from"], found["to"]) == (str(today - timedelta(days=29)), str(today))
    found = api.get("/v1/feedback/stats?to=2026-01-30").ok()
    assert found["from"] == "2026-01-01"


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-01-02&to=2026-01-01",
        "from=2024-01-01&to=2025-01-01",
        "from=yesterday",
        "from=1700000000",
        "from=2026-02-30",
        "to=0001-01-01",
        "to=9999-12-31",
        "from=2026-01-01T00:00:00Z",
        "survey=*",
        "first=2026-01-01",
    ],
)
def test_ranges_that_are_none_are_refused(api: Api, query: str) -> None:
    api.get(f"/v1/feedback/stats?{query}").problem(422, "invalid")


@given(st.lists(st.sampled_from([(k, s) for k, (low, high) in SCALES.items() for s in range(low, high + 1)])))
def test_sums_of_additions_say_what_plain_arithmetic_says(responses: list[tuple[str, int]]) -> None:
    total: dict[str, int] = {}
    for kind, score in responses:
        for name, amount in additions(kind, score).items():  # type: ignore[arg-type]  # a Literal, drawn from its values
            total[name] = total.get(name, 0) + amount
    found = measures(total)
    found.pop("sentiment")  # of which it says nothing
    plain = {
        name: value if isinstance(value, int | dict) else value.model_dump() for name, value in found.items()
    }
    assert plain == _plain(responses)


def test_the_interval_of_a_net_promoter_score() -> None:
    assert nps_interval(50, 30, 20) == (14.1, 44.2), "29.1 ± 15.1 of 103"


@given(st.tuples(*[st.integers(0, 10_000)] * 3))
def test_more_answers_make_the_interval_narrower(counts: tuple[int, int, int]) -> None:
    low, high = nps_interval(*counts)
    assert -100 <= low < high <= 100
    if sum(counts):
        lower, higher = nps_interval(*(4 * one for one in counts))
        assert higher - lower <= high - low


def test_halves_are_rounded_away_from_zero() -> None:
    assert ratio(1, 8, 2) == 0.13
    assert ratio(-1, 8, 2) == -0.13
    assert ratio(-100, 3, 1) == -33.3
    assert ratio(0, 5, 1) == 0.0
