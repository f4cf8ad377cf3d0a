"""Statistics apart by channel, language, stage, tag and theme; by week and month; and how they changed."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from chalicelib.feedback import counts, dimensions
from chalicelib.kernel import aws
from chalicelib.kernel.config import settings
from chalicelib.kernel.table import encode_item
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.feedback.messages import message
from tests.stack import one_at_a_time

QUEUE, TALLY = "FeedbackQueue", "TallyQueue"
SPRING = datetime(2026, 3, 30, 12, tzinfo=UTC)


def _groups(api: Api, dimension: str, query: str = "from=2026-01-01&to=2026-12-31") -> dict[str, Any]:
    found = api.get(f"/v1/feedback/stats/{dimension}?{query}").ok()
    return {group.pop("value"): group for group in found["groups"]}


def test_each_dimension_is_counted(api: Api, cloud: Cloud) -> None:
    ada = api.post("/v1/customers", {"emails": ["ada@example.org"], "stage": "customer"}).ok(201)
    said: dict[str, Any] = {
        "comment": "The delivery was late and the driver was rude.",
        "tags": ["berlin", "express"],
    }
    batch = [
        message(SPRING, score=2, customer_id=ada["id"], channel="email", **said),
        message(SPRING, score=10, email="ada@example.org", channel="mobile", language="de-AT"),
        message(SPRING, score=9, email="new@example.org", comment="Fast delivery, thank you so much"),
        message(SPRING, kind="csat", score=5, survey="visit", tags=["berlin"]),
    ]
    with counted() as calls:
        assert cloud.deliver(QUEUE, batch) == set()
    assert calls == ["BatchGetItem", "TransactWriteItems"]
    cloud.pump()

    by_channel = _groups(api, "channel")
    assert {name: group["responses"] for name, group in by_channel.items()} == {
        "web": 2,
        "email": 1,
        "mobile": 1,
    }
    assert by_channel["email"]["nps"]["score"] == -100
    assert by_channel["email"]["sentiment"] == {"positive": 0, "neutral": 0, "negative": 1}
    assert {name: group["responses"] for name, group in _groups(api, "language").items()} == {
        "en": 2, "de": 1, "und": 1
    }  # fmt: skip
    assert {name: group["responses"] for name, group in _groups(api, "stage").items()} == {
        "customer": 2, "lead": 1, "none": 1
    }  # fmt: skip
    tags = _groups(api, "tag")
    assert {name: group["responses"] for name, group in tags.items()} == {"berlin": 2, "express": 1}
    assert (tags["berlin"]["nps"]["detractors"], tags["berlin"]["csat"]["satisfied"]) == (1, 1)
    assert _groups(api, "theme")["delivery"]["responses"] == 2
    assert _groups(api, "theme", "survey=visit&from=2026-01-01&to=2026-12-31") == {}
    assert set(_groups(api, "tag", "survey=visit&value=berlin&from=2026-03-01&to=2026-04-01")) == {"berlin"}


def test_a_customers_stage_is_the_one_at_that_time(api: Api, cloud: Cloud) -> None:
    ada = api.post("/v1/customers", {"emails": ["ada@example.org"], "stage": "prospect"}).ok(201)
    cloud.deliver(QUEUE, [message(customer_id=ada["id"])])
    api.patch(f"/v1/customers/{ada['id']}", {"stage": "customer"}).ok()
    (stored,) = api.get(f"/v1/feedback?customer_id={ada['id']}").ok()["data"]
    assert stored["stage"] == "prospect"


def test_weeks_and_months_sum_up_their_days(api: Api, cloud: Cloud) -> None:
    cloud.deliver(QUEUE, [message(SPRING + timedelta(days=n), score=n, channel="sms") for n in range(8)])
    query = "from=2026-03-31&to=2026-04-30"
    weeks = api.get(f"/v1/feedback/stats?{query}&interval=week").ok()["periods"]
    assert [(one["from"], one["to"], one["responses"]) for one in weeks] == [
        ("2026-03-31", "2026-04-05", 6), ("2026-04-06", "2026-04-12", 1)
    ]  # fmt: skip
    months = _groups(api, "channel", f"{query}&interval=month")["sms"]["periods"]
    assert [(one["from"], one["to"], one["responses"]) for one in months] == [
        ("2026-03-31", "2026-03-31", 1), ("2026-04-01", "2026-04-30", 6)
    ]  # fmt: skip


def test_groups_are_compared_with_as_many_days_before(api: Api, cloud: Cloud) -> None:
    days = [0, 0, 1, 7, 8, 9, 9, 9]
    cloud.deliver(QUEUE, [message(SPRING + timedelta(days=n), tags=["berlin"]) for n in days])
    cloud.pump()
    tag = _groups(api, "tag", "from=2026-04-06&to=2026-04-12")["berlin"]
    assert (tag["responses"], tag["before"], tag["change"]) == (5, 3, 66.7)
    tag = _groups(api, "tag", "from=2026-01-01&to=2026-12-31")["berlin"]
    assert (tag["before"], tag["change"]) == (None, None)


def test_days_of_invitations_alone_are_no_days_of_responses(api: Api, cloud: Cloud) -> None:
    day = {"pk": "STAT#visit", "sk": "DAY#2026-03-29#0", "invited": 8}
    aws.dynamodb().put_item(TableName=cloud["Table"], Item=encode_item(day))
    cloud.deliver(QUEUE, [message(SPRING, survey="visit")])
    found = api.get("/v1/feedback/stats?survey=visit&from=2026-03-01&to=2026-03-31").ok()
    assert found["invitations"]["invited"] == 8
    assert [day["date"] for day in found["by_day"]] == ["2026-03-30"]
    found = api.get("/v1/feedback/stats?survey=visit&from=2026-03-01&to=2026-03-31&interval=month").ok()
    assert [month["invitations"]["invited"] for month in found["periods"]] == [8]


def test_topics_are_counted_once_however_often_they_are_told(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_at_a_time(monkeypatch)
    batch = [message(SPRING, tags=["berlin"], comment="Parking is expensive") for _ in range(20)]
    for begin in (0, 10):
        assert cloud.deliver(QUEUE, batch[begin : begin + 10]) == set()
    cloud.publish()
    told = cloud.receive(TALLY)
    assert len(told) == 20
    with ThreadPoolExecutor(50) as pool:
        failed = list(pool.map(lambda n: cloud.deliver(TALLY, told[n % 2 :: 2]), range(50)))
    again = [one for one in told if any(one["MessageId"] in some for some in failed)]
    for begin in range(0, len(again), 10):
        assert cloud.deliver(TALLY, again[begin : begin + 10]) == set()
    assert _groups(api, "tag")["berlin"]["responses"] == 20
    assert _groups(api, "theme")["parking"]["responses"] == 20


def test_fifty_workers_count_each_response_once(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_at_a_time(monkeypatch)
    channels = ("web", "email", "phone")
    given = [
        message(SPRING, score=n % 11, channel=channels[n % 3], survey=("a", "b")[n % 2]) for n in range(100)
    ]
    parts = [given[(7 * n) % 91 : (7 * n) % 91 + 10] for n in range(50)]
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda part: cloud.deliver(QUEUE, part), parts))
    for begin in range(0, 100, 10):
        assert cloud.deliver(QUEUE, given[begin : begin + 10]) == set()
    found = _groups(api, "channel")
    assert {name: group["responses"] for name, group in found.items()} == {
        "web": 34,
        "email": 33,
        "phone": 33,
    }
    assert api.get("/v1/feedback/stats?from=2026-03-01&to=2026-03-31").ok()["responses"] == 100


@pytest.mark.parametrize(("dimension", "names"), [("channel", 11), ("theme", 20)])
def test_a_full_year_of_a_dimension_is_one_query(
    api: Api, cloud: Cloud, dimension: dimensions.Dimension, names: int
) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    values = [f"value {n:02d} of them" for n in range(names)]
    shards = settings().counter_shards if dimension == "channel" else 1
    codes = dict.fromkeys("psd+=-", 3)
    items = [
        {
            "pk": counts.partition(None, dimension),
            "sk": f"DAY#{day}#{shard}",
            **{f"{value}|{code}": amount for value in values for code, amount in codes.items()},
        }
        for day, shard in product(days, range(shards))
    ]
    for start in range(0, len(items), 25):
        puts: Any = [{"PutRequest": {"Item": encode_item(item)}} for item in items[start : start + 25]]
        aws.dynamodb().batch_write_item(RequestItems={cloud["Table"]: puts})
    with counted() as calls:
        found = _groups(api, dimension)
    assert calls == ["Query"]
    assert Counter(group["responses"] for group in found.values()) == {365 * shards * 9: names}


def test_bad_dimensions_are_refused(api: Api) -> None:
    api.get("/v1/feedback/stats/weather").problem(404, "not_found")
    for query in ("interval=hour", "value=", "from=2025-01-01&to=2026-12-31"):
        api.get(f"/v1/feedback/stats/channel?{query}").problem(422, "invalid")
