"""Bodies that cannot be read, or say what they must not: a clear problem, nothing written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.kernel.http.asking import NOBODY, an_event, binary


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "nothing",
        '{"name": "Ada"',
        "{'name': 'Ada'}",
        '{"name": "\\ud800"}',
        '{"name": "a\nb"}',
        "\ufeff{}",
        "[" * 100_000,
        '{"a":' * 100_000,
    ],
    ids=[
        "empty",
        "open",
        "word",
        "cut",
        "quotes",
        "lone_surrogate",
        "raw_break",
        "bom",
        "nested",
        "nested_maps",
    ],
)
def test_what_is_not_json_is_400(api: Api, cloud: Cloud, body: str) -> None:
    before = len(cloud.items())
    api.post("/v1/customers", body).problem(400, "invalid_json")
    assert len(cloud.items()) == before


def test_a_missing_body_is_400(api: Api) -> None:
    api.post("/v1/customers").problem(400, "invalid_json")


def test_of_a_name_given_twice_the_last_counts_everywhere(api: Api) -> None:
    """RFC 8259, section 4, leaves it open; what matters is that no two readers of a body differ."""
    body = '{"name": "Ada", "emails": ["no address"], "name": "Bea", "emails": ["bea@example.net"]}'
    kept = api.post("/v1/customers", body, Idempotency_Key="twice").ok(201)
    assert (kept["name"], kept["emails"]) == ("Bea", ["bea@example.net"])
    assert api.post("/v1/customers", body, Idempotency_Key="twice").ok(201)["id"] == kept["id"]


@pytest.mark.parametrize("raw", [b'{"name": "\xff\xfe"}', b"\xc3\x28", b'{"name": "\xed\xa0\x80"}'])
def test_what_is_not_utf_8_is_400(api: Api, raw: bytes) -> None:
    binary(api, raw).problem(400, "invalid_json")


def test_a_body_that_comes_as_base64_is_read(api: Api) -> None:
    assert binary(api, '{"name": "Zoë"}'.encode()).ok(201)["name"] == "Zoë"


def test_a_body_that_is_neither_text_nor_base64_is_400(api: Api) -> None:
    event = an_event(body="\ud800")
    api.send(event).problem(400, "invalid_json")
    api.send({**event, "body": "?", "isBase64Encoded": True}).problem(400, "invalid_json")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"name": 5}, {"name"}),
        ({"name": "Ada", "emails": "ada@example.org"}, {"emails"}),
        ({"name": "Ada", "tags": ["a", 1]}, {"tags.1"}),
        ({"name": "Ada", "colour": "red", "nose": 1}, {"colour", "nose"}),
        ({"name": "Ada", "emails": ["no-address"]}, {"emails.0"}),
        ({"name": "Ada", "phones": ["12"]}, {"phones.0"}),
        ({"name": "Ada", "stage": "friend"}, {"stage"}),
        ({"name": "x" * 201}, {"name"}),
        ({"name": "A\x00da"}, {"name"}),
        ({"name": "Ada\r\nBcc: eve@example.org"}, {"name"}),
        ({"name": "Ada", "time_zone": "Mars/Olympus"}, {"time_zone"}),
        ({"name": "Ada", "time_zone": "Europe"}, {"time_zone"}),
        ({"name": "Ada", "time_zone": "../../etc/passwd"}, {"time_zone"}),
        ({"name": "Ada", "owner": NOBODY}, {"owner"}),
        ([], {"body"}),
        (None, {"body"}),
        ("5", {"body"}),
    ],
)
def test_the_wrong_json_is_422_and_names_what_is_wrong(
    api: Api, cloud: Cloud, body: Any, names: set[str]
) -> None:
    before = len(cloud.items())
    answer = api.post("/v1/customers", "null" if body is None else body)
    problem = answer.problem(422, "invalid")
    assert {param["name"] for param in problem["invalid_params"]} == names
    assert all(set(param) == {"name", "reason", "code"} for param in problem["invalid_params"])
    assert len(cloud.items()) == before


def test_names_that_are_told_back_are_short_and_few(api: Api) -> None:
    problem = api.post("/v1/customers", {f"{'x' * 5000}{number}": 1 for number in range(100)}).problem(
        422, "invalid"
    )
    assert len(problem["invalid_params"]) == 50
    assert max(len(param["name"]) for param in problem["invalid_params"]) == 200


def test_a_body_over_a_megabyte_is_413(api: Api) -> None:
    api.post("/v1/customers", '{"name": "' + "x" * 1_000_000 + '"}').problem(413, "too_large")
    binary(api, b" " * 1_000_001).problem(413, "too_large")
