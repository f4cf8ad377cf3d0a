"""What whoever leads the desk reads: what is due next, and a report of what was kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.sla.promises import TARGETS, fire, minute_of, moment, opened, promise, url


def test_what_is_due_is_listed_by_time(api: Api, cloud: Cloud, ada: str) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)["id"]
    promise(api, targets={"normal": TARGETS, "urgent": {"resolution": 5}, "low": {"resolution": 9}})
    late, soon = opened(api, ada), opened(api, ada, priority="urgent", team=team)
    low = opened(api, ada, priority="low")
    with counted() as calls:
        listed = api.get("/v1/sla/due").ok()["data"]
    assert [one["id"] for one in listed] == [soon["id"], low["id"], late["id"]]
    assert calls == ["Query", "BatchGetItem"]
    assert listed[0] == soon
    assert [one["id"] for one in api.get(f"/v1/sla/due?team={team}").ok()["data"]] == [soon["id"]]
    in_seven = (datetime.now(UTC) + timedelta(minutes=7)).isoformat().replace("+", "%2B")
    assert [one["id"] for one in api.get(f"/v1/sla/due?before={in_seven}").ok()["data"]] == [soon["id"]]
    first = api.get("/v1/sla/due?limit=2").ok()
    rest = api.get(f"/v1/sla/due?limit=2&cursor={first['next_cursor']}").ok()
    assert [one["id"] for one in rest["data"]] == [late["id"]]
    api.patch(url(soon), {"status": "on_hold"}).ok()
    api.patch(url(low), {"status": "solved"}).ok()
    assert [one["id"] for one in api.get("/v1/sla/due").ok()["data"]] == [late["id"]]
    api.patch(url(late), {"team": team}).ok()
    assert [one["id"] for one in api.get(f"/v1/sla/due?team={team}").ok()["data"]] == [late["id"]]


def due(cloud: Cloud) -> list[Any]:
    """The marks by which tickets are listed as due."""
    return [one for one in cloud.items() if one["pk"].startswith("DUE#")]


def test_an_erased_ticket_leaves_the_list(api: Api, cloud: Cloud, ada: str) -> None:
    promise(api)
    opened(api, ada)
    cloud.pump()
    assert due(cloud)
    api.post(f"/v1/customers/{ada}/erasure", {"confirm": ada}).ok(201)
    cloud.pump(rounds=40)
    assert not due(cloud)
    fire(cloud, "9999")


def test_a_report_tells_what_was_kept(api: Api, cloud: Cloud, ada: str) -> None:
    policy = promise(api)
    answered, forgotten = opened(api, ada), opened(api, ada)
    cloud.pump()
    api.post(f"{url(answered)}/messages", {"text": "Try this.", "status": "solved"}).ok(201)
    cloud.pump()
    due_at = forgotten["sla"]["first_response"]["due_at"]  # tomorrow, late in the evening
    fire(cloud, minute_of(due_at))
    for by, value in {"policy": policy["id"], "team": None, "priority": "normal", "channel": "phone"}.items():
        with counted() as calls:
            told = api.get(f"/v1/sla/report?by={by}&to={moment(due_at).date()}").ok()
        assert calls == ["Query"]
        [group] = told["groups"]
        assert group.pop("value") == value
        assert group == told["total"]
        assert (group["solved"], group["first_contact"], group["reopened"]) == (1, 1, 0)
        first = group["first_response"]
        assert (first["count"], first["met"], first["breached"], first["done"]) == (2, 1, 1, 1)
        assert first["business_minutes"] == {"median": 0.5, "p90": 0.5}
        assert group["next_response"]["business_minutes"] == {"median": None, "p90": None}
    assert api.get("/v1/sla/report?by=assignee&from=2020-01-01&to=2020-12-31").ok()["groups"] == []
    api.get("/v1/sla/report?from=2020-01-01&to=2021-01-01").problem(422, "invalid")
