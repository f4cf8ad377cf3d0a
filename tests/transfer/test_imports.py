"""A file becomes customers, through the API and the queue of jobs; taken again, it changes nothing."""

from __future__ import annotations

import json
from typing import Any

from tests.api import Api
from tests.cloud import Cloud
from tests.transfer.files import PEOPLE, profiles, results, rows, run, upload


def test_a_file_becomes_customers(api: Api, cloud: Cloud) -> None:
    found = run(api, cloud, PEOPLE, stage="prospect", tags=["spring"])
    assert found["state"] == "finished"
    assert found["counts"] == {"created": 2, "rejected": 1}
    assert (found["rows"], found["bytes_done"]) == (3, len(PEOPLE)) == (3, found["bytes_total"])
    [ada] = api.get("/v1/customers?email=ada@example.org").ok()["data"]
    assert (ada["name"], ada["stage"], ada["tags"]) == ("Ada", "prospect", ["a", "b", "spring"])
    outcomes = rows(api, found["id"])
    assert [one["outcome"] for one in outcomes] == ["created", "created", "rejected"]
    assert outcomes[0]["customer_id"] == ada["id"]
    [rejected] = rows(api, found["id"], "&outcome=rejected")
    assert (rejected["row"], rejected["param"], rejected["code"]) == (3, "emails.0", "value_error")
    assert [one["outcome"] for one in results(cloud, found["id"])] == ["created", "created", "rejected"]
    links = api.get(f"/v1/imports/{found['id']}/results").ok()
    assert len(links["files"]) == 1
    assert [one["id"] for one in api.get("/v1/imports").ok()["data"]] == [found["id"]]


def test_events_of_imported_customers_are_bulk_and_name_who_imported(api: Api, cloud: Cloud) -> None:
    found = run(api, cloud, "email\nada@example.org\n")
    [event] = [item for item in cloud.items() if item.get("type") == "customer.registered"]
    assert event["bulk"] is True
    assert event["actor"]["id"].startswith("key_")
    mine = [item for item in cloud.items() if item["pk"] == f"IMP#{found['id']}" and "type" in item]
    kinds = [item["type"] for item in mine]
    assert sorted(kinds) == ["import.created", "import.finished", "import.started"]


def test_the_mapping_is_proposed(api: Api, cloud: Cloud) -> None:
    header = "Record ID,First Name,Last Name,Email,Phone Number,Lifecycle Stage,Nickname,Telefonnumer"
    identifier = upload(api, cloud, header + "\n7,Ada,King,ada@example.org,+442079460958,Customer,A,\n")
    found = api.post(f"/v1/imports/{identifier}/analyse", {}).ok()
    proposed = {one["column"]: one["field"] for one in found["columns"]}
    assert proposed == {
        "Record ID": "external_id.hubspot",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Email": "email",
        "Phone Number": "phone",
        "Lifecycle Stage": "stage",
        "Nickname": "ignore",
        "Telefonnumer": "phone",
    }
    assert found["columns"][3]["samples"] == ["ada@example.org"]
    assert found["dialect"]["separator"] == ","
    api.post(f"/v1/imports/{identifier}/start", {"mapping": {**proposed, "Nickname": "custom.nickname"}}).ok()
    cloud.pump()
    [ada] = api.get("/v1/customers?external_id=hubspot:7").ok()["data"]
    assert (ada["name"], ada["stage"], ada["custom"]) == ("Ada King", "customer", {"nickname": "A"})


def test_json_lines_hold_values_of_their_own_kinds(api: Api, cloud: Cloud) -> None:
    lines: list[Any] = [
        {"name": "Ada", "emails": ["a@example.org", "b@example.org"], "custom": {"size": 38, "vip": True}},
        {"name": 7, "emails": "c@example.org", "external_ids": {"erp": 12}},
        {"name": "Eve", "custom": {"size": [1]}},
    ]
    found = run(api, cloud, "\n".join(json.dumps(line) for line in lines))
    assert found["counts"] == {"created": 2, "rejected": 1}
    [ada] = api.get("/v1/customers?email=b@example.org").ok()["data"]
    assert ada["custom"] == {"size": 38, "vip": True}
    assert api.get("/v1/customers?external_id=erp:12").ok()["data"][0]["name"] == "7"


def test_a_second_import_changes_nothing_or_adds(api: Api, cloud: Cloud) -> None:
    run(api, cloud, PEOPLE)
    assert run(api, cloud, PEOPLE)["counts"] == {"unchanged": 2, "rejected": 1}
    found = run(api, cloud, "email,company\nada@example.org,Engines\nnew@example.org,X\n", mode="update")
    assert found["counts"] == {"updated": 1, "rejected": 1}
    assert rows(api, found["id"])[0]["changed"] == ["company"]
    assert rows(api, found["id"])[1]["code"] == "not_found"


def test_rows_that_repeat_or_contradict_each_other(api: Api, cloud: Cloud) -> None:
    content = (
        "name,email,external_id\n"
        "Ada,ada@example.org,\nAda,ada@example.org,\nAda King,ada@example.org,1\n"
        "Bob,bob@example.org,2\nWho,ada@example.org,2\n"
    )
    found = run(api, cloud, content)
    outcomes = rows(api, found["id"])
    assert [one["outcome"] for one in outcomes] == ["created", "unchanged", "updated", "created", "rejected"]
    assert outcomes[4]["code"] == "ambiguous"
    assert outcomes[4]["candidates"] == sorted([outcomes[0]["customer_id"], outcomes[3]["customer_id"]])


def test_a_dry_run_writes_nothing_but_results(api: Api, cloud: Cloud) -> None:
    dry = run(api, cloud, PEOPLE, dry_run=True)
    assert not profiles(cloud)
    assert dry["dry_run"] is True
    real = run(api, cloud, PEOPLE)
    assert dry["counts"] == real["counts"]
    names = ("row", "outcome", "code")
    assert [[one[name] for name in names] for one in results(cloud, dry["id"])] == [
        [one[name] for name in names] for one in results(cloud, real["id"])
    ]
    api.post(f"/v1/imports/{dry['id']}/undo").problem(409, "dry_run")


def test_a_header_alone_is_an_import_of_nothing(api: Api, cloud: Cloud) -> None:
    found = run(api, cloud, "name,email\n")
    assert (found["state"], found["rows"], found["counts"]) == ("finished", 0, {})
    assert results(cloud, found["id"]) == []
