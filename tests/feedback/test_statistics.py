"""Statistics: exact whatever is delivered twice, late, in another order or at the same time."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.kernel import aws, config
from chalicelib.kernel.config import settings
from tests.api import Api
from tests.cloud import Cloud
from tests.feedback.arithmetic import SCALES, plain
from tests.feedback.messages import message

ZONE = ZoneInfo("Pacific/Auckland")
NOBODY = "cus_01J00000000000000000000000"


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_TIME_ZONE", str(ZONE))
    config.settings.cache_clear()


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
        **plain((kind, score) for _, kind, score in within),
        "by_day": [
            {"date": str(day), **plain((kind, score) for on, kind, score in within if on == day)}
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
    expected = plain((one["kind"], one["score"]) for one in responses if "customer_id" not in one)
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
