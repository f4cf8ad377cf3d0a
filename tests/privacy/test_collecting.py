"""Everything that is known of a person, in a ZIP; and nothing of anybody else's."""

from __future__ import annotations

import io
import json
from typing import Any

import boto3
import pytest

from chalicelib.privacy import filling
from tests.api import Api
from tests.cloud import Cloud
from tests.conftest import caller
from tests.privacy.dying import dying
from tests.privacy.people import SCAN, Person, archive_of, erase, lines, somebody


@pytest.fixture
def person(api: Api, cloud: Cloud) -> Person:
    return somebody(api, cloud)


def _collect(api: Api, cloud: Cloud, customer_id: str) -> Any:
    asked = api.post(f"/v1/customers/{customer_id}/access-requests", {}).ok(201)
    assert (asked["state"], asked["volumes"]) == ("running", [])
    cloud.pump(rounds=200)
    return api.get(f"/v1/access-requests/{asked['id']}").ok()


def test_everything_is_in_it(api: Api, cloud: Cloud, person: Person) -> None:
    access = _collect(api, cloud, person.twin)
    assert access["state"] == "finished"
    entries = archive_of(cloud, access)
    mine = {name.partition("/")[2]: body for name, body in entries.items() if name.startswith(person.id)}
    [profile] = lines(mine["profile.jsonl"])
    assert (profile["name"], profile["emails"]) == ("Quixotina Zanzibar", ["quixotina@example.org"])
    assert {one["type"] for one in lines(mine["timeline.jsonl"])} >= {
        "customer.registered",
        "mail.received",
        "ticket.noted",
        "interaction.logged",
        "feedback.received",
    }
    messages = lines(mine["messages.jsonl"])
    directions = [one["direction"] for one in messages]
    assert sorted(directions) == ["inbound", "internal", "outbound", "outbound", "outbound"]
    [response] = lines(mine["feedback.jsonl"])
    assert (response["score"], response["comment"], response["question"]) == (3, "zanzibar!", "nps")
    [mail] = [body for name, body in mine.items() if name.endswith(".eml")]
    assert b"zanzibar one" in mail
    assert [body for name, body in mine.items() if name.endswith("-kettle.png")] == [SCAN]
    twins = {name.partition("/")[2]: body for name, body in entries.items() if name.startswith(person.twin)}
    call = lines(twins["tickets.jsonl"])
    assert [one["kind"] for one in call] == ["ticket", "message"]
    assert any(name.startswith("tickets/texts/") for name in twins)
    readme = entries["README.txt"].decode()
    assert all(name in readme for name in (mine | twins) if name.endswith(".jsonl"))
    manifest = json.loads(entries["manifest.json"])
    assert manifest["is_last_volume"]
    assert manifest["counts"] == access["counts"]
    assert access["counts"]["messages"] == len(messages) + len(lines(twins.get("messages.jsonl", b""))) + 1


def test_nobody_else_is_in_it(api: Api, cloud: Cloud, person: Person) -> None:
    staff = api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"}).ok(201)["id"]
    api.patch(f"/v1/customers/{person.id}", {"owner": staff}).ok()
    api.patch(f"/v1/tickets/{person.ticket}", {"assignee": staff}).ok()
    whole = b"\n".join(archive_of(cloud, _collect(api, cloud, person.id)).values())
    for text in (person.other, person.other_ticket, "bob@example.org", "Sam", "sam@shop.example"):
        assert text.encode() not in whole


def test_what_does_not_fit_goes_into_more_volumes(
    api: Api, cloud: Cloud, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = archive_of(cloud, _collect(api, cloud, person.id))
    monkeypatch.setattr(filling, "MAX_VOLUME", 0)
    access = _collect(api, cloud, person.id)
    assert len(access["volumes"]) > 10
    parts = archive_of(cloud, access)
    described = {"README.txt", "manifest.json"}
    assert parts.keys() - described == whole.keys() - described
    for name in parts.keys() - described:
        if name.endswith("timeline.jsonl"):  # an event of the first request is none of the customer's
            assert lines(parts[name]) == lines(whole[name])
        elif name.endswith(".jsonl"):
            assert parts[name] == whole[name]


def test_a_worker_that_dies_leaves_no_half_archive(api: Api, cloud: Cloud, person: Person) -> None:
    asked = api.post(f"/v1/customers/{person.id}/access-requests", {}).ok(201)
    cloud.publish()
    messages = cloud.receive("JobsQueue")
    for _ in range(2):
        with dying("UploadPart"):
            assert len(cloud.deliver("JobsQueue", messages)) == 1
    s3 = boto3.client("s3")
    assert "Contents" not in s3.list_objects_v2(Bucket=cloud["FilesBucket"])
    assert not s3.list_multipart_uploads(Bucket=cloud["FilesBucket"]).get("Uploads")
    with dying("TransactWriteItems"):
        assert len(cloud.deliver("JobsQueue", messages)) == 1
    for _ in range(2):
        assert cloud.deliver("JobsQueue", messages) == set()
    access = api.get(f"/v1/access-requests/{asked['id']}").ok()
    assert access["state"] == "finished"
    assert len(access["volumes"]) == 1
    assert archive_of(cloud, access)


def test_the_archive_is_handed_out_and_that_is_recorded(api: Api, cloud: Cloud, person: Person) -> None:
    asked = api.post(f"/v1/customers/{person.id}/access-requests", {"requested_by": "authority"}).ok(201)
    url = f"/v1/access-requests/{asked['id']}/links"
    api.post(url).problem(409, "no_archive")
    cloud.pump()
    links = api.post(url, Idempotency_Key="once").ok(201)
    assert links["expires_in"] == 900
    assert f"privacy/{asked['id']}/access-1.zip" in links["urls"][0]
    assert not [item for item in cloud.items() if "Signature" in json.dumps(item, default=str)]
    types = [one.get("type") for one in cloud.items() if one["pk"] == f"SAR#{asked['id']}"]
    assert types.count("privacy.access_handed_out") == 1
    caller("customers:read").post(url).problem(403, "missing_scope")


def test_erasing_takes_the_archive_too(api: Api, cloud: Cloud, person: Person) -> None:
    access = _collect(api, cloud, person.id)
    certificate = erase(api, cloud, person.id)
    assert certificate["removed"]["archives"] == 1
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket=cloud["FilesBucket"])
    after = api.get(f"/v1/access-requests/{access['id']}").ok()
    assert (after["state"], after["volumes"]) == ("erased", [])
    api.post(f"/v1/access-requests/{access['id']}/links").problem(409, "no_archive")
    api.post(f"/v1/customers/{person.id}/access-requests", {}).problem(404, "erased")


def test_a_step_that_comes_after_the_erasure_writes_nothing(api: Api, cloud: Cloud, person: Person) -> None:
    api.post(f"/v1/customers/{person.id}/access-requests", {}).ok(201)
    cloud.publish()
    messages = cloud.receive("JobsQueue")
    erase(api, cloud, person.id)
    assert cloud.deliver("JobsQueue", messages) == set()
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket=cloud["FilesBucket"])


def test_a_mail_that_expired_is_counted_and_missed_by_nobody(api: Api, cloud: Cloud, person: Person) -> None:
    s3 = boto3.client("s3")
    for one in s3.list_objects_v2(Bucket=cloud["MailBucket"], Prefix="inbound/")["Contents"]:
        s3.delete_object(Bucket=cloud["MailBucket"], Key=one["Key"])
    access = _collect(api, cloud, person.id)
    assert access["counts"]["files_expired"] == 1
    assert not [name for name in archive_of(cloud, access) if name.endswith(".eml")]


def test_an_upload_of_many_pieces_is_one_object(cloud: Cloud) -> None:
    from chalicelib.kernel import blobs

    upload = blobs.Upload("privacy/x/large", "application/zip", bucket=cloud["FilesBucket"])
    for _ in range(20):
        upload.write(b"x" * 900_000)
    upload.complete()
    stored = b"".join(blobs.stream("privacy/x/large", bucket=cloud["FilesBucket"]))
    assert io.BytesIO(stored).read() == b"x" * 18_000_000
    assert upload.size == len(stored)
