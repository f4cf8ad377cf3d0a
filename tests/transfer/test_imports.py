"""Imports through the API and the queue of jobs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.access import service as access
from chalicelib.kernel import ids
from tests.api import Api
from tests.cloud import Cloud
from tests.memory import caller
from tests.transfer.files import MAPPING, PEOPLE, begin, drive, profiles, results, rows, run, state, upload


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


def test_an_owner_is_known_by_their_address(api: Api, cloud: Cloud) -> None:
    grace = api.post("/v1/staff", {"name": "Grace", "email": "Grace@shop.example"}).ok(201)["id"]
    content = (
        "email,Owner Email\n"
        f"a@example.org,grace@Shop.example\nb@example.org,{grace}\n"
        "c@example.org,nobody@shop.example\nd@example.org,\n"
    )
    found = run(api, cloud, content)
    assert found["counts"] == {"created": 3, "rejected": 1}
    [rejected] = rows(api, found["id"], "&outcome=rejected")
    assert (rejected["row"], rejected["code"], rejected["param"]) == (3, "unknown_staff", "owner")
    assert [one.get("owner") for one in profiles(cloud).values()].count(grace) == 2


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


def test_what_may_be_asked_when(api: Api, cloud: Cloud) -> None:
    made = api.post("/v1/imports", {}).ok(201)
    url = f"/v1/imports/{made['id']}"
    start = {"mapping": {"email": "email"}}
    api.post(f"{url}/analyse", {}).problem(409, "not_uploaded")
    api.post(f"{url}/start", start).problem(409, "not_analysed")
    api.post(f"{url}/undo").problem(409, "not_over")
    api.post(f"{url}/cancel").problem(409, "not_running")
    api.get(f"{url}/results").problem(409, "not_over")
    identifier = upload(api, cloud, "email\na@example.org\n")
    url = f"/v1/imports/{identifier}"
    api.post(f"{url}/analyse", {}).ok()
    api.post(f"{url}/start", {"mapping": {"mail": "email"}}).problem(422, "invalid")
    api.post(f"{url}/start", {"mapping": {"email": "ignore"}}).problem(422, "invalid")
    api.post(f"{url}/start", start).ok()
    api.post(f"{url}/start", start).problem(409, "already_started")
    api.post(f"{url}/analyse", {}).problem(409, "already_started")
    api.post(f"{url}/undo").problem(409, "not_over")
    api.get("/v1/imports/imp_01J00000000000000000000000").problem(404, "no_such_import")
    caller("imports:read").post("/v1/imports", {}).problem(403, "missing_scope")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04" + b"\x00" * 100, "unsupported_file"),
        (b";".join([b"column"] * 10_000), "too_many_columns"),
    ],
)
def test_files_that_are_refused(api: Api, cloud: Cloud, content: bytes, code: str) -> None:
    identifier = upload(api, cloud, content)
    api.post(f"/v1/imports/{identifier}/analyse", {}).problem(422, code)


def test_a_header_alone_is_an_import_of_nothing(api: Api, cloud: Cloud) -> None:
    found = run(api, cloud, "name,email\n")
    assert (found["state"], found["rows"], found["counts"]) == ("finished", 0, {})
    assert results(cloud, found["id"]) == []


def test_bad_rows_are_rejected_with_a_reason_each(api: Api, cloud: Cloud) -> None:
    content = (
        b"name,email,note\n"
        b"Short\n"
        b"Long,l@example.org,n,too much\n"
        b"Bad,\xff\xfe@example.org,\n"
        b'Open,"open@example.org,\n'
        b"=cmd|' /C calc'!A0,f@example.org,+1\n"
        b",,\n"
        b"Control\x07,c@example.org,\n" + b"Last " + b"\xc3\xa9" * 60 + b",last@example.org,,,\n"
    )
    found = run(api, cloud, content, mapping={"name": "name", "email": "email", "note": "custom.note"})
    outcomes = [one["code"] or one["outcome"] for one in rows(api, found["id"])]
    assert outcomes == [
        "created", "too_many_cells", "invalid_bytes", "bad_quotes", "created", "nothing_to_know_by",
        "value_error", "created",
    ]  # fmt: skip
    [formula] = api.get("/v1/customers?email=f@example.org").ok()["data"]
    assert formula["name"] == "=cmd|' /C calc'!A0"


def test_a_file_that_is_gone_fails_the_import(api: Api, cloud: Cloud) -> None:
    identifier = begin(api, cloud, PEOPLE)
    boto3.client("s3").delete_object(Bucket=cloud["FilesBucket"], Key=f"imports/{identifier}/source")
    drive(identifier)
    found = state(api, identifier)
    assert (found["state"], found["problem"]) == ("failed", "file_gone")


def test_another_file_in_its_place_is_not_imported(api: Api, cloud: Cloud) -> None:
    """The link to upload to works for hours; what was analysed, and mapped, is what is taken."""
    identifier = begin(api, cloud, PEOPLE)
    other = b"email,name,tags\nMallory,mallory@example.org,\n"
    boto3.client("s3").put_object(Bucket=cloud["FilesBucket"], Key=f"imports/{identifier}/source", Body=other)
    drive(identifier)
    found = state(api, identifier)
    assert (found["state"], found["problem"], found["rows"]) == ("failed", "file_changed", 0)
    assert profiles(cloud) == {}


def test_after_a_month_its_outcomes_are_gone_and_it_stays_done(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = run(api, cloud, PEOPLE)["id"]
    url = f"/v1/imports/{identifier}"
    monkeypatch.setattr(ids, "now", lambda: datetime.now(UTC) + timedelta(days=29))
    api.post(f"{url}/undo").problem(409, "too_late")  # its first outcomes go before the undoing gets to them
    assert len(rows(api, identifier)) == 3
    monkeypatch.setattr(ids, "now", lambda: datetime.now(UTC) + timedelta(days=31))
    s3, bucket = boto3.client("s3"), cloud["FilesBucket"]
    for one in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        s3.delete_object(Bucket=bucket, Key=one["Key"])
    api.post(f"{url}/undo").problem(409, "too_late")
    api.get(f"{url}/rows").problem(404, "file_gone")
    api.get(f"{url}/results").problem(404, "file_gone")
    assert (state(api, identifier)["state"], len(profiles(cloud))) == ("finished", 2)


def test_an_owner_that_cannot_be_an_address_costs_their_own_row_alone(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key of the table holds as much, nor half a character."""
    asked: list[str] = []
    looks_up = access.staff_of_addresses

    def noted(addresses: Iterable[str]) -> dict[str, str]:
        asked.extend(addresses)
        return looks_up(asked)

    monkeypatch.setattr(access, "staff_of_addresses", noted)
    owners = ["a" * 3000 + "@shop.example", "\ud800@shop.example", "nobody@shop.example", ""]
    lines = [json.dumps({"email": f"p{n}@example.org", "owner": owner}) for n, owner in enumerate(owners)]
    found = run(api, cloud, "\n".join(lines), mapping={"email": "email", "owner": "owner"})
    assert found["counts"] == {"rejected": 3, "created": 1}
    assert [one["code"] for one in rows(api, found["id"])] == ["unknown_staff"] * 3 + [None]
    assert asked == ["nobody@shop.example"]


def test_a_version_that_is_over_is_412(api: Api, cloud: Cloud) -> None:
    identifier = upload(api, cloud, PEOPLE)
    url, stale = f"/v1/imports/{identifier}", {"If_Match": '"99"'}
    api.post(f"{url}/analyse", {}, **stale).problem(412, "stale")
    api.post(f"{url}/analyse", {}, If_Match='"1"').ok()
    api.post(f"{url}/start", {"mapping": MAPPING}, **stale).problem(412, "stale")
    api.post(f"{url}/start", {"mapping": MAPPING}, If_Match='"2"').ok()
    api.post(f"{url}/cancel", **stale).problem(412, "stale")
    drive(identifier)
    api.post(f"{url}/undo", **stale).problem(412, "stale")


def test_a_file_without_what_rows_are_found_by_says_so_of_each(api: Api, cloud: Cloud) -> None:
    found = run(api, cloud, PEOPLE, match="external_id")
    assert found["counts"] == {"rejected": 3}
    codes = [one["code"] for one in rows(api, found["id"])]
    assert codes == ["no_match_key", "no_match_key", "value_error"]
    assert profiles(cloud) == {}
