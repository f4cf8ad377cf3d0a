"""What may be asked of an import when, and what ends it: another file, none, or a month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from chalicelib.kernel import ids
from tests.api import Api
from tests.cloud import Cloud
from tests.memory import caller
from tests.transfer.files import MAPPING, PEOPLE, begin, drive, profiles, rows, run, state, upload


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
