"""Uploading a file and importing it, as a caller would."""

from __future__ import annotations

import csv
import gzip
import io
from typing import Any

import boto3

from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Repeated
from chalicelib.kernel.work import Work
from chalicelib.transfer import import_store as store
from chalicelib.transfer import running
from tests.api import Api
from tests.cloud import Cloud

PEOPLE = "name,email,tags\nAda,ada@example.org,a;b\nBob,bob@example.org,\nNo,nonsense,\n"
MAPPING = {"name": "name", "email": "email"}


def upload(api: Api, cloud: Cloud, content: bytes | str) -> str:
    """The id of a new import whose file has this content."""
    made = api.post("/v1/imports", {"filename": "people.csv"}).ok(201)
    assert made["state"] == "awaiting_upload"
    assert f"/imports/{made['id']}/source?" in made["upload"]["url"]
    body = content.encode() if isinstance(content, str) else content
    boto3.client("s3").put_object(Bucket=cloud["FilesBucket"], Key=f"imports/{made['id']}/source", Body=body)
    identifier: str = made["id"]
    return identifier


def begin(api: Api, cloud: Cloud, content: bytes | str, **setup: Any) -> str:
    """The id of an import that was started."""
    identifier = upload(api, cloud, content)
    found = api.post(f"/v1/imports/{identifier}/analyse", {}).ok()
    proposed = {one["column"]: one["field"] for one in found["columns"]}
    api.post(f"/v1/imports/{identifier}/start", {"mapping": proposed, **setup}).ok()
    return identifier


def run(api: Api, cloud: Cloud, content: bytes | str, **setup: Any) -> Any:
    """The import of this content, after it is over."""
    identifier = begin(api, cloud, content, **setup)
    cloud.pump(rounds=40)
    return state(api, identifier)


def drive(identifier: str, *, twice: bool = False) -> None:
    """Take a job's steps, without the pump, which carries all the customers' events too."""
    job = store.get(identifier)
    while job.state in ("running", "finishing", "undoing"):
        for _ in range(1 + twice):
            work = Work()
            try:
                running.step(work, identifier, job.step)
                commit(work)
            except Repeated:
                assert twice
        job = store.get(identifier)


def undo(api: Api, cloud: Cloud, identifier: str) -> Any:
    api.post(f"/v1/imports/{identifier}/undo").ok()
    cloud.pump(rounds=40)
    found = state(api, identifier)
    assert found["state"] == "undone"
    return found


def state(api: Api, identifier: str) -> Any:
    return api.get(f"/v1/imports/{identifier}").ok()


def rows(api: Api, identifier: str, query: str = "") -> list[Any]:
    """All outcomes of its rows."""
    found: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        url = f"/v1/imports/{identifier}/rows?limit=100{query}" + (f"&cursor={cursor}" if cursor else "")
        page = api.get(url).ok()
        found += page["data"]
        cursor = page["next_cursor"]
    return found


def results(cloud: Cloud, identifier: str, kind: str = "import", number: int = 0) -> list[dict[str, str]]:
    """A file of results, as its reader sees it."""
    key = f"imports/{identifier}/{kind}-results/{number:06}.csv.gz"
    body = boto3.client("s3").get_object(Bucket=cloud["FilesBucket"], Key=key)["Body"].read()
    return list(csv.DictReader(io.StringIO(gzip.decompress(body).decode())))


def profiles(cloud: Cloud) -> dict[str, dict[str, Any]]:
    """Every customer's profile, by id."""
    return {item["id"]: item for item in cloud.items() if item["sk"] == "PROFILE"}
