"""Staff who share the work: whose turn it is, who is at a ticket, many tickets at once, saved views."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api

NOBODY = "tkt_01J00000000000000000000000"


@pytest.fixture
def desk(api: Api) -> Any:
    """A team with two active members, and one who left."""
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)["id"]
    staff = [
        api.post("/v1/staff", {"name": one, "email": f"{one}@shop.example", "team_ids": [team]}).ok(201)["id"]
        for one in ("bo", "cy", "di")
    ]
    api.patch(f"/v1/staff/{staff[2]}", {"active": False}).ok()
    return {"team": team, "staff": staff[:2]}


def _ticket(api: Api, ada: Any, **more: Any) -> Any:
    body = {"customer_id": ada["id"], "channel": "phone", "subject": "Kettle", "text": "x"}
    return api.post("/v1/tickets", body | more).ok(201)


def test_turns_go_round_and_the_least_busy_is_found(api: Api, ada: Any, desk: Any) -> None:
    bo, cy = desk["staff"]

    def assigned(how: str) -> str:
        url = f"/v1/tickets/{_ticket(api, ada, team=desk['team'])['id']}"
        return str(api.patch(url, {"assign": how}).ok()["assignee"])

    assert [assigned("round_robin") for _ in range(3)] == [bo, cy, bo]
    assert assigned("least_busy") == cy
    assert {one["id"] for one in api.get(f"/v1/teams/{desk['team']}/members").ok()["data"]} == {bo, cy}
    url = f"/v1/tickets/{_ticket(api, ada)['id']}"
    api.patch(url, {"assign": "round_robin"}).problem(422, "invalid")
    empty = api.post("/v1/teams", {"name": "Empty"}).ok(201)["id"]
    api.patch(url, {"team": empty, "assign": "round_robin"}).problem(409, "team_empty")


def test_who_is_at_a_ticket_is_seen_by_who_reads_it(api: Api, ada: Any, desk: Any) -> None:
    url = f"/v1/tickets/{_ticket(api, ada)['id']}"
    bo = desk["staff"][0]
    api.post(f"{url}/presence", {"state": "answering"}).problem(422, "no_actor")
    api.post(f"/v1/tickets/{NOBODY}/presence", {"state": "viewing"}, Rapport_Actor=bo).problem(
        404, "no_such_ticket"
    )
    api.post(f"{url}/presence", {"state": "answering"}, Rapport_Actor=bo).ok(204)
    [present] = api.get(url).ok()["present"]
    assert (present["staff_id"], present["state"]) == (bo, "answering")
    assert api.get(f"{url}/presence").ok()["data"] == [present]
    api.post(f"{url}/presence", {"state": "gone"}, Rapport_Actor=bo).ok(204)
    assert api.get(url).ok()["present"] == []


def test_notes_mention_staff_and_participants_come_and_go(api: Api, ada: Any, desk: Any) -> None:
    url = f"/v1/tickets/{_ticket(api, ada)['id']}"
    note = {"text": "Look.", "internal": True, "mentions": desk["staff"]}
    assert api.post(f"{url}/messages", note).ok(201)["mentions"] == desk["staff"]
    api.post(f"{url}/messages", note | {"internal": False}).problem(422, "invalid")
    api.post(f"{url}/messages", note | {"mentions": ["stf_01J00000000000000000000000"]}).problem(
        422, "invalid"
    )
    joined = api.post(f"{url}/participants", {"add": ["bob@example.net"]}).ok()["participants"]
    assert [one["address"] for one in joined] == ["ada@example.org", "bob@example.net"]
    left = api.post(f"{url}/participants", {"remove": ["BOB@example.net"]}).ok()["participants"]
    assert [one["address"] for one in left] == ["ada@example.org"]
    api.post(f"{url}/participants", {"remove": ["ada@example.org"]}).problem(422, "invalid")


def test_many_tickets_change_each_by_itself(api: Api, ada: Any, desk: Any) -> None:
    one, other = (_ticket(api, ada, tags=["old"])["id"] for _ in range(2))
    api.patch(f"/v1/tickets/{other}", {"status": "closed"}).ok()
    asked = {
        "ticket_ids": [one, NOBODY, other],
        "change": {"status": "pending"},
        "add_tags": ["new"],
        "remove_tags": ["old"],
    }
    results = api.post("/v1/tickets/bulk", asked, Idempotency_Key="b").ok()["results"]
    assert [row["outcome"] for row in results] == ["changed", "rejected", "rejected"]
    assert [row["code"] for row in results] == [None, "no_such_ticket", "wrong_status"]
    assert api.get(f"/v1/tickets/{one}").ok()["tags"] == ["new"]
    assert api.post("/v1/tickets/bulk", asked, Idempotency_Key="b").ok()["results"] == results
    assigned = {"ticket_ids": [one, other], "change": {"team": desk["team"], "assign": "round_robin"}}
    api.post("/v1/tickets/bulk", assigned).ok()
    found = [api.get(f"/v1/tickets/{each}").ok()["assignee"] for each in (one, other)]
    assert found == desk["staff"]


def test_a_view_lists_and_counts(api: Api, ada: Any, desk: Any) -> None:
    bo = desk["staff"][0]
    mine = _ticket(api, ada, assignee=bo)["id"]
    _ticket(api, ada)
    new = {"name": "Mine", "filters": {"assignee": bo, "status": "open"}, "owner": bo}
    view = api.post("/v1/views", new).ok(201)
    url = f"/v1/views/{view['id']}"
    assert [one["id"] for one in api.get(f"{url}/tickets").ok()["data"]] == [mine]
    assert api.get(f"{url}/count").ok() == {"count": 1, "more": False}
    changed = api.patch(url, {"name": "My own"}, If_Match='"1"').ok()
    assert api.get("/v1/views").ok()["data"] == [changed]
    assert api.get(f"/v1/views?owner={desk['staff'][1]}").ok()["data"] == []
    api.post("/v1/views", new | {"team": desk["team"]}).problem(422, "invalid")
    api.delete(url).ok(204)
    api.get(url).problem(404, "no_such_view")
