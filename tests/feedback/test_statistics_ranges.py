"""Which days statistics are of: a year is one query, a month is usual, what is no range is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.feedback.statistics import additions
from chalicelib.kernel import aws, config
from chalicelib.kernel.config import settings
from chalicelib.kernel.table import encode_item
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud

ZONE = ZoneInfo("Pacific/Auckland")


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_TIME_ZONE", str(ZONE))
    config.settings.cache_clear()


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
