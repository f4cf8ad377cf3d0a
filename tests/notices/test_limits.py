"""How often staff are told, of what they want to be told, and what that costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.notices import model
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import arrive, write
from tests.notices.desk import QUEUE, answer, assign, hint, notices, text_of, told


def test_a_notice_costs_three_calls_and_a_team_one_more(
    api: Api, cloud: Cloud, ticket: str, sam: str, kim: str, desk: str
) -> None:
    api.patch(ticket, {"team": desk}).ok()
    cloud.pump()
    arrive(cloud, write("Still.", In_Reply_To="<first@example.org>"))
    cloud.work("InboundMailQueue")
    cloud.publish()
    [message] = cloud.receive(QUEUE)
    with counted() as calls:
        assert cloud.deliver(QUEUE, [message]) == set()
    assert calls == ["BatchGetItem", "Query", "BatchGetItem", "TransactWriteItems"]
    with counted() as calls:
        assert cloud.deliver(QUEUE, [message]) == set(), "a repeat is done"
    cloud.pump()
    assert len(notices()) == 2


@pytest.mark.parametrize("kind", ["assigned", "mentioned", "replied", "sla_warning", "sla_breached"])
def test_each_kind_can_be_turned_off(
    api: Api, cloud: Cloud, ticket: str, sam: str, assigned: dict[str, Any], kind: str
) -> None:
    url = f"/v1/staff/{sam}/notices"
    before = api.get(url).ok()
    assert before == {"version": 0} | dict.fromkeys(model.NoticesPatch.model_fields, True)
    assert api.patch(url, {kind: False}).ok() == before | {"version": 1, kind: False}
    api.patch(url, {kind: True}, If_Match='"0"').problem(412, "stale")
    assign(api, ticket, sam)
    api.post(f"{ticket}/messages", {"text": "x", "internal": True, "mentions": [sam]}).ok(201)
    answer(cloud)
    due = assigned | {"target": "resolution", "due_at": "2026-11-20T10:00:00.000Z"}
    for event in ("ticket.sla_warning", "ticket.sla_breached"):
        assert cloud.deliver(QUEUE, [hint(event, due)]) == set()
    cloud.pump()
    begins = {"assigned": "Assigned to you", "mentioned": "You were mentioned", "replied": "New answer"}
    begins |= {"sla_warning": "Due soon", "sla_breached": "Overdue"}
    assert sorted(begin for _, begin in told()) == sorted(set(begins.values()) - {begins[kind]})
    api.patch(url, {kind: True}).ok()
    assert api.get(url).ok() == before | {"version": 2}
    [entry, _] = api.get(f"/v1/audit?entity_id={sam}").ok()["data"][:2]
    assert entry["changes"] == {kind: {"from": False, "to": True}}


def test_notices_of_nobody(api: Api) -> None:
    url = "/v1/staff/stf_01J00000000000000000000000/notices"
    api.get(url).problem(404, "no_such_staff")
    api.patch(url, {"assigned": False}).problem(404, "no_such_staff")
    api.patch(url, {"everything": False}).problem(422, "invalid")


def test_a_storm_is_told_so_often_and_the_last_one_says_so(
    api: Api, cloud: Cloud, ticket: str, sam: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MOST_AN_HOUR", 3)
    assign(api, ticket, sam, Rapport_Actor=sam)
    for number in range(12):
        arrive(cloud, write(f"Storm {number}.", In_Reply_To="<first@example.org>"))
    cloud.pump(twice=True, seed=2)
    api.post(f"{ticket}/messages", {"text": "x", "internal": True, "mentions": [sam]}).ok(201)
    cloud.pump()
    assert sorted(told()) == [("Sam", "New answer")] * 3 + [("Sam", "You were mentioned")]
    says = ["No more of them come" in text_of(mail) for mail in notices()]
    assert sorted(says) == [False, False, False, True], "in whatever order they go out"


def test_the_next_hour_begins_anew() -> None:
    at = datetime(2026, 11, 25, 9, 59, tzinfo=UTC)
    told = model.Told()
    for _ in range(model.MOST_AN_HOUR):
        more = told.once_more("replied", at)
        assert more is not None
        told = more
    assert told.was_last("replied")
    assert told.once_more("replied", at) is None
    assert told.once_more("assigned", at) is not None
    later = told.once_more("replied", at + timedelta(minutes=1))
    assert later is not None
    assert later.counts == {"replied": 1}
