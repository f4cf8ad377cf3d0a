"""Understanding anew and counting anew: the same figures as if all had come just now, also after erasure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.feedback import recounting, store
from chalicelib.feedback.dimensions import Dimension
from chalicelib.feedback.reunderstanding import read_anew
from chalicelib.kernel import aws, counters
from infra import reunderstand
from tests.api import Api
from tests.cloud import Cloud
from tests.feedback.messages import message

SPRING = datetime(2026, 3, 30, 12, tzinfo=UTC)
DIMENSIONS: tuple[Dimension, ...] = ("channel", "language", "stage", "tag", "theme")
RANGE = "from=2026-01-01&to=2026-12-31"


@pytest.fixture
def given(api: Api, cloud: Cloud) -> list[str]:
    """Some responses of a customer and of others, in two surveys, counted by all there is."""
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    said = [
        "The delivery was late.",
        "Lovely staff, great delivery!",
        "Das Zimmer war leider schmutzig.",
        None,
    ]
    batch = [
        message(
            SPRING + timedelta(days=n % 3),
            score=n,
            survey=("a", "b")[n % 2],
            comment=said[n % 4],
            tags=["berlin"] if n % 3 else [],
            channel=("web", "email")[n % 2],
            **({"customer_id": ada} if n < 5 else {}),
        )
        for n in range(10)
    ]
    assert cloud.deliver("FeedbackQueue", batch) == set()
    cloud.pump()
    return [ada]


def _figures(api: Api) -> list[Any]:
    surveys = ("", "&survey=a", "&survey=b")
    whole = [api.get(f"/v1/feedback/stats?{RANGE}{survey}").ok() for survey in surveys]
    apart = [
        api.get(f"/v1/feedback/stats/{one}?{RANGE}&interval=day{survey}").ok()
        for one in DIMENSIONS
        for survey in surveys
    ]
    return [*whole, *apart]


def _forget(cloud: Cloud) -> None:
    """Damage: some counters are lost, some say something else."""
    for place, item in enumerate(one for one in cloud.items() if one["pk"].startswith("STAT#")):
        key = {"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}}
        if place % 2:
            aws.dynamodb().delete_item(TableName=cloud["Table"], Key=key)
        else:
            name = next(name for name in item if name not in ("pk", "sk"))
            aws.dynamodb().update_item(
                TableName=cloud["Table"],
                Key=key,
                UpdateExpression="ADD #n :n",
                ExpressionAttributeNames={"#n": name},
                ExpressionAttributeValues={":n": {"N": "7"}},
            )


def test_counting_anew_gives_the_same_figures_also_after_erasure(
    api: Api, cloud: Cloud, given: list[str]
) -> None:
    before = _figures(api)
    assert recounting.recount() == (0, 0), "they are right already"
    _forget(cloud)
    assert _figures(api) != before
    wrong, left = recounting.recount()
    assert wrong > 0
    assert left == 0
    assert _figures(api) == before
    api.post(f"/v1/customers/{given[0]}/erasure", {"reason": "request", "confirm": given[0]}).ok(201)
    cloud.pump()
    assert sum(one.feedback.reduced for one in store.every()) == 5
    assert _figures(api) == before
    _forget(cloud)
    recounting.recount()
    assert _figures(api) == before


def test_reading_anew_corrects_what_an_older_engine_made(
    api: Api,
    cloud: Cloud,
    given: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counters, "pick_shard", lambda: 1)  # what is recounted lies in the other one
    before, responses = _figures(api), api.get("/v1/feedback?limit=100").ok()
    ids, _ = store.newest_ids(100, None)
    assert len(ids) == 10
    assert read_anew(ids) == (0, []), "nothing is understood otherwise"
    for n, item in enumerate(one for one in cloud.items() if one["sk"] == "FEEDBACK"):
        key = {"pk": {"S": item["pk"]}, "sk": {"S": "FEEDBACK"}}
        # as a release without understanding left them, half of them
        if n % 2:
            continue
        aws.dynamodb().update_item(
            TableName=cloud["Table"],
            Key=key,
            UpdateExpression="REMOVE sentiment, themes, urgency, tallied, #l",
            ExpressionAttributeNames={"#l": "language"},
        )
    recounting.recount()
    assert _figures(api) != before
    assert reunderstand.read_anew(None) == 5
    assert _figures(api) == before
    assert api.get("/v1/feedback?limit=100").ok() == responses
    assert reunderstand.read_anew(ids[4]) == 0
    assert "5 responses, 0 changed" in capsys.readouterr().out


def test_what_is_reduced_is_left_as_it_was(api: Api, cloud: Cloud, given: list[str]) -> None:
    api.post(f"/v1/customers/{given[0]}/erasure", {"reason": "request", "confirm": given[0]}).ok(201)
    cloud.pump()
    before = _figures(api)
    reunderstand.read_anew(None)
    assert _figures(api) == before
