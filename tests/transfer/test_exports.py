"""Exports: whole, once each, resumed and repeated without doubling, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers import sweep
from chalicelib.kernel import blobs, ids, table
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from chalicelib.transfer import exporting
from chalicelib.transfer.columns import COLUMNS, defused, row
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.memory import caller


def add(api: Api, number: int, **fields: Any) -> list[str]:
    bodies = [{"name": f"C{place}", **fields} for place in range(number)]
    return [api.post("/v1/customers", body).ok(201)["id"] for body in bodies]


def export(api: Api, cloud: Cloud, body: dict[str, Any], *, rounds: int = 12) -> Any:
    made = api.post("/v1/exports", body).ok(201)
    assert made["state"] == "queued"
    cloud.pump(rounds=rounds)
    return api.get(f"/v1/exports/{made['id']}").ok()


def content(cloud: Cloud, made: Any) -> bytes:
    key = f"exports/{made['id']}/customers.{made['format']}"
    body: bytes = boto3.client("s3").get_object(Bucket=cloud["FilesBucket"], Key=key)["Body"].read()
    return body


def rows(cloud: Cloud, made: Any) -> list[dict[str, str]]:
    text = content(cloud, made).decode("utf-8-sig")
    assert "\n" not in text.replace("\r\n", "")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_everybody_is_in_it_once(api: Api, cloud: Cloud) -> None:
    made = add(api, 9)
    done = export(api, cloud, {})
    assert (done["state"], done["rows"], done["read"], done["remaining"]) == ("finished", 9, 9, 0)
    assert done["size"] == len(content(cloud, done))
    found = rows(cloud, done)
    assert sorted(one["id"] for one in found) == sorted(made)
    assert tuple(found[0]) == COLUMNS


def test_json_lines_are_as_the_api_answers(api: Api, cloud: Cloud) -> None:
    fields = {"emails": ["ada@example.org"], "custom": {"size": "M"}, "tags": ["a; b"]}
    ada = add(api, 1, **fields)[0]
    done = export(api, cloud, {"format": "jsonl"})
    (line,) = content(cloud, done).decode().splitlines()
    shown = api.get(f"/v1/customers/{ada}").ok()
    assert json.loads(line) == {name: shown[name] for name in COLUMNS}


def test_chosen_fields_and_own_ones(api: Api, cloud: Cloud) -> None:
    add(api, 1, custom={"size": "M", "shoe": 38.5, "vip": True})
    done = export(api, cloud, {"fields": ["name", "custom.size", "custom.vip", "custom"]})
    assert rows(cloud, done) == [
        {"name": "C0", "custom.size": "M", "custom.vip": "true", "custom": '{"shoe": 38.5}'}
    ]
    done = export(api, cloud, {"fields": ["custom.size"], "format": "jsonl"})
    assert json.loads(content(cloud, done)) == {"custom": {"size": "M"}}
    api.post("/v1/exports", {"fields": ["salary"]}).problem(422, "invalid")


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"stage": "customer"}, ["in"]),
        ({"tag": "vip"}, ["in"]),
        ({"stage": "lead", "tag": "vip"}, []),
        ({"created_from": "2999-01-01T00:00:00Z"}, []),
        ({"created_before": "2999-01-01T00:00:00Z"}, ["in", "out"]),
        ({"updated_before": "2000-01-01T00:00:00Z"}, []),
        ({"owner": "stf_01J00000000000000000000000"}, []),
    ],
)
def test_a_filter_takes_whom_it_says(api: Api, cloud: Cloud, asked: dict[str, str], names: list[str]) -> None:
    api.post("/v1/customers", {"name": "in", "stage": "customer", "tags": ["vip"]}).ok(201)
    api.post("/v1/customers", {"name": "out"}).ok(201)
    done = export(api, cloud, {"filter": asked})
    assert sorted(one["name"] for one in rows(cloud, done)) == names
    assert done["rows"] == len(names)


def test_who_was_merged_away_is_in_it_as_the_survivor_alone(api: Api, cloud: Cloud) -> None:
    kept, gone = add(api, 2)
    api.post(f"/v1/customers/{kept}/merge", {"merged_id": gone}).ok()
    assert [one["id"] for one in rows(cloud, export(api, cloud, {}))] == [kept]


def test_many_steps_repeated_in_any_order_write_each_row_once(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = add(api, 12)
    page = sweep.page
    monkeypatch.setattr(exporting, "PART_BYTES", 150)
    monkeypatch.setattr(exporting, "SMALLEST_PART", 80)
    monkeypatch.setattr(sweep, "page", lambda position, **asked: page(position, **{**asked, "limit": 1}))
    monkeypatch.setattr(blobs, "join", _join)
    asked = api.post("/v1/exports", {"fields": ["id", "name"]}).ok(201)
    cloud.pump(rounds=60, twice=True, seed=5)
    done = api.get(f"/v1/exports/{asked['id']}").ok()
    assert done["state"] == "finished"
    assert sorted(one["id"] for one in rows(cloud, done)) == sorted(made)


def _join(keys: list[str], key: str, content_type: str, *, bucket: str, maximum: int) -> None:
    """Joins parts smaller than S3 takes, so that a test may be small."""
    whole = b"".join(blobs.get(part, bucket=bucket, maximum=maximum) for part in keys)
    assert len(keys) > 2
    blobs.put(key, whole, content_type, bucket=bucket)


def test_parts_are_joined_by_s3(cloud: Cloud) -> None:
    bucket = cloud["FilesBucket"]
    parts = [b"a" * 5_300_000, b"b" * 10]
    for place, part in enumerate(parts):
        blobs.put(f"p{place}", part, "text/plain", bucket=bucket)
    blobs.join(["p0", "p1"], "whole", "text/plain", bucket=bucket, maximum=6_000_000)
    assert blobs.get("whole", bucket=bucket, maximum=10_000_000) == b"".join(parts)


def test_a_step_cut_short_leaves_a_rest_that_the_next_one_takes_up(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = add(api, 5)
    ticks = iter(range(0, 10**6, 30))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(ticks)))
    done = export(api, cloud, {})
    assert sorted(one["id"] for one in rows(cloud, done)) == sorted(made)
    steps = [item["data"]["step"] for item in cloud.items() if item.get("type") == "export.advanced"]
    assert sorted(steps) == [1, 2, 3, 4]


def test_progress_tells_what_remains_once_a_quarter_is_read(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(8):
        body = {"name": f"C{place}"}
        api.post("/v1/customers", body).ok(201)
    asked = api.post("/v1/exports", {}).ok(201)
    assert asked["remaining"] is None
    ticks = iter(range(0, 10**6, 30))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(ticks)))
    work = Work()
    exporting.step(work, asked["id"], 0)
    commit(work)
    now = api.get(f"/v1/exports/{asked['id']}").ok()
    assert now["state"] == "running"
    assert now["remaining"] == now["read"] * 3
    assert now["rate"] is None or now["rate"] >= 0


def test_a_step_costs_a_call_a_page_and_four_more(api: Api, cloud: Cloud) -> None:
    add(api, 3)
    asked = api.post("/v1/exports", {}).ok(201)
    with counted() as calls:
        work = Work()
        exporting.step(work, asked["id"], 0)
        commit(work)
    assert calls == ["GetItem", *["Query"] * 4, "PutObject", "TransactWriteItems"]


def test_download_is_a_link_once_it_is_finished(api: Api, cloud: Cloud) -> None:
    asked = api.post("/v1/exports", {}).ok(201)
    url = f"/v1/exports/{asked['id']}"
    api.get(f"{url}/download").problem(409, "not_finished")
    cloud.pump()
    link = api.get(f"{url}/download").ok()
    assert f"exports/{asked['id']}/customers.csv" in link["url"]
    assert "X-Amz-Signature" in link["url"]
    item = table.get(table.Key(f"EXP#{asked['id']}", "EXPORT"))
    assert item is not None
    work = Work()
    work.overwrite({**item, "available_until": ids.stamp(work.now)})
    commit(work)
    api.get(f"{url}/download").problem(404, "file_gone")


def test_a_cancelled_export_goes_no_further(api: Api, cloud: Cloud) -> None:
    add(api, 2)
    asked = api.post("/v1/exports", {}).ok(201)
    url = f"/v1/exports/{asked['id']}"
    assert api.post(f"{url}/cancel").ok()["state"] == "cancelled"
    cloud.pump()
    assert api.get(url).ok()["rows"] == 0
    assert api.post(f"{url}/cancel").ok()["state"] == "cancelled"
    done = export(api, cloud, {})
    api.post(f"/v1/exports/{done['id']}/cancel").problem(409, "finished")
    assert [one["id"] for one in api.get("/v1/exports").ok()["data"]] == [done["id"], asked["id"]]


def test_an_export_of_too_many_parts_says_so(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MAX_PARTS", 0)
    done = export(api, cloud, {})
    assert (done["state"], done["reason"]) == ("failed", "too_large")


def test_who_asked_is_recorded_and_the_filter_kept_private(api: Api, cloud: Cloud) -> None:
    asked = export(api, cloud, {"filter": {"tag": "vip"}})
    found = [item for item in cloud.items() if item["pk"] == f"EXP#{asked['id']}" and "type" in item]
    by_type = {item["type"]: item for item in found}
    assert set(by_type) == {"export.requested", "export.advanced", "export.finished"}
    requested = by_type["export.requested"]
    assert requested["actor"]["id"].startswith("key_")
    assert requested["private"]["filter"] == {"tag": "vip"}
    assert "vip" not in str(requested["data"])


def test_scopes(cloud: Cloud) -> None:
    caller("exports:read").post("/v1/exports", {}).problem(403, "missing_scope")
    caller("customers:read").get("/v1/exports").problem(403, "missing_scope")


EVALUATED = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
CELLS = st.one_of(
    st.text(),
    st.builds(
        str.__add__, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "'", "'=", "''+", "\uff1d"]), st.text()
    ),
    st.sampled_from(["+4930123456", "-5", "-5.25", "=cmd|' /C calc'!A0", "-1+1", "+1+1", "@SUM(1)"]),
)


@given(CELLS)
def test_no_cell_is_evaluated_and_each_can_be_read_back(text: str) -> None:
    cell = defused(text)
    assert not EVALUATED.match(cell) or re.fullmatch(r"\+[0-9]+|-[0-9]+(\.[0-9]+)?", cell)
    restored = cell[1:] if re.match("'+" + EVALUATED.pattern, cell) else cell
    assert restored == text


@given(st.lists(CELLS, max_size=4), st.dictionaries(st.sampled_from(["a", "b"]), CELLS), CELLS)
def test_no_row_begins_a_formula_in_any_cell_or_entry(
    tags: list[str], custom: dict[str, str], name: str
) -> None:
    cells = row({"tags": tags, "name": name, "custom": custom}, ["name", "tags", "custom.a", "custom"])
    assert len(cells) == 4
    for cell in cells:
        assert not EVALUATED.match(cell) or re.fullmatch(r"\+[0-9]+|-[0-9]+(\.[0-9]+)?", cell)
