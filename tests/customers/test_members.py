"""Members of organisations: by the profile, by hand, and by an address at its domain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.customers import service as customers
from chalicelib.customers.association import associate, domains_of, is_due
from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Repeated, Stale
from chalicelib.kernel.events import Published
from chalicelib.kernel.work import Work
from chalicelib.organisations import service as organisations
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud

NOBODY = "org_01J00000000000000000000000"


@pytest.fixture
def engines(api: Api) -> str:
    made = api.post("/v1/organisations", {"name": "Engines", "domains": ["engines.example"]}).ok(201)
    return str(made["id"])


def _members(api: Api, organisation: str) -> list[str]:
    page = api.get(f"/v1/organisations/{organisation}/members").ok()
    return [member["id"] for member in page["data"]]


def _member(api: Api, organisation: str, name: str) -> str:
    return str(api.post("/v1/customers", {"name": name, "organisation_id": organisation}).ok(201)["id"])


def _join(work: Work, customer_id: str) -> bool:
    customer = customers.get(customer_id)
    domains = domains_of(customer)
    holders = organisations.holders_of_domains(domains) if domains else {}
    return associate(work, customer, holders)


def _joined(customer_id: str) -> bool:
    work = Work()
    does = _join(work, customer_id)
    commit(work)
    return does


def test_a_profile_names_the_organisation_that_it_belongs_to(api: Api, engines: str) -> None:
    new = {"name": "Ada", "organisation_id": engines, "organisation_role": "buyer"}
    with counted() as calls:
        ada = api.post("/v1/customers", new).ok(201)
    assert calls.count("TransactWriteItems") == 1
    bob = api.post("/v1/customers", {"name": "Bob"}).ok(201)
    api.patch(f"/v1/customers/{bob['id']}", {"organisation_id": engines}).ok()
    with counted() as calls:
        page = api.get(f"/v1/organisations/{engines}/members").ok()
    assert calls == ["Query", "BatchGetItem"]
    assert [member["id"] for member in page["data"]] == [bob["id"], ada["id"]]
    assert page["data"][1] == ada
    api.patch(f"/v1/customers/{ada['id']}", {"organisation_id": None}).ok()
    api.delete(f"/v1/customers/{bob['id']}").ok(204)
    assert _members(api, engines) == []


def test_members_come_in_pages(api: Api, engines: str) -> None:
    made = [
        api.post("/v1/customers", {"name": f"C{n}", "organisation_id": engines}).ok(201)["id"]
        for n in range(5)
    ]
    first = api.get(f"/v1/organisations/{engines}/members?limit=3").ok()
    rest = api.get(f"/v1/organisations/{engines}/members?limit=3&cursor={first['next_cursor']}").ok()
    assert [one["id"] for one in first["data"] + rest["data"]] == made[::-1]
    assert rest["next_cursor"] is None
    api.get(f"/v1/organisations/{NOBODY}/members").problem(404, "no_such_organisation")


def test_an_organisation_that_is_none_is_422(api: Api) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)
    for answer in (
        api.post("/v1/customers", {"name": "B", "organisation_id": NOBODY}),
        api.patch(f"/v1/customers/{ada['id']}", {"organisation_id": NOBODY}),
    ):
        (param,) = answer.problem(422, "invalid")["invalid_params"]
        assert (param["name"], param["code"]) == ("organisation_id", "unknown_organisation")


def test_members_are_added_moved_and_removed_by_hand(api: Api, engines: str) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    looms = api.post("/v1/organisations", {"name": "Looms"}).ok(201)["id"]
    url = f"/v1/organisations/{engines}/members"
    joined = api.post(url, {"customer_id": ada, "role": "buyer"}).ok()
    assert (joined["organisation_id"], joined["organisation_role"]) == (engines, "buyer")
    assert api.post(url, {"customer_id": ada, "role": "buyer"}).ok()["version"] == 2, "nothing changed"
    api.post(f"/v1/organisations/{looms}/members", {"customer_id": ada}).ok()
    assert (_members(api, engines), _members(api, looms)) == ([], [ada])
    api.delete(f"{url}/{ada}").problem(404, "no_such_member")
    api.delete(f"/v1/organisations/{looms}/members/{ada}").ok(204)
    after = api.get(f"/v1/customers/{ada}").ok()
    assert (after["organisation_id"], after["organisation_role"]) == (None, None)
    assert _members(api, looms) == []
    api.post(f"/v1/organisations/{NOBODY}/members", {"customer_id": ada}).problem(404, "no_such_organisation")
    nobody = ada[:-1] + ("0" if ada[-1] != "0" else "1")
    api.post(url, {"customer_id": nobody}).problem(404, "no_such_customer")


def test_a_role_belongs_to_the_membership(api: Api, engines: str) -> None:
    new = {"name": "Ada", "organisation_id": engines, "organisation_role": "buyer"}
    url = f"/v1/customers/{api.post('/v1/customers', new).ok(201)['id']}"
    assert api.patch(url, {"organisation_role": "owner"}).ok()["organisation_role"] == "owner"
    looms = api.post("/v1/organisations", {"name": "Looms"}).ok(201)["id"]
    moved = api.patch(url, {"organisation_id": looms}).ok()
    assert (moved["organisation_id"], moved["organisation_role"]) == (looms, None)


def test_who_was_merged_into_another_is_no_member(api: Api, cloud: Cloud, engines: str) -> None:
    ada = customers.get(_member(api, engines, "Ada"))
    bob = customers.get(_member(api, engines, "Bob"))
    work = Work()
    merged = {"merged_into": ada.id, "version": 2}
    customers.write_change(work, bob, bob.model_copy(update=merged))
    commit(work)
    assert _members(api, engines) == [ada.id]
    api.delete(f"/v1/organisations/{engines}").ok(204)
    cloud.pump()
    assert {item["sk"][:4] for item in cloud.items() if item["pk"] == f"ORG#{engines}"} == {"EVT#"}


def test_memberships_follow_a_merge_and_its_undoing(api: Api, cloud: Cloud, engines: str) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    bob = _member(api, engines, "Bob")
    api.post(f"/v1/customers/{ada}/merge", {"merged_id": bob}).ok()
    assert _members(api, engines) == [ada]
    api.post(f"/v1/customers/{ada}/merge/undo", {"merged_id": bob}).ok()
    assert _members(api, engines) == [bob]


def test_an_undo_leaves_out_an_organisation_that_is_gone(api: Api, cloud: Cloud, engines: str) -> None:
    looms = api.post("/v1/organisations", {"name": "Looms"}).ok(201)["id"]
    ada, bob = _member(api, engines, "Ada"), _member(api, looms, "Bob")
    body = {"merged_id": bob, "choices": {"organisation_id": "merged"}}
    assert api.post(f"/v1/customers/{ada}/merge", body).ok()["organisation_id"] == looms
    api.delete(f"/v1/organisations/{engines}").ok(204)
    cloud.pump()
    undone = api.post(f"/v1/customers/{ada}/merge/undo", {"merged_id": bob}).ok()
    assert undone["survivor"]["organisation_id"] is None
    assert _members(api, looms) == [bob]


@pytest.mark.parametrize("delete_last", [True, False])
def test_who_joins_while_it_is_deleted_is_out_in_the_end(
    api: Api, cloud: Cloud, engines: str, delete_last: bool
) -> None:
    url = f"/v1/organisations/{engines}"
    joining = [
        lambda n=n: api.post("/v1/customers", {"name": f"C{n}", "organisation_id": engines}) for n in range(4)
    ]
    acts: list[Any] = [*joining, lambda: api.delete(url)]
    with ThreadPoolExecutor(5) as pool:
        done = [pool.submit(act) for act in (acts if delete_last else acts[::-1])]
        statuses = [one.result().status for one in done]
    assert set(statuses) <= {201, 204, 422}
    cloud.pump(twice=True)
    assert all(one["organisation_id"] is None for one in api.get("/v1/customers").ok()["data"])
    kept = [item["sk"] for item in cloud.items() if item["pk"] == f"ORG#{engines}"]
    assert not [sk for sk in kept if sk.startswith(("MEMBER#", "ORGANISATION"))]


def test_who_has_an_address_at_its_domain_joins(api: Api, engines: str) -> None:
    ada = api.post("/v1/customers", {"emails": ["ada@home.example", "ada@Engines.example"]}).ok(201)["id"]
    with counted() as calls:
        assert _joined(ada)
    assert calls == ["GetItem", "BatchGetItem", "TransactWriteItems"]
    assert _members(api, engines) == [ada]
    assert not _joined(ada), "a member already"


@pytest.mark.parametrize(
    "body", [{"name": "B"}, {"emails": ["b@home.example"]}, {"emails": ["b@mail.engines.example"]}]
)
def test_others_do_not(api: Api, engines: str, body: Any) -> None:
    assert not _joined(api.post("/v1/customers", body).ok(201)["id"])


def test_who_was_taken_out_is_not_put_back(api: Api, engines: str) -> None:
    ada = api.post("/v1/customers", {"emails": ["ada@engines.example"]}).ok(201)["id"]
    assert _joined(ada)
    api.delete(f"/v1/organisations/{engines}/members/{ada}").ok(204)
    with pytest.raises(Repeated):
        _joined(ada)
    assert _members(api, engines) == []
    api.post(f"/v1/organisations/{engines}/members", {"customer_id": ada}).ok()
    assert _members(api, engines) == [ada]


def test_a_change_between_reading_and_joining_is_seen(api: Api, engines: str) -> None:
    ada = api.post("/v1/customers", {"emails": ["ada@engines.example"]}).ok(201)["id"]
    work = Work()
    _join(work, ada)
    api.patch(f"/v1/customers/{ada}", {"name": "Ada"}).ok()
    with pytest.raises(Stale):
        commit(work)


def test_new_customers_and_new_addresses_are_reasons_to_look(api: Api, cloud: Cloud) -> None:
    def event(kind: str, **data: Any) -> Published:
        return Published(id="e", type=kind, data=data)

    assert is_due(event("customer.registered", stage="lead"))
    assert is_due(event("customer.updated", changed=["emails", "name"]))
    assert not is_due(event("customer.updated", changed=["organisation_id"]))
    assert not is_due(event("customer.deleted"))


def test_whoever_writes_from_a_companys_domain_belongs_to_it(api: Api, cloud: Cloud, engines: str) -> None:
    ada = api.post("/v1/customers", {"emails": ["ada@engines.example"]}).ok(201)["id"]
    bob = api.post("/v1/customers", {"emails": ["bob@gmail.com"]}).ok(201)["id"]
    cloud.pump(twice=True, seed=1)
    assert _members(api, engines) == [ada]
    found = api.get(f"/v1/customers?organisation_id={engines}").ok()["data"]
    assert [one["id"] for one in found] == [ada]
    api.delete(f"/v1/organisations/{engines}/members/{ada}").ok(204)
    api.patch(f"/v1/customers/{ada}", {"emails": ["ada@engines.example", "ada@home.example"]}).ok()
    api.patch(f"/v1/customers/{bob}", {"emails": ["bob@engines.example"]}).ok()
    cloud.pump()
    assert _members(api, engines) == [bob], "who was taken out by hand stays out"
