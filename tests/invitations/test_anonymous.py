"""An anonymous survey: nothing that is stored, published or logged leads from a response to its giver."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import boto3
import pytest

from chalicelib.kernel import config, ids
from tests.api import Api
from tests.cloud import Cloud
from tests.invitations.inviting import customer, invite, look, path, send, title, wake
from tests.mailbox import outbox
from tests.surveys.making import SPEED, published

ZONE = "Pacific/Auckland"


def _objects(cloud: Cloud) -> list[str]:
    found = []
    for bucket in ("MailBucket", "FilesBucket"):
        for version in boto3.client("s3").list_object_versions(Bucket=cloud[bucket]).get("Versions", []):
            body = boto3.client("s3").get_object(Bucket=cloud[bucket], Key=version["Key"])["Body"].read()
            found.append(f"{version['Key']} {body!r}")
    return found


def _published_events(cloud: Cloud) -> list[dict[str, Any]]:
    return [one for one in cloud.items() if str(one["sk"]).startswith("EVT#")]


def _answered(api: Api, cloud: Cloud) -> tuple[list[str], list[Any]]:
    """Three people who were invited and answered, each something else: their ids, and the invitations."""
    published(api, anonymous=True, questions=[SPEED], inviting={"reminders": [3], "pause_days": 0})
    people = [customer(api, name) for name in ("Ada", "Bo", "Cy")]
    made = []
    for place, person in enumerate(people):
        made += invite(api, cloud, person)
        where = path()
        assert "anonymous" in look(where).text
        done = send(where, look(where), score=9 - 4 * place, speed=5 - place, comment=f"Secret {place}")
        assert title(done) == "Thank you. Your answer has arrived."
        assert title(send(where, look(where), score=1)) == "We have your answer already. Thank you."
    cloud.pump(twice=True)
    return people, made


def test_nothing_leads_from_a_response_to_its_giver(
    api: Api, cloud: Cloud, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAPPORT_TIME_ZONE", ZONE)
    config.settings.cache_clear()
    people, made = _answered(api, cloud)
    logged = capsys.readouterr().out
    responses = api.get("/v1/feedback").ok()["data"]
    assert sorted(one["score"] for one in responses) == [1, 5, 9]
    day = responses[0]["submitted_at"]
    assert day.endswith(("T11:00:00.000Z", "T12:00:00.000Z")), "midnight where the business is"
    for one in responses:
        assert one["submitted_at"] == one["received_at"] == day
        assert (one["customer_id"], one["invitation_id"], one["ticket_id"]) == (None, None, None)
    rate = {"invited": 3, "answered": 3, "rate": 100.0}
    assert api.get("/v1/feedback/stats?survey=delivery").ok()["invitations"] == rate
    (stage,) = api.get("/v1/feedback/stats/stage?survey=delivery").ok()["groups"]
    assert (stage["value"], stage["invitations"]) == ("none", rate)

    bare = [one.split("_")[1] for one in (*people, *(one["id"] for one in made))]
    own = [one["id"] for one in responses]
    items = [one for one in cloud.items() if any(name in json.dumps(one, default=str) for name in own)]
    assert len(items) == 4 * len(responses), "the response, that it was handed in, and an event of each"
    for item in items:
        _check_item(item, day, [*bare, "@example.org", "192.0.2.1"])
    assert not [text for text in _objects(cloud) if any(word in text for word in ("Secret", *own))]
    assert not [word for word in ("Secret", *own, *bare[3:]) if word in logged]


def _check_item(item: dict[str, Any], day: str, tell_tale: list[str]) -> None:
    """An item of a response names nobody, and tells no time but the day, neither openly nor by an id."""
    text = json.dumps(item, default=str)
    assert not [word for word in tell_tale if word in text], item["pk"]
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:.]+Z", text)) <= {day}
    ulids = re.findall(rf"(?:EVT#|evt_)({ids.ULID_PATTERN})", text)
    assert {one[:10] for one in ulids} <= {ids.ulid(_moment(day))[:10]}
    assert item.get("expires_at", 0) in (0, int(_moment(day).timestamp()) + 30 * 86_400)


def test_an_invitation_knows_that_it_was_answered_and_tells_nobody(api: Api, cloud: Cloud) -> None:
    _, made = _answered(api, cloud)
    stored = [one for one in cloud.items() if one["sk"] == "INVITATION"]
    assert [one["state"] for one in stored] == ["answered"] * 3
    assert not [one for one in stored if "answered_at" in one or "feedback_id" in one]
    shown = [api.get(f"/v1/invitations/{one['id']}").ok() for one in made]
    assert shown == made, "as if nobody had answered"
    before = len(outbox())
    for one in made:
        wake(cloud, one)
    assert len(outbox()) == before, "who answered is not reminded"


def _moment(stamped: str) -> datetime:
    return datetime.fromisoformat(stamped)


def test_two_ids_in_a_row_tell_no_order(api: Api, cloud: Cloud) -> None:
    published(api, anonymous=True, public=True, questions=[])
    pages = [look("/surveys/delivery") for _ in range(4)]
    for score, page in enumerate(pages):
        assert title(send("/surveys/delivery", page, score=score)).startswith("Thank you")
    cloud.pump()
    ids_ = sorted(one["sk"][14:] for one in _published_events(cloud) if one["type"] == "feedback.received")
    assert len({one[:8] for one in ids_}) == 4, "not one after the other"
    visits = [one for one in cloud.items() if one["pk"].startswith("ANSWERED#")]
    assert [one["count"] for one in visits] == [4]
    assert visits[0]["expires_at"] % 3600 == 0
