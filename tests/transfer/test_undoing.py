"""Undoing an import: what it did is taken back, what came after it is left."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.transfer import taking
from tests.api import Api
from tests.cloud import Cloud
from tests.transfer.crashes import dying_after_write
from tests.transfer.files import begin, drive, profiles, results, rows, run, state, undo

ADA = {"name": "Ada", "emails": ["ada@example.org"], "tags": ["a"], "custom": {"size": "S"}}
CONTENT = (
    "name,email,phone,tags,custom.size\nAda King,ada@example.org,+442079460958,b,M\nBob,bob@example.org,,,\n"
)


def without_bookkeeping(cloud: Cloud) -> dict[str, Any]:
    """Profiles and identities, without version and times."""
    found = {}
    for item in cloud.items():
        if item["sk"] in ("PROFILE", "IDY"):
            left = {"version", "updated_at", "gsi2sk"}
            found[item["pk"]] = {name: value for name, value in item.items() if name not in left}
    return found


def test_it_gives_back_what_was(api: Api, cloud: Cloud) -> None:
    api.post("/v1/customers", ADA).ok(201)
    before = without_bookkeeping(cloud)
    found = run(api, cloud, CONTENT)
    assert found["counts"] == {"updated": 1, "created": 1}
    after = undo(api, cloud, found["id"])
    assert after["undone"] == {"reverted": 1, "deleted": 1}
    assert without_bookkeeping(cloud) == before
    outcomes = results(cloud, found["id"], "undo")
    assert [(one["row"], one["outcome"]) for one in outcomes] == [("1", "reverted"), ("2", "deleted")]
    assert undo(api, cloud, found["id"])["version"] == after["version"]
    assert [one["outcome"] for one in rows(api, found["id"], "&of=undo")] == ["reverted", "deleted"]


def test_what_changed_since_is_left(api: Api, cloud: Cloud) -> None:
    ada = api.post("/v1/customers", ADA).ok(201)["id"]
    found = run(api, cloud, CONTENT)
    [bob] = api.get("/v1/customers?email=bob@example.org").ok()["data"]
    api.patch(f"/v1/customers/{bob['id']}", {"company": "Engines"}).ok()
    api.patch(f"/v1/customers/{ada}", {"name": "Ada Lovelace", "tags": ["a", "b", "c"]}).ok()
    assert undo(api, cloud, found["id"])["undone"] == {"reverted": 1, "left": 1}
    kept, left = rows(api, found["id"], "&of=undo")
    assert (kept["changed"], kept["code"]) == (["custom", "phones", "tags"], "changed_since")
    assert "name" in kept["reason"]
    assert (left["outcome"], left["code"]) == ("left", "changed_since")
    after = api.get(f"/v1/customers/{ada}").ok()
    assert (after["name"], after["tags"], after["custom"]) == ("Ada Lovelace", ["a", "c"], {"size": "S"})
    assert after["phones"] == []


def test_whom_we_were_in_contact_with_stays(api: Api, cloud: Cloud) -> None:
    found = run(api, cloud, "name,email\nBob,bob@example.org\n")
    [bob] = api.get("/v1/customers?email=bob@example.org").ok()["data"]
    call = {"channel": "phone", "direction": "inbound", "summary": "Called."}
    api.post(f"/v1/customers/{bob['id']}/interactions", call).ok(201)
    assert undo(api, cloud, found["id"])["undone"] == {"left": 1}
    assert rows(api, found["id"], "&of=undo")[0]["code"] == "contacted_since"


def test_who_is_gone_is_left_in_peace(api: Api, cloud: Cloud) -> None:
    api.post("/v1/customers", ADA).ok(201)
    found = run(api, cloud, CONTENT)
    for customer_id in profiles(cloud):
        api.delete(f"/v1/customers/{customer_id}").ok(204)
    assert undo(api, cloud, found["id"])["undone"] == {"left": 2}
    assert {one["code"] for one in rows(api, found["id"], "&of=undo")} == {"gone"}
    assert not profiles(cloud)


def test_what_cannot_come_back_is_left_and_the_rest_is_taken_back(api: Api, cloud: Cloud) -> None:
    """The organisation they were in was deleted since, and who looked after them has left."""
    old, new = (api.post("/v1/organisations", {"name": name}).ok(201)["id"] for name in ("Old", "New"))
    grace, hedy = (
        api.post("/v1/staff", {"name": name, "email": f"{name}@shop.example"}).ok(201)["id"]
        for name in ("Grace", "Hedy")
    )
    ada = api.post(
        "/v1/customers", {**ADA, "organisation_id": old, "organisation_role": "buyer", "owner": grace}
    ).ok(201)["id"]
    content = f"email,tags,organisation_id,organisation_role,owner\nada@example.org,b,{new},owner,{hedy}\n"
    names = ("email", "tags", "organisation_id", "organisation_role", "owner")
    identifier = begin(api, cloud, content, mapping={name: name for name in names})
    drive(identifier)
    api.delete(f"/v1/organisations/{old}").ok(204)
    api.patch(f"/v1/staff/{grace}", {"active": False}).ok()
    api.post(f"/v1/imports/{identifier}/undo").ok()
    drive(identifier)
    [back] = rows(api, identifier, "&of=undo")
    assert (back["outcome"], back["changed"], back["code"]) == ("reverted", ["tags"], "changed_since")
    assert all(name in back["reason"] for name in ("organisation_id", "organisation_role", "owner"))
    after = api.get(f"/v1/customers/{ada}").ok()
    assert (after["tags"], after["owner"]) == (["a"], hedy)
    assert (after["organisation_id"], after["organisation_role"]) == (new, "owner")


EMAILS = st.sampled_from(["", "a@example.org", "b@example.org", "c@example.org"])
PHONES = st.sampled_from(["", "+442079460958", "+442079460959"])
NAMES = st.sampled_from(["", "Ada", "Bob"])
TAGS = st.sampled_from(["", "x", "y;z"])
ROWS = st.lists(st.tuples(NAMES, EMAILS, PHONES, TAGS), max_size=5)


def csv_of(table: list[tuple[str, ...]]) -> str:
    return "name,email,phone,tags\n" + "".join(",".join(row) + "\n" for row in table)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=ROWS, second=ROWS, size=st.integers(1, 4), twice=st.booleans())
def test_the_state_after_undoing_is_the_state_before(
    api: Api, cloud: Cloud, first: Any, second: Any, size: int, twice: bool
) -> None:
    for customer_id in profiles(cloud):
        api.delete(f"/v1/customers/{customer_id}").ok(204)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taking, "SLICE_ROWS", size)
        drive(begin(api, cloud, csv_of(first)))
        before = without_bookkeeping(cloud)
        identifier = begin(api, cloud, csv_of(second))
        drive(identifier, twice=twice)
        outcomes = [one["outcome"] for one in rows(api, identifier)]
        assert {one: outcomes.count(one) for one in outcomes} == state(api, identifier)["counts"]
        api.post(f"/v1/imports/{identifier}/undo").ok()
        drive(identifier, twice=twice)
    assert state(api, identifier)["undone"].get("left", 0) == 0
    assert without_bookkeeping(cloud) == before


@pytest.mark.parametrize("fails", [1, 2, 3])
def test_a_crash_while_undoing_is_taken_up(api: Api, cloud: Cloud, fails: int) -> None:
    api.post("/v1/customers", ADA).ok(201)
    before = without_bookkeeping(cloud)
    identifier = begin(api, cloud, CONTENT)
    drive(identifier)
    api.post(f"/v1/imports/{identifier}/undo").ok()
    with dying_after_write(fails), pytest.raises(RuntimeError):
        drive(identifier)
    drive(identifier)
    assert state(api, identifier)["undone"] == {"reverted": 1, "deleted": 1}
    assert without_bookkeeping(cloud) == before
