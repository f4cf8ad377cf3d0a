"""Names that people give to files are no keys of objects, and stay in their folder when unpacked."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZipFile

import boto3

from tests.api import Api
from tests.cloud import Cloud
from tests.mail.mails import of_parts, part
from tests.mailbox import receive

NAMES = (
    "../../inbound/other",
    "/etc/passwd",
    "..\\..\\boot.ini",
    "C:evil.exe",
    "attachments/../messages/x",
    "a//b",
    "%2e%2e%2fx",
    "x\u202egpj.exe",
    "..",
    ".ssh",
    "CON",
    "two\nlines",
    "x" * 400,
)
KEY = re.compile(r"(inbound|messages|attachments|articles|privacy|uploads)(/[0-9A-Za-z][\w.-]*)+", re.ASCII)


def _mail() -> bytes:
    files = [
        part("x", f'Content-Disposition: attachment; filename="{name}"'.replace("\n", "\r\n\t"))
        for name in NAMES
    ]
    return of_parts("mixed", part("Hello"), *files)


def test_no_file_name_becomes_a_key_or_leaves_its_folder(api: Api, cloud: Cloud, tmp_path: Path) -> None:
    receive(cloud, _mail())
    [ada] = api.get("/v1/customers?email=ada@example.org").ok()["data"]
    [ticket] = api.get(f"/v1/tickets?customer_id={ada['id']}").ok()["data"]
    sent = [_uploaded(api, cloud, name) for name in NAMES if "\n" not in name and len(name) < 150]
    answer = {"text": "Here", "attachments": sent}
    api.post(f"/v1/tickets/{ticket['id']}/messages", answer).ok(201)
    asked = api.post(f"/v1/customers/{ada['id']}/access-requests", {}).ok(201)
    cloud.pump()
    keys = _keys(cloud, "MailBucket") + _keys(cloud, "FilesBucket")
    assert len(keys) > 5
    assert [key for key in keys if not KEY.fullmatch(key)] == []
    archive = tmp_path / "access.zip"
    boto3.client("s3").download_file(
        cloud["FilesBucket"], f"privacy/{asked['id']}/access-1.zip", str(archive)
    )
    with ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if "/attachments/" in f"/{name}"]
    assert len(names) == len(NAMES) + len(sent)
    for name in names:
        assert re.fullmatch(r"(\w+/)*attachments/\w+/\d+-[^/\\\x00-\x1f\u202e]{1,200}", name), name


def _uploaded(api: Api, cloud: Cloud, name: str) -> dict[str, str]:
    upload = api.post("/v1/attachments", {"size": 1}).ok(201)
    key = f"uploads/{upload['id']}"
    boto3.client("s3").put_object(Bucket=cloud["FilesBucket"], Key=key, Body=b"x")
    return {"id": upload["id"], "filename": name}


def _keys(cloud: Cloud, bucket: str) -> list[str]:
    return [one["Key"] for one in boto3.client("s3").list_objects_v2(Bucket=cloud[bucket])["Contents"]]
