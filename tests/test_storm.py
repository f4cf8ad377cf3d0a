"""A small business in a storm of faults: nothing is lost or doubled. `bench.faults` is the same for real."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import boto3
import pytest

from chalicelib.mail import sending
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import arrive, outbox, write
from tests.storm import Storm

RESPONSES, MAILS_IN, MAILS_OUT, ROWS = 20, 3, 3, 6


@pytest.mark.parametrize("seed", [1])
def test_nothing_is_lost_and_nothing_doubled(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setattr(sending, "PATIENT_TRIES", 1000)  # no timer fires here
    storm = Storm(cloud, seed, monkeypatch)
    given = [_response(number) for number in range(RESPONSES)]
    taken = storm.post(api, "/v1/feedback/batch", {"responses": given}, "responses")["results"]
    for number in range(MAILS_IN):
        raw = write(f"Question {number}", sender=f"n{number}@in.example.org", subject=f"in {number}")
        for _ in range(1 + number % 2):
            arrive(cloud, raw, sender=f"n{number}@in.example.org")
    for number in range(MAILS_OUT):
        body = {"email": f"o{number}@example.org", "subject": f"out {number}", "text": "Here."}
        storm.post(api, "/v1/messages", body, f"mail-{number}")
    imported = _import(storm, api, cloud)
    storm.pump()

    assert storm.fired.total() > 5
    ids = [one["id"] for one in taken]
    items = cloud.items()
    assert sorted(item["id"] for item in items if item["sk"] == "FEEDBACK") == sorted(ids)
    assert api.get("/v1/feedback/stats").ok()["responses"] == RESPONSES
    [group] = api.get("/v1/feedback/stats/tag").ok()["groups"]
    assert group["responses"] == len(range(0, RESPONSES, 3))
    assert _types(items)["feedback.received"] == RESPONSES
    assert Counter(item["subject"] for item in items if item["sk"] == "TICKET") == {
        f"in {number}": 1 for number in range(MAILS_IN)
    }
    _mails(items)
    assert api.get(f"/v1/imports/{imported}").ok()["counts"] == {"created": ROWS}
    people = Counter(address for item in items if item["sk"] == "PROFILE" for address in item["emails"])
    wanted = [f"i{n}@rows.example.org" for n in range(ROWS)] + [
        f"n{n}@in.example.org" for n in range(MAILS_IN)
    ]
    assert people == Counter(wanted + [f"r{number}@example.org" for number in range(RESPONSES // 10)])
    assert _types(items)["customer.registered"] == len(people)


def _response(number: int) -> dict[str, Any]:
    given: dict[str, Any] = {"kind": "nps", "score": number % 11}
    given |= {"tags": ["spring"]} if number % 3 == 0 else {}
    return given | ({"email": f"r{number // 10}@example.org"} if number % 10 == 0 else {})


def _import(storm: Storm, api: Api, cloud: Cloud) -> str:
    made = storm.post(api, "/v1/imports", {"filename": "people.csv"}, "import")
    rows = "".join(f"Person {n},i{n}@rows.example.org\n" for n in range(ROWS))
    key = f"imports/{made['id']}/source"
    boto3.client("s3").put_object(Bucket=cloud["FilesBucket"], Key=key, Body=f"name,email\n{rows}".encode())
    storm.post(api, f"/v1/imports/{made['id']}/analyse", {}, "analyse")
    mapping = {"name": "name", "email": "email"}
    storm.post(api, f"/v1/imports/{made['id']}/start", {"mapping": mapping}, "start")
    identifier: str = made["id"]
    return identifier


def _types(items: list[Any]) -> Counter[str]:
    return Counter(item["type"] for item in items if item["sk"].startswith("EVT#"))


def _mails(items: list[Any]) -> None:
    """Each mail was sent, and more than once only if it says that nobody could know."""
    outbound = [item for item in items if item["sk"] == "MAIL" and item["direction"] == "outbound"]
    assert len(outbound) == MAILS_IN + MAILS_OUT, "an acknowledgement each, and what was written"
    assert {item["status"] for item in outbound} == {"sent"}
    sent = Counter(str(mail["To"]) for mail in outbox())
    for item in outbound:
        [to] = [address["address"] for address in item["to"]]
        assert sent[to] == 1 or (sent[to] > 1 and item["uncertain"]), (to, sent[to], item.get("uncertain"))
