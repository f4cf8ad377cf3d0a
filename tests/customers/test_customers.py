"""Registering, reading, changing, listing, looking up and deleting customers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from tests.api import Api
from tests.cloud import Cloud
from tests.memory import caller

ADA = {"name": "Ada Lovelace", "emails": ["ada@example.org"], "phones": ["+44 20 7946 0958"]}


def test_registered_customer_can_be_read(api: Api) -> None:
    answer = api.post("/v1/customers", ADA)
    ada = answer.ok(201)
    assert ada["id"].startswith("cus_")
    assert ada["version"] == 1
    assert ada["phones"] == ["+442079460958"]
    assert ada["stage"] == "lead"
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"https://api.shop.example/v1/customers/{ada['id']}"
    assert api.get(f"/v1/customers/{ada['id']}").ok() == ada


def test_an_address_has_one_holder_and_the_409_names_it(api: Api) -> None:
    ada = api.post("/v1/customers", ADA).ok(201)
    problem = api.post("/v1/customers", {"name": "Other", "emails": ["ADA@Example.org"]}).problem(
        409, "identity_taken"
    )
    assert problem["customer_id"] == ada["id"]
    assert problem["identity"] == "email"
    assert "ada@" not in str(problem).lower()


def test_domains_that_only_look_alike_are_two_customers(api: Api) -> None:
    first = api.post("/v1/customers", {"emails": ["ada@straße.example"]}).ok(201)
    second = api.post("/v1/customers", {"emails": ["ada@strasse.example"]}).ok(201)
    for customer, address in ((first, "ADA@STRAßE.example"), (second, "Ada@Strasse.example")):
        assert api.get(f"/v1/customers?email={quote(address)}").ok()["data"] == [customer]


def test_nothing_is_written_when_one_identity_of_several_is_taken(api: Api, cloud: Cloud) -> None:
    api.post("/v1/customers", ADA).ok(201)
    before = len(cloud.items())
    both = {"emails": ["new@example.org", "ada@example.org"]}
    api.post("/v1/customers", both).problem(409, "identity_taken")
    assert len(cloud.items()) == before


def test_look_up_by_any_identity(api: Api) -> None:
    ada = api.post("/v1/customers", {**ADA, "external_ids": {"erp": "4711"}}).ok(201)
    for query in ("email=Ada@example.org", "phone=%2B442079460958", "external_id=erp:4711"):
        assert api.get(f"/v1/customers?{query}").ok()["data"] == [ada]
    assert api.get("/v1/customers?email=nobody@example.org").ok()["data"] == []
    api.get("/v1/customers?email=no-address").problem(422, "invalid")


def test_patch_is_a_merge_patch(api: Api) -> None:
    ada = api.post("/v1/customers", {**ADA, "custom": {"size": "M", "vip": True}, "tags": ["a"]}).ok(201)
    url = f"/v1/customers/{ada['id']}"
    patch: dict[str, Any] = {"stage": "customer", "custom": {"size": None, "shoe": 38.5}, "phones": None}
    after = api.patch(url, patch).ok()
    assert after["version"] == 2
    assert after["custom"] == {"vip": True, "shoe": 38.5}
    assert after["phones"] == []
    assert after["tags"] == ["a"]
    assert api.get(url).ok() == after
    assert api.patch(url, {"stage": "customer"}).ok()["version"] == 2, "nothing changed"


def test_a_changed_address_is_free_for_others(api: Api) -> None:
    ada = api.post("/v1/customers", ADA).ok(201)
    api.patch(f"/v1/customers/{ada['id']}", {"emails": ["ada@new.example"]}).ok()
    api.post("/v1/customers", {"emails": ["ada@example.org"]}).ok(201)
    assert api.get("/v1/customers?email=ada@new.example").ok()["data"][0]["id"] == ada["id"]


def test_stale_etag_is_412(api: Api) -> None:
    ada = api.post("/v1/customers", ADA).ok(201)
    url = f"/v1/customers/{ada['id']}"
    api.patch(url, {"company": "Engines"}, If_Match='"1"').ok()
    api.patch(url, {"company": "Looms"}, If_Match='"1"').problem(412, "stale")
    api.delete(url, If_Match='"7"').problem(412, "stale")
    assert api.get(url, If_None_Match='"2"').status == 304


def test_changes_at_the_same_time_are_all_kept(api: Api) -> None:
    ada = api.post("/v1/customers", ADA).ok(201)
    url = f"/v1/customers/{ada['id']}"
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: api.patch(url, {"custom": {f"n{n}": n}}), range(4)))
    assert [answer.status for answer in answers] == [200] * 4
    after = api.get(url).ok()
    assert after["custom"] == {"n0": 0, "n1": 1, "n2": 2, "n3": 3}
    assert after["version"] == 5


def test_of_registrations_at_the_same_time_one_wins(api: Api) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api.post("/v1/customers", ADA), range(4)))
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [201, 409, 409, 409]


def test_deleted_customer_is_gone_and_frees_identities(api: Api) -> None:
    ada = api.post("/v1/customers", ADA).ok(201)
    assert api.delete(f"/v1/customers/{ada['id']}").status == 204
    api.get(f"/v1/customers/{ada['id']}").problem(404, "no_such_customer")
    api.post("/v1/customers", ADA).ok(201)


def test_pages_hold_every_customer_once_newest_first(api: Api) -> None:
    made = [api.post("/v1/customers", {"name": f"C{n}"}).ok(201)["id"] for n in range(11)]
    assert _pages(api, "/v1/customers?limit=4") == made[::-1]
    assert _pages(api, "/v1/customers?limit=3&sort=updated_at") == made
    stages = _pages(api, "/v1/customers?limit=5&stage=lead")
    assert stages == made[::-1]
    assert _pages(api, "/v1/customers?stage=former") == []


def test_list_by_stage_follows_the_stage(api: Api) -> None:
    ada = api.post("/v1/customers", ADA).ok(201)
    api.patch(f"/v1/customers/{ada['id']}", {"stage": "customer"}).ok()
    assert _pages(api, "/v1/customers?stage=lead") == []
    assert _pages(api, "/v1/customers?stage=customer") == [ada["id"]]


def _pages(api: Api, url: str) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = api.get(url + (f"&cursor={cursor}" if cursor else "")).ok()
        found += [customer["id"] for customer in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_idempotency_key_replays_the_answer(api: Api) -> None:
    first = api.post("/v1/customers", ADA, Idempotency_Key="k1")
    again = api.post("/v1/customers", ADA, Idempotency_Key="k1")
    assert again.ok(201) == first.ok(201)
    assert again.headers["ETag"] == '"1"'
    assert again.headers["Idempotency-Replayed"] == "true"
    api.post("/v1/customers", {"name": "X"}, Idempotency_Key="k1").problem(409, "idempotency_key_reused")


def test_owner_must_be_on_the_staff(api: Api) -> None:
    nobody = "stf_01J00000000000000000000000"
    api.post("/v1/customers", {**ADA, "owner": nobody}).problem(422, "invalid")
    staff = api.post("/v1/staff", {"name": "Bo", "email": "bo@shop.example"}).ok(201)
    assert api.post("/v1/customers", {**ADA, "owner": staff["id"]}).ok(201)["owner"] == staff["id"]


def test_scopes_are_checked(cloud: Cloud) -> None:
    reader = caller("customers:read")
    reader.post("/v1/customers", ADA).problem(403, "missing_scope")
    reader.get("/v1/customers").ok()
    Api(None).get("/v1/customers").problem(401, "unauthorized")


def test_numbers_that_the_table_cannot_hold_are_told_by_their_field(api: Api) -> None:
    for number in (1.5e-131, -5e-324, 1e101):
        body = {"name": "Ada", "custom": {"weight": number}}
        found = api.post("/v1/customers", body).problem(422, "invalid")
        assert found["invalid_params"][0]["name"].startswith("custom.weight")
    body = {"name": "Ada", "custom": {"weight": 1e-100, "loss": 0.0}}
    assert api.post("/v1/customers", body).ok(201)["custom"] == body["custom"]
