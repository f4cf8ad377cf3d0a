"""Quiet hours hold where the reader is, past midnight and over changes of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel import config
from chalicelib.mail.quiet import Quiet, next_good_moment
from tests.api import Api
from tests.cloud import Cloud
from tests.consent.statements import customer, say, topic
from tests.mailbox import outbox

NIGHT = Quiet.of("21:00", "08:00")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "then"),
    [
        ("2026-07-01T12:00", "Europe/Berlin", "2026-07-01T12:00"),
        ("2026-07-01T19:00", "Europe/Berlin", "2026-07-02T06:00"),
        ("2026-07-01T05:59", "Europe/Berlin", "2026-07-01T06:00"),
        ("2026-07-01T12:00", "Asia/Tokyo", "2026-07-01T23:00"),
        ("2026-03-28T22:00", "Europe/Berlin", "2026-03-29T06:00"),
        ("2026-10-24T22:00", "Europe/Berlin", "2026-10-25T07:00"),
    ],
)
def test_when_a_mail_may_go(now: str, zone: str, then: str) -> None:
    assert next_good_moment(_at(now), ZoneInfo(zone), [NIGHT, None]) == _at(then)


TIMES = st.sampled_from(["00:00", "02:30", "08:00", "12:00", "20:15", "23:59"])


@given(
    now=st.integers(0, 700 * 1440).map(lambda minutes: _at("2026-01-01T00:00") + timedelta(minutes=minutes)),
    zone=st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
    ),
    several=st.lists(st.builds(Quiet.of, TIMES, TIMES), max_size=2),
)
def test_the_moment_is_good_or_there_is_none(now: datetime, zone: str, several: list[Quiet | None]) -> None:
    then = next_good_moment(now, ZoneInfo(zone), several)
    local = then.astimezone(ZoneInfo(zone)).time()
    assert then >= now
    assert then == now or not any(quiet and quiet.holds(local) for quiet in several)


def _write(api: Api, url: str, **more: Any) -> str:
    body = {"customer_id": url.rpartition("/")[2], "subject": "Hi", "text": "Hello.", **more}
    return str(api.post("/v1/messages", body).ok(201)["id"])


@pytest.fixture
def reader(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> str:
    """Somebody for whom it is always night."""
    monkeypatch.setenv("RAPPORT_QUIET_HOURS", "00:00-23:59")
    config.settings.cache_clear()
    topic(api, "news", double_opt_in=False)
    url = customer(api, emails=["ada@example.org"], time_zone="Asia/Tokyo")
    say(api, url, topic="news")
    return url


def test_a_campaign_waits_for_the_morning_and_an_answer_does_not(api: Api, cloud: Cloud, reader: str) -> None:
    waiting, answer = _write(api, reader, topic="news"), _write(api, reader)
    cloud.pump(twice=True)
    assert api.get(f"/v1/messages/{answer}").ok()["status"] == "sent"
    message = api.get(f"/v1/messages/{waiting}").ok()
    assert message["status"] == "queued"
    local = datetime.fromisoformat(message["not_before"]).astimezone(ZoneInfo("Asia/Tokyo"))
    assert (local.hour, local.minute) == (23, 59)
    assert len(outbox()) == 1
    api.post(f"/v1/messages/{waiting}/cancel").ok()
