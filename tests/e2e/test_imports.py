"""Files in and out by presigned URLs: what only a deployed cloud shows of imports and exports."""

from __future__ import annotations

import csv
import gzip
import io
import secrets
from typing import Any

from tests.e2e.caller import Caller, fetch
from tests.e2e.waiting import eventually

ROWS, BAD = 200, 137
"""Rows of the file, and the one that has no address."""


def people(mark: str) -> bytes:
    """A file as a spreadsheet writes it: cp1252, semicolons; of people who are not likely one another."""
    rows = [f"{secrets.token_hex(6)} Käte;k{n}@{mark}.example.org" for n in range(1, ROWS + 1)]
    rows[BAD - 1] = "Käte;keine Adresse"
    return "\r\n".join(["Name;E-Mail", *rows, ""]).encode("cp1252")


def uploaded(api: Caller, content: bytes) -> str:
    """The path of an import whose file is there."""
    made = api.post("/v1/imports", {"filename": "people.csv"}).ok(201)
    assert fetch(made["upload"]["url"], "PUT", content).status == 200
    return f"/v1/imports/{made['id']}"


def reached(api: Caller, path: str, state: str) -> Any:
    def seen() -> Any:
        found = api.get(path).ok()
        assert found["state"] == state, found
        return found

    return eventually(seen)


def outcomes(api: Caller, path: str) -> list[dict[str, str]]:
    """The rows of the files of results."""
    files = api.get(f"{path}/results").ok()["files"]
    text = "".join(gzip.decompress(fetch(one["url"]).content).decode() for one in files)
    return list(csv.DictReader(io.StringIO(text)))


def test_a_file_comes_in_and_is_taken_back(api: Caller) -> None:
    mark = secrets.token_hex(6)
    path = uploaded(api, people(mark))
    analysis = api.post(f"{path}/analyse", {}).ok()
    assert analysis["dialect"]["encoding"] == "cp1252"
    assert [column["field"] for column in analysis["columns"]] == ["name", "email"]
    api.post(f"{path}/start", {"mapping": {"Name": "name", "E-Mail": "email"}, "tags": [mark]}).ok()
    assert reached(api, path, "finished")["counts"] == {"created": ROWS - 1, "rejected": 1}
    assert [row["row"] for row in outcomes(api, path) if row["outcome"] == "rejected"] == [str(BAD)]
    [rejected] = api.data(f"{path}/rows?outcome=rejected")
    assert rejected["row"] == BAD
    [one] = api.data(f"/v1/customers?email=k7@{mark}.example.org")
    assert one["name"].endswith(" Käte")
    assert one["tags"] == [mark]
    eventually(lambda: len(api.data(f"/v1/customers?tag={mark}&limit=100")) == 100)
    exported(api, mark)
    api.post(f"{path}/undo", None).ok()
    assert reached(api, path, "undone")["undone"] == {"deleted": ROWS - 1}
    assert api.data(f"/v1/customers?email=k7@{mark}.example.org") == []


def exported(api: Caller, tag: str) -> None:
    """Those of a tag leave as a file, once each."""
    export = api.post("/v1/exports", {"filter": {"tag": tag}, "fields": ["name", "emails"]}).ok(201)
    assert reached(api, f"/v1/exports/{export['id']}", "finished")["rows"] == ROWS - 1
    link = api.get(f"/v1/exports/{export['id']}/download").ok()["url"]
    rows = list(csv.DictReader(io.StringIO(fetch(link).content.decode("utf-8-sig"))))
    assert len({row["emails"] for row in rows}) == ROWS - 1


def test_a_file_that_is_not_there_cannot_be_analysed(api: Caller) -> None:
    made = api.post("/v1/imports", {}).ok(201)
    api.post(f"/v1/imports/{made['id']}/analyse", {}).problem(409, "not_uploaded")
