"""Files and rows that cannot be taken: each is rejected alone, with its reason."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from chalicelib.access import service as access
from tests.api import Api
from tests.cloud import Cloud
from tests.transfer.files import PEOPLE, profiles, rows, run, upload


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


def test_a_file_without_what_rows_are_found_by_says_so_of_each(api: Api, cloud: Cloud) -> None:
    found = run(api, cloud, PEOPLE, match="external_id")
    assert found["counts"] == {"rejected": 3}
    codes = [one["code"] for one in rows(api, found["id"])]
    assert codes == ["no_match_key", "no_match_key", "value_error"]
    assert profiles(cloud) == {}
