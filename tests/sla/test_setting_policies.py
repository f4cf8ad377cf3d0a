"""Policies are set by the API: who may, their order, how many, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.memory import caller
from tests.sla.promises import TARGETS, promise


def test_scopes_are_checked(cloud: Cloud) -> None:
    Api(None).get("/v1/sla/policies").problem(401, "unauthorized")
    caller("sla:read").post("/v1/sla/policies", {"name": "X", "targets": {}}).problem(403, "missing_scope")
    caller("sla:read").get("/v1/sla/due").problem(403, "missing_scope")


def test_policies_are_kept_in_order(api: Api) -> None:
    first, second = promise(api, name="First"), promise(api, name="Second")
    third = promise(api, name="Third", position=0)

    def names() -> list[str]:
        return [one["name"] for one in api.get("/v1/sla/policies").ok()["data"]]

    assert names() == ["Third", "First", "Second"]
    moved = api.patch(f"/v1/sla/policies/{second['id']}", {"position": 0}, If_Match='"1"').ok()
    assert (names(), moved["version"]) == (["Second", "Third", "First"], 2)
    assert api.patch(f"/v1/sla/policies/{second['id']}", {"position": 0}).ok()["version"] == 2
    api.patch(f"/v1/sla/policies/{first['id']}", {"name": "Old"}, If_Match='"7"').problem(412, "stale")
    api.delete(f"/v1/sla/policies/{third['id']}").ok(204)
    assert names() == ["Second", "First"]
    api.get(f"/v1/sla/policies/{third['id']}").problem(404, "no_such_policy")
    trail = api.get(f"/v1/audit?entity_id={second['id']}").ok()["data"]
    assert [one["data"]["changed"] for one in trail] == [["position"], ["created"]]


NOBODY = "01J00000000000000000000000"


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"targets": {}}, "targets"),
        ({"targets": {"normal": {"resolution": 0}}}, "targets"),
        ({"targets": {"asap": {"resolution": 5}}}, "targets"),
        ({"warn_before": {}}, "warn_before"),
        ({"warn_before": {"minutes": 5, "percent": 5}}, "warn_before"),
        ({"conditions": {"moods": ["bad"]}}, "conditions"),
        ({"conditions": {"teams": [f"tea_{NOBODY}"]}}, "conditions.teams"),
        ({"calendar_id": f"cal_{NOBODY}"}, "calendar_id"),
    ],
)
def test_what_is_wrong_is_named(api: Api, wrong: dict[str, Any], name: str) -> None:
    new = {"name": "All", "targets": {"normal": TARGETS}, **wrong}
    problem = api.post("/v1/sla/policies", new).problem(422, "invalid")
    assert problem["invalid_params"][0]["name"].startswith(name)


def test_there_is_a_most(api: Api) -> None:
    for _ in range(30):
        promise(api, targets={"normal": {"resolution": 5}})
    new = {"name": "All", "targets": {"normal": TARGETS}}
    api.post("/v1/sla/policies", new).problem(409, "too_many_policies")
