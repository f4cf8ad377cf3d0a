"""Organisations: domains have one holder; members leave with the organisation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.conftest import caller

ENGINES = {
    "name": "Engines Ltd",
    "domains": ["Engines.example", "engines.example."],
    "website": "https://e.example",
}
NOBODY = "org_01J00000000000000000000000"


@pytest.fixture
def engines(api: Api) -> Any:
    return api.post("/v1/organisations", ENGINES).ok(201)


def test_it_is_made_read_changed_and_listed(api: Api, engines: Any) -> None:
    url = f"/v1/organisations/{engines['id']}"
    assert engines["domains"] == ["engines.example"]
    assert api.get(url).ok() == engines
    patch = {"website": None, "address": ["1 Mill Lane", "Leeds"], "phone": "0113 496 0000", "tags": ["b2b"]}
    after = api.patch(url, patch, If_Match='"1"').ok()
    assert (after["version"], after["website"], after["address"]) == (2, None, patch["address"])
    assert api.get("/v1/organisations").ok()["data"] == [after]
    assert api.patch(url, {"tags": ["b2b"]}).ok()["version"] == 2, "nothing changed"
    api.patch(url, {"name": "E"}, If_Match='"1"').problem(412, "stale")
    api.get(f"/v1/organisations/{NOBODY}").problem(404, "no_such_organisation")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"domains": ["gmail.com"]}, "domains.0"),
        ({"domains": ["a.example", "GMX.de"]}, "domains.1"),
        ({"domains": ["no domain"]}, "domains.0"),
        ({"domains": ["ada@engines.example"]}, "domains.0"),
        ({"domains": [f"d{n}.example" for n in range(21)]}, "domains"),
        ({"website": "ftp://e.example"}, "website"),
        ({"website": "https://e.example/\x03"}, "website"),
        ({"name": ""}, "name"),
        ({"owner": "stf_01J00000000000000000000000"}, "owner"),
        ({"size": 3}, "size"),
    ],
)
def test_what_it_cannot_be_is_422(api: Api, body: Any, name: str) -> None:
    problem = api.post("/v1/organisations", {"name": "X", **body}).problem(422, "invalid")
    assert [param["name"] for param in problem["invalid_params"]] == [name]


def test_a_domain_has_one_holder_whom_a_409_names(api: Api, engines: Any) -> None:
    problem = api.post("/v1/organisations", {"name": "B", "domains": ["ENGINES.example"]}).problem(
        409, "domain_taken"
    )
    assert problem["organisation_id"] == engines["id"]
    assert api.get("/v1/organisations?domain=Engines.example").ok()["data"] == [engines]
    assert api.get("/v1/organisations?domain=looms.example").ok()["data"] == []
    api.get("/v1/organisations?domain=@").problem(422, "invalid")
    api.patch(f"/v1/organisations/{engines['id']}", {"domains": ["engines.test.example"]}).ok()
    api.post("/v1/organisations", {"name": "B", "domains": ["engines.example"]}).ok(201)


def test_international_domains_are_one_whatever_their_form(api: Api) -> None:
    made = api.post("/v1/organisations", {"name": "M", "domains": ["BÜCHER.example"]}).ok(201)
    assert made["domains"] == ["bücher.example"]
    found = api.get("/v1/organisations?domain=xn--bcher-kva.example").ok()["data"]
    assert [one["id"] for one in found] == [made["id"]]


def test_of_those_who_claim_a_domain_at_once_one_gets_it(api: Api) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: api.post("/v1/organisations", ENGINES), range(3)))
    assert sorted(answer.status for answer in answers) == [201, 409, 409]


def test_a_deleted_one_is_gone_at_once_and_its_members_leave_it(
    api: Api, cloud: Cloud, engines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.customers import members

    monkeypatch.setattr(members, "TOGETHER", 2)
    monkeypatch.setattr(members, "ROUNDS", 1)
    people = [
        api.post("/v1/customers", {"name": f"C{n}", "organisation_id": engines["id"]}).ok(201)["id"]
        for n in range(5)
    ]
    url = f"/v1/organisations/{engines['id']}"
    api.delete(url).ok(204)
    api.get(url).problem(404, "no_such_organisation")
    api.get(f"{url}/timeline").problem(404, "no_such_organisation")
    api.delete(url).problem(404, "no_such_organisation")
    assert api.get("/v1/organisations").ok()["data"] == []
    late = api.post("/v1/customers", {"name": "Late", "organisation_id": engines["id"]}).problem(
        422, "invalid"
    )
    assert late["invalid_params"][0]["code"] == "unknown_organisation"
    api.post("/v1/organisations", ENGINES).ok(201)
    cloud.pump(twice=True, seed=1)
    for customer_id in people:
        after = api.get(f"/v1/customers/{customer_id}").ok()
        assert (after["organisation_id"], after["version"]) == (None, 2)
    items = cloud.items()
    assert {item["sk"][:4] for item in items if item["pk"] == f"ORG#{engines['id']}"} == {"EVT#"}
    marked = {item["pk"] for item in items if item["sk"] == f"WAS_MEMBER#{engines['id']}"}
    assert marked == {f"CUS#{customer_id}" for customer_id in people}


def test_scopes_and_calls(cloud: Cloud, api: Api, engines: Any) -> None:
    reader = caller("organisations:read")
    reader.post("/v1/organisations", ENGINES).problem(403, "missing_scope")
    with counted() as calls:
        reader.get(f"/v1/organisations/{engines['id']}").ok()
    assert calls == ["GetItem"]
    with counted() as calls:
        reader.get("/v1/organisations?domain=engines.example").ok()
    assert calls == ["BatchGetItem"] * 2
    with counted() as calls:
        api.post("/v1/organisations", {"name": "B"}).ok(201)
    assert calls == ["TransactWriteItems"]
