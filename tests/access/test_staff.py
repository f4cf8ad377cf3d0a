"""Staff and teams, and acting for somebody on the staff."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.conftest import caller

BO = {"name": "Bo", "email": "Bo@Shop.example"}
NOBODY = "stf_01J00000000000000000000000"
NO_TEAM = "tea_01J00000000000000000000000"


@pytest.fixture
def bo(api: Api) -> dict[str, Any]:
    staff: dict[str, Any] = api.post("/v1/staff", BO).ok(201)
    return staff


def test_staff_are_added_read_changed_and_listed(api: Api, bo: dict[str, Any]) -> None:
    url = f"/v1/staff/{bo['id']}"
    assert bo["email"] == "Bo@shop.example"
    assert api.get(url).ok() == bo
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)
    after = api.patch(url, {"team_ids": [team["id"], team["id"]], "active": False}, If_Match='"1"').ok()
    assert (after["version"], after["team_ids"], after["active"]) == (2, [team["id"]], False)
    assert api.get(url).ok() == after
    assert api.get("/v1/staff").ok()["data"] == [after]
    assert api.patch(url, {"name": "Bo"}).ok()["version"] == 2, "nothing changed"
    api.patch(url, {"name": "B"}, If_Match='"1"').problem(412, "stale")


def test_an_address_on_the_staff_has_one_holder(api: Api, bo: dict[str, Any]) -> None:
    api.post("/v1/staff", {"name": "Other", "email": "BO@shop.example"}).problem(409, "address_taken")
    api.patch(f"/v1/staff/{bo['id']}", {"email": "bo.b@shop.example"}).ok()
    other = api.post("/v1/staff", BO).ok(201)
    api.patch(f"/v1/staff/{other['id']}", {"email": "bo.b@shop.example"}).problem(409, "address_taken")
    api.patch(f"/v1/staff/{other['id']}", {"email": "bo@shop.example"}).ok()


def test_a_team_must_exist(api: Api, bo: dict[str, Any]) -> None:
    for answer in (
        api.post("/v1/staff", {"name": "Cy", "email": "cy@shop.example", "team_ids": [NO_TEAM]}),
        api.patch(f"/v1/staff/{bo['id']}", {"team_ids": [NO_TEAM]}),
    ):
        assert answer.problem(422, "invalid")["invalid_params"][0]["name"] == "team_ids"


@pytest.mark.parametrize(
    "patch",
    [
        {"name": None},
        {"name": ""},
        {"email": None},
        {"email": "x"},
        {"active": "no"},
        {"id": NOBODY},
        {"version": 9},
    ],
)
def test_what_cannot_be_is_422(api: Api, bo: dict[str, Any], patch: Any) -> None:
    api.patch(f"/v1/staff/{bo['id']}", patch).problem(422, "invalid")
    assert api.get(f"/v1/staff/{bo['id']}").ok() == bo


def test_teams_are_added_renamed_and_listed(api: Api) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)
    url = f"/v1/teams/{team['id']}"
    after = api.patch(url, {"name": "Front desk"}).ok()
    assert (after["name"], after["version"]) == ("Front desk", 2)
    assert api.get(url).ok() == after
    assert api.get("/v1/teams").ok()["data"] == [after]
    api.patch(url, {"name": "x"}, If_Match='"1"').problem(412, "stale")


@pytest.mark.parametrize(
    ("path", "code"), [(f"/v1/staff/{NOBODY}", "no_such_staff"), (f"/v1/teams/{NO_TEAM}", "no_such_team")]
)
def test_who_is_not_there_is_404(api: Api, path: str, code: str) -> None:
    api.get(path).problem(404, code)
    api.patch(path, {"name": "x"}).problem(404, code)


def test_an_event_names_the_key_and_the_member_of_staff_it_acts_for(
    api: Api, cloud: Cloud, bo: dict[str, Any]
) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}, Rapport_Actor=bo["id"]).ok(201)
    (entry,) = api.get(f"/v1/customers/{ada['id']}/timeline").ok()["data"]
    assert entry["actor"]["staff_id"] == bo["id"]
    assert entry["actor"]["id"].startswith("key_")


def test_acting_for_somebody_needs_its_scope(cloud: Cloud, bo: dict[str, Any]) -> None:
    clerk = caller("customers:write")
    clerk.post("/v1/customers", {"name": "Ada"}, Rapport_Actor=bo["id"]).problem(403, "missing_scope")
    caller("customers:write", "staff:act").post("/v1/customers", {"name": "A"}, Rapport_Actor=bo["id"]).ok(
        201
    )


@pytest.mark.parametrize(
    "actor", [NOBODY, "bo", "x" * 5000, "EMAIL#bo@shop.example", "stf_\x00", f"{NOBODY}\n"]
)
def test_acting_for_nobody_is_403_and_changes_nothing(api: Api, cloud: Cloud, bo: Any, actor: str) -> None:
    before = len(cloud.items())
    api.post("/v1/customers", {"name": "Ada"}, Rapport_Actor=actor).problem(403, "unknown_actor")
    assert len(cloud.items()) == before


def test_acting_for_who_left_is_403(api: Api, bo: dict[str, Any]) -> None:
    api.patch(f"/v1/staff/{bo['id']}", {"active": False}).ok()
    api.post("/v1/customers", {"name": "Ada"}, Rapport_Actor=bo["id"]).problem(403, "unknown_actor")


def test_somebody_may_change_their_own_entry(api: Api, bo: dict[str, Any]) -> None:
    after = api.patch(f"/v1/staff/{bo['id']}", {"name": "Bo B."}, Rapport_Actor=bo["id"]).ok()
    assert after["name"] == "Bo B."


def test_somebody_may_own_what_they_register(api: Api, bo: dict[str, Any]) -> None:
    ada = api.post("/v1/customers", {"name": "Ada", "owner": bo["id"]}, Rapport_Actor=bo["id"]).ok(201)
    assert ada["owner"] == bo["id"]


def test_a_keyed_request_for_somebody_is_replayed(api: Api, bo: dict[str, Any]) -> None:
    first, again = (
        api.post("/v1/customers", {"name": "Ada"}, Rapport_Actor=bo["id"], Idempotency_Key="k").ok(201)
        for _ in range(2)
    )
    assert first == again
