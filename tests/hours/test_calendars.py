"""Calendars over HTTP: what they may hold, the default one, and what a process keeps of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.hours import service
from chalicelib.kernel import kept
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.memory import caller

WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)


def calendar(**more: Any) -> dict[str, Any]:
    week = {"wednesday": [{"opens": "13:00", "closes": "17:00"}, {"opens": "09:00", "closes": "12:30"}]}
    return {"name": "Office", "time_zone": "Europe/Berlin", "week": week, **more}


def test_scopes_are_checked(cloud: Cloud) -> None:
    Api(None).get("/v1/calendars").problem(401, "unauthorized")
    caller("calendars:read").post("/v1/calendars", calendar()).problem(403, "missing_scope")


def test_a_calendar_is_added_read_changed_and_deleted(api: Api) -> None:
    answer = api.post("/v1/calendars", calendar())
    made = answer.ok(201)
    url = f"/v1/calendars/{made['id']}"
    assert answer.headers["Location"].endswith(url)
    assert [one["opens"] for one in made["week"]["wednesday"]] == ["09:00", "13:00"], "in order"
    assert api.get(url).ok() == made
    assert api.get("/v1/calendars").ok()["data"] == [made]
    day: Any = {"name": "Fair", "first": "2026-12-02", "last": None, "yearly": False, "hours": []}
    changed = api.patch(url, {"holidays": [{"name": "Fair", "first": "2026-12-02"}]}, If_Match='"1"').ok()
    assert (changed["version"], changed["holidays"], changed["week"]) == (2, [day], made["week"])
    assert api.patch(url, {"name": "Office"}).ok()["version"] == 2, "nothing changed"
    api.patch(url, {"name": "Late"}, If_Match='"1"').problem(412, "stale")
    api.delete(url).ok(204)
    api.get(url).problem(404, "no_such_calendar")
    trail = api.get(f"/v1/audit?entity_id={made['id']}").ok()["data"]
    assert [one["data"]["changed"] for one in trail] == [["deleted"], ["holidays"], ["created"]]


def hours(**days: tuple[str, str]) -> dict[str, Any]:
    """A week with one interval a day."""
    return {day: [{"opens": opens, "closes": closes}] for day, (opens, closes) in days.items()}


TWICE = {"monday": hours(x=("09:00", "12:00"))["x"] + hours(x=("11:59", "13:00"))["x"]}
BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"),
    ({"time_zone": "Europe/Atlantis"}, "time_zone"),
    ({"week": {"someday": []}}, "week"),
    ({"week": hours(monday=("9:00", "10:00"))}, "week"),
    ({"week": hours(monday=("24:00", "10:00"))}, "week"),
    ({"week": TWICE}, "week"),
    ({"week": hours(monday=("22:00", "06:00"), tuesday=("05:00", "09:00"))}, "week"),
    ({"week": hours(sunday=("22:00", "06:00"), monday=("05:00", "09:00"))}, "week"),
    ({"holidays": [{"name": "X", "first": "2026-02-30"}]}, "holidays"),
    ({"holidays": [{"name": "X", "first": "2026-02-02", "last": "2026-02-01"}]}, "holidays"),
    ({"holidays": [{"name": "X", "first": "2026-01-01", "last": "2026-04-03"}]}, "holidays"),
    ({"holidays": [{"name": "X", "first": "2026-01-01"}] * 401}, "holidays"),
    ({"holidays": [{"name": "X" * 60, "first": "2026-01-01"}] * 400}, "holidays"),
]


@pytest.mark.parametrize(("wrong", "name"), BAD)
def test_what_is_wrong_is_named(api: Api, wrong: dict[str, Any], name: str) -> None:
    problem = api.post("/v1/calendars", calendar(**wrong)).problem(422, "invalid")
    assert problem["invalid_params"][0]["name"].startswith(name)


def test_400_plain_holidays_fit(api: Api) -> None:
    days = [{"name": "X", "first": f"2026-01-{n % 28 + 1:02}"} for n in range(400)]
    api.post("/v1/calendars", calendar(holidays=days)).ok(201)


def test_without_a_calendar_every_hour_is_a_business_hour(cloud: Cloud) -> None:
    assert service.is_open(None, SUNDAY)


def test_the_default_is_used_where_none_is_named(api: Api) -> None:
    own = api.post("/v1/calendars", calendar()).ok(201)
    assert service.is_open(None, SUNDAY), "none is the default yet"
    assert not service.is_open(own["id"], SUNDAY)
    first = api.post("/v1/calendars", calendar(default=True)).ok(201)
    assert (service.is_open(None, SUNDAY), service.is_open(None, WEDNESDAY)) == (False, True)
    second = api.post("/v1/calendars", calendar(default=True, week={"sunday": own["week"]["wednesday"]})).ok(
        201
    )
    assert (service.is_open(None, SUNDAY), service.is_open(None, WEDNESDAY)) == (True, False)
    was = api.get(f"/v1/calendars/{first['id']}").ok()
    assert (was["default"], was["version"]) == (False, 2)
    api.patch(f"/v1/calendars/{first['id']}", {"default": True}).ok()
    assert [one["default"] for one in api.get("/v1/calendars").ok()["data"]] == [False, True, False]
    api.delete(f"/v1/calendars/{first['id']}").ok(204)
    assert service.calendar(first["id"]) is service.calendar(None), "who names a deleted one"
    api.patch(f"/v1/calendars/{second['id']}", {"default": True}).ok()
    api.patch(f"/v1/calendars/{second['id']}", {"default": False}).ok()
    api.patch(f"/v1/calendars/{second['id']}", {"default": True}).ok()


def test_two_who_name_a_default_at_once_are_put_in_order(api: Api) -> None:
    from chalicelib.hours.model import NewCalendar
    from chalicelib.kernel.commit import commit_all
    from chalicelib.kernel.errors import Stale
    from chalicelib.kernel.work import Work

    works = [Work(), Work()]
    for work in works:
        service.create(work, NewCalendar.model_validate(calendar(default=True)))
    assert [type(error) for error in commit_all(works)] == [type(None), Stale]


def test_a_process_reads_calendars_once_in_a_while(api: Api) -> None:
    api.post("/v1/calendars", calendar(default=True)).ok(201)
    with counted() as calls:
        service.is_open(None, SUNDAY)
        assert calls == []
        kept.forget()
        for _ in range(3):
            service.is_open(None, SUNDAY)
    assert calls == ["Query"]


def test_there_is_a_most(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST", 1)
    api.post("/v1/calendars", calendar()).ok(201)
    api.post("/v1/calendars", calendar()).problem(409, "too_many_calendars")
