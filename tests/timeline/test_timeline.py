"""Timelines: what was logged is there, in the order it happened, for the one it is about."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from chalicelib.kernel import pages
from chalicelib.timeline.model import Channel
from tests.api import Api

CALL = {"channel": "phone", "direction": "inbound", "summary": "Asked for a loom.", "outcome": "call back"}


@pytest.fixture
def url(api: Api) -> str:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)
    return f"/v1/customers/{ada['id']}"


def test_an_interaction_is_on_the_timeline_as_it_was_answered(api: Api, url: str) -> None:
    logged = api.post(f"{url}/interactions", CALL).ok(201)
    assert logged["summary"] == CALL["summary"]
    assert logged["details"] == {"outcome": "call back"}
    assert logged["data"]["channel"] == logged["channel"] == "phone"
    newest, registered = api.get(f"{url}/timeline").ok()["data"]
    assert newest == logged
    assert registered["type"] == "customer.registered"


@pytest.mark.parametrize("channel", get_args(Channel))
def test_every_channel_can_be_logged_and_asked_for(api: Api, url: str, channel: str) -> None:
    api.post(f"{url}/interactions", {**CALL, "channel": channel}).ok(201)
    (entry,) = api.get(f"{url}/timeline?channel={channel}").ok()["data"]
    assert entry["channel"] == channel


def test_entries_lie_where_they_occurred_and_pages_hold_each_once(api: Api, url: str) -> None:
    for day in (3, 1, 5, 2, 4):
        at = f"2026-01-0{day}T10:00:00+02:00"
        api.post(f"{url}/interactions", {**CALL, "occurred_at": at}).ok(201)
    found: list[Any] = []
    page = f"{url}/timeline?type=interaction&limit=2"
    cursor = ""
    while True:
        answer = api.get(page + cursor).ok()
        found += answer["data"]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert [entry["occurred_at"] for entry in found] == [
        f"2026-01-0{day}T08:00:00.000Z" for day in (5, 4, 3, 2, 1)
    ]
    assert all(entry["recorded_at"] > entry["occurred_at"] for entry in found)


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ("type=interaction", ["interaction.logged"]),
        ("type=interaction.logged", ["interaction.logged"]),
        ("type=customer", ["customer.updated", "customer.registered"]),
        ("type=customer&channel=phone", []),
        ("type=inter", []),
        ("channel=fax", []),
    ],
)
def test_it_is_filtered_by_type_family_and_channel(api: Api, url: str, query: str, types: list[str]) -> None:
    api.post(f"{url}/interactions", CALL).ok(201)
    api.patch(url, {"company": "Engines"}).ok()
    assert [entry["type"] for entry in api.get(f"{url}/timeline?{query}").ok()["data"]] == types


def test_a_filter_that_finds_little_goes_on_with_a_cursor(
    api: Api, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        api.patch(url, {"company": f"C{number}"}).ok()
    monkeypatch.setattr(pages, "MAX_EVALUATED", 4)
    page, read = api.get(f"{url}/timeline?type=customer.registered").ok(), 1
    while page["next_cursor"]:
        assert page["data"] == []
        page = api.get(f"{url}/timeline?type=customer.registered&cursor={page['next_cursor']}").ok()
        read += 1
    assert [entry["type"] for entry in page["data"]] == ["customer.registered"]
    assert read > 2


@pytest.mark.parametrize(
    "more",
    [
        {"occurred_at": "2999-01-01T00:00:00Z"},
        {"occurred_at": "1969-12-31T00:00:00Z"},
        {"occurred_at": "0001-01-01T00:00:00Z"},
        {"occurred_at": "2026-01-01T00:00:00"},
        {"occurred_at": "9999-12-31T23:59:59-14:00"},
        {"channel": "pigeon"},
        {"direction": "up"},
        {"summary": ""},
        {"summary": "x" * 4001},
        {"outcome": "two\nlines"},
    ],
)
def test_what_cannot_have_happened_is_422(api: Api, url: str, more: Any) -> None:
    problem = api.post(f"{url}/interactions", {**CALL, **more}).problem(422, "invalid")
    assert [param["name"] for param in problem["invalid_params"]] == list(more)


def test_the_earliest_time_there_is_sorts_last(api: Api, url: str) -> None:
    api.post(f"{url}/interactions", {**CALL, "occurred_at": "1970-01-01T00:00:00Z"}).ok(201)
    assert api.get(f"{url}/timeline").ok()["data"][-1]["occurred_at"] == "1970-01-01T00:00:00.000Z"


def test_values_that_changed_are_shown_to_who_may_read_the_timeline(api: Api, url: str) -> None:
    api.patch(url, {"company": "Engines"}).ok()
    entry = api.get(f"{url}/timeline").ok()["data"][0]
    assert entry["data"]["changed"] == ["company"]
    assert entry["details"] == {"changes": {"company": {"from": None, "to": "Engines"}}}
