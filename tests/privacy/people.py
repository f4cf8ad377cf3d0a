"""A person of whom there is everything, under two ids, with words that occur nowhere else."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zipfile import ZipFile

import boto3

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import receive, report, write

SCAN = b"\x89PNG\r\n\x1a\nzanzibarscan"
PLANTED = (
    "zanzibar",
    "Quixotina",
    "quixotina@example.org",
    "quixotina.old@example.org",
    "2079460958",
    "loyalty-4711",
)
"""Texts that are this person's alone; `zanzibar` is in everything that anybody wrote."""


@dataclass
class Person:
    """Who they are, and whose correspondence must survive them."""

    id: str
    twin: str
    ticket: str
    other: str
    other_ticket: str
    responses: list[str]

    @property
    def ids(self) -> list[str]:
        return [self.id, self.twin]


def somebody(api: Api, cloud: Cloud) -> Person:
    """Let a person mail, call, answer and complain; and another one, who has nothing to do with it."""
    twin = _register(api, "Quixotina Old", "quixotina.old@example.org", phones=[])
    person = _register(
        api, "Quixotina Zanzibar", "quixotina@example.org", external_ids={"shop": "loyalty-4711"}
    )
    other = _register(api, "Bob", "bob@example.org", phones=[])
    api.patch(f"/v1/customers/{person}", {"company": "Zanzibar Ltd"}).ok()
    mail = write(
        "zanzibar one", sender="Quixotina <quixotina@example.org>", html="<p>zanzibar</p>", attachment=SCAN
    )
    receive(cloud, mail, sender="quixotina@example.org")
    [ticket] = _tickets(api, person)
    api.post(f"/v1/tickets/{ticket}/messages", {"text": "An answer about zanzibar"}).ok(201)
    api.post(f"/v1/tickets/{ticket}/messages", {"text": "zanzibar note " * 900, "internal": True}).ok(201)
    call = {
        "customer_id": twin,
        "channel": "phone",
        "subject": "zanzibar call",
        "text": "zanzibar said " * 900,
    }
    api.post("/v1/tickets", call).ok(201)
    news = {"customer_id": person, "subject": "zanzibar news", "text": "zanzibar", "html": "<b>zanzibar</b>"}
    sent = api.post("/v1/messages", news).ok(201)
    store = {"channel": "store", "direction": "inbound", "summary": "zanzibar in the shop"}
    api.post(f"/v1/customers/{person}/interactions", store).ok(201)
    cloud.pump()
    report(cloud, "Delivery", sent["id"], "quixotina@example.org", customer=person)
    given = {"kind": "nps", "score": 3, "comment": "zanzibar!", "custom": {"shop": "zanzibar"}}
    responses = [
        api.post("/v1/feedback", {**given, "customer_id": one}).ok(202)["id"] for one in (person, twin)
    ]
    api.post("/v1/feedback", {"kind": "nps", "score": 10, "comment": "Fine", "customer_id": other}).ok(202)
    receive(
        cloud, write("Mine leaks", sender="Bob <bob@example.org>", subject="Tap"), sender="bob@example.org"
    )
    cloud.pump()
    _merge(cloud, person, twin)
    return Person(person, twin, ticket, other, _tickets(api, other)[0], responses)


def _register(api: Api, name: str, email: str, **more: Any) -> str:
    body = {"name": name, "emails": [email], "phones": ["+442079460958"], **more}
    identifier: str = api.post("/v1/customers", body).ok(201)["id"]
    return identifier


def _tickets(api: Api, customer_id: str) -> list[str]:
    return [one["id"] for one in api.get(f"/v1/tickets?customer_id={customer_id}").ok()["data"]]


def _merge(cloud: Cloud, survivor: str, loser: str) -> None:
    """What a merge leaves: pointers both ways."""
    table = boto3.resource("dynamodb").Table(cloud["Table"])
    for customer_id, name, value in ((loser, "merged_into", survivor), (survivor, "merged_ids", [loser])):
        table.update_item(
            Key={"pk": f"CUS#{customer_id}", "sk": "PROFILE"},
            UpdateExpression=f"SET {name} = :value",
            ExpressionAttributeValues={":value": value},
        )


def wake(cloud: Cloud, erasure_id: str) -> None:
    """Fire the timer of an erasure, as if its time had come."""
    at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    fired = {"MessageId": "fired", "Body": json.dumps({"wake_id": erasure_id, "wake_at": at})}
    assert cloud.deliver("TimersQueue", [fired]) == set()
    cloud.pump()


def erase(api: Api, cloud: Cloud, customer_id: str) -> Any:
    """Erase a customer to the end; the certificate."""
    begun = api.post(f"/v1/customers/{customer_id}/erasure", {"confirm": customer_id}).ok(201)
    cloud.pump()
    for _ in range(3):
        if api.get(f"/v1/erasures/{begun['id']}").ok()["state"] == "finished":
            break
        wake(cloud, begun["id"])
    return api.get(f"/v1/erasures/{begun['id']}/certificate").ok()


def traces(cloud: Cloud) -> list[str]:
    """Where in the table and the buckets, old versions too, something of the person is left."""
    found = [
        f"{item['pk']} {item['sk']}: {text}"
        for item in cloud.items()
        for text in PLANTED
        if text.lower() in json.dumps(item, default=str, ensure_ascii=False).lower()
    ]
    s3 = boto3.client("s3")
    for bucket in ("MailBucket", "FilesBucket"):
        for one in s3.list_object_versions(Bucket=cloud[bucket]).get("Versions", []):
            body = s3.get_object(Bucket=cloud[bucket], Key=one["Key"], VersionId=one["VersionId"])[
                "Body"
            ].read()
            found += [
                f"{one['Key']}: {text}" for text in PLANTED if text.lower().encode() in _plain(body).lower()
            ]
    return found


def _plain(body: bytes) -> bytes:
    import gzip

    if body[:2] == b"PK":
        archive = ZipFile(io.BytesIO(body))
        return b"\n".join(name.encode() + _plain(archive.read(name)) for name in archive.namelist())
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def archive_of(cloud: Cloud, access: Any) -> dict[str, bytes]:
    """The entries of all volumes, by name."""
    s3 = boto3.client("s3")
    entries: dict[str, bytes] = {}
    for volume in access["volumes"]:
        key = f"privacy/{access['id']}/access-{volume['number']}.zip"
        body = s3.get_object(Bucket=cloud["FilesBucket"], Key=key)["Body"].read()
        with ZipFile(io.BytesIO(body)) as archive:
            assert archive.testzip() is None
            assert len(body) == volume["size"]
            for name in archive.namelist():
                entries[name] = entries.get(name, b"") + archive.read(name)
    return entries


def lines(content: bytes) -> list[Any]:
    return [json.loads(line) for line in content.splitlines()]
