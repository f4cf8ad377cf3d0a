"""History taken over from a file: it keeps its time, is counted once, and nobody hears of it as news."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.feedback import history_sending
from chalicelib.kernel import aws
from tests.api import Api
from tests.cloud import Cloud
from tests.surveys.making import DELIVERY, SPEED, published

FILE = """Datum;Punkte;Was gesagt wurde;E-Mail;Kanal
2024-02-29;9;Schnelle Lieferung;ada@example.org;email
2024-03-01T08:30:00+01:00;10,0;;;
gestern;3;Zu spät;;
2024-03-02;elf;;;
2024-03-02;11;;;
2099-01-01;5;;;
2024-03-03;0;"Nie wieder; =cmd|' /C calc'!A0";bo@example.org;pigeon
2024-03-04;2;"Das war leider nichts,
der Fahrer war unfreundlich.";bo@example.org;phone
"""
SETUP = {
    "survey": "old-survey",
    "kind": "nps",
    "columns": {
        "submitted_at": "Datum",
        "score": "Punkte",
        "comment": "Was gesagt wurde",
        "email": "E-Mail",
        "channel": "Kanal",
    },
}


def _uploaded(api: Api, cloud: Cloud, content: bytes, setup: dict[str, Any] = SETUP) -> str:
    made = api.post("/v1/feedback/imports", setup).ok(201)
    assert made["upload"]["url"].startswith("https://")
    key = f"imports/{made['id']}/source"
    aws.s3().put_object(Bucket=cloud["FilesBucket"], Key=key, Body=content)
    return str(made["id"])


def test_history_keeps_its_time_and_bad_rows_hold_up_no_other(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_sending, "SLICE", 2)
    monkeypatch.setattr(history_sending, "STEP_ROWS", 4)
    import_id = _uploaded(api, cloud, FILE.encode("cp1252"))
    assert api.post(f"/v1/feedback/imports/{import_id}/start", {}).ok()["state"] == "running"
    cloud.pump(twice=True, seed=3)
    found = api.get(f"/v1/feedback/imports/{import_id}").ok()
    assert (found["state"], found["rows"], found["accepted"]) == ("finished", 8, 3)
    assert found["rejected"] == {
        "invalid_time": 2, "no_score": 1, "score_out_of_range": 1, "literal_error": 1
    }  # fmt: skip
    assert [one["row"] for one in found["rejects"]] == [3, 4, 5, 6, 7]

    figures = api.get("/v1/feedback/stats?survey=old-survey&from=2024-02-01&to=2024-03-31").ok()
    assert [day["date"] for day in figures["by_day"]] == ["2024-02-29", "2024-03-01", "2024-03-04"]
    assert (figures["nps"]["promoters"], figures["nps"]["detractors"]) == (2, 1)
    (ada,) = [one for one in api.get("/v1/customers").ok()["data"] if one["emails"] == ["ada@example.org"]]
    (entry,) = api.get(f"/v1/customers/{ada['id']}/timeline?type=feedback.received").ok()["data"]
    assert entry["occurred_at"].startswith("2024-02-29")
    bulk = [item["bulk"] for item in cloud.items() if item.get("type") == "feedback.received"]
    assert bulk == [True] * 3
    api.post(f"/v1/feedback/imports/{import_id}/start", {}).problem(409, "already_started")


def test_what_cannot_be_imported_is_said_at_once(api: Api, cloud: Cloud) -> None:
    made = api.post("/v1/feedback/imports", SETUP).ok(201)
    api.post(f"/v1/feedback/imports/{made['id']}/start", {}).problem(409, "not_uploaded")
    other = _uploaded(api, cloud, b"a;b\n1;2\n")
    api.post(f"/v1/feedback/imports/{other}/start", {}).problem(422, "no_such_column")
    workbook = _uploaded(api, cloud, b"PK\x03\x04" + b"\0" * 100)
    assert api.post(f"/v1/feedback/imports/{workbook}/start", {}).status == 422
    api.post("/v1/feedback/imports", {"kind": "nps", "columns": {}}).problem(422, "invalid")
    api.get("/v1/feedback/imports/fim_01J00000000000000000000000").problem(404, "no_such_import")


def test_a_file_that_changes_on_the_way_fails(api: Api, cloud: Cloud) -> None:
    import_id = _uploaded(api, cloud, FILE.encode())
    api.post(f"/v1/feedback/imports/{import_id}/start", {}).ok()
    key = f"imports/{import_id}/source"
    aws.s3().put_object(Bucket=cloud["FilesBucket"], Key=key, Body=b"other")
    cloud.pump()
    found = api.get(f"/v1/feedback/imports/{import_id}").ok()
    assert (found["state"], found["problem"]) == ("failed", "file_changed")


def test_history_counts_whatever_its_survey_takes_now(api: Api, cloud: Cloud) -> None:
    published(api, starts_at="2030-01-01T00:00:00Z")
    required = SPEED | {"required": True}
    published(api, key="ended", questions=[required], ends_at="2025-01-01T00:00:00Z")
    published(api, key="closed", questions=[required])
    api.post("/v1/surveys/closed/close").ok()
    api.post("/v1/surveys", DELIVERY | {"key": "draft"}).ok(201)
    for survey in ("delivery", "ended", "closed", "draft"):
        import_id = _uploaded(api, cloud, FILE.encode(), SETUP | {"survey": survey})
        api.post(f"/v1/feedback/imports/{import_id}/start", {}).ok()
        cloud.pump()
        figures = api.get(f"/v1/feedback/stats?survey={survey}&from=2024-02-01&to=2024-03-31").ok()
        assert figures["responses"] == 3, survey
    api.post("/v1/feedback", {"survey": "ended", "kind": "nps", "score": 9}).problem(409, "survey_ended")


def test_a_survey_that_takes_no_such_history_says_so_at_once(api: Api, cloud: Cloud) -> None:
    published(api, anonymous=True)
    api.post("/v1/feedback/imports", SETUP | {"survey": "delivery"}).problem(409, "anonymous_survey")
    published(api, key="effort", kind="ces")
    api.post("/v1/feedback/imports", SETUP | {"survey": "effort"}).problem(422, "invalid")
