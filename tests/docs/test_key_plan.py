"""The table of keys in docs/architecture.md is what the code writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import receive, report, write

TEXT = (Path(__file__).parent.parent.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")
IDENTIFIER = "[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}"
INDEXES = ("gsi1", "gsi2", "gsi3")


class Row(NamedTuple):
    """One kind of item: patterns of its key, and of its partition in each index that it is in."""

    kind: str
    pk: re.Pattern[str]
    sk: re.Pattern[str]
    indexes: dict[str, re.Pattern[str]]


def _pattern(cell: str) -> re.Pattern[str]:
    """What the texts in backticks match: `<id>` is one of our ids, any other `<…>` any text."""
    return re.compile("|".join(_expression(text) for text in CODE.findall(cell)))


def _expression(text: str) -> str:
    whole = text + "<id>" if text.endswith("#") else text  # `TKT#` for short
    parts = re.split(r"(<[^>]+>)", whole)
    return "".join(
        IDENTIFIER if part == "<id>" else ".+" if part.startswith("<") else re.escape(part) for part in parts
    )


def _rows() -> list[Row]:
    lines = TEXT.split("\n## The table\n")[1].split("\n## ")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [Row(row[0], _pattern(row[1]), _pattern(row[2]), _indexes(row[3:])) for row in cells[2:]]


def _indexes(cells: list[str]) -> dict[str, re.Pattern[str]]:
    """The first text of a cell is the partition; what it is sorted by follows."""
    return {
        name: re.compile(_expression(CODE.findall(cell)[0]))
        for name, cell in zip(INDEXES, cells, strict=True)
        if cell
    }


def _live_a_little(api: Api, cloud: Cloud) -> None:
    """Do something of everything."""
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)
    new = {"name": "Sam", "email": "sam@shop.example", "team_ids": [team["id"]]}
    sam = api.post("/v1/staff", new).ok(201)
    who = {
        "name": "Ada",
        "emails": ["ada@example.org"],
        "phones": ["+442079460958"],
        "external_ids": {"shop": "7"},
        "tags": ["vip"],
    }
    api.post("/v1/fields", {"name": "size", "kind": "text"}).ok(201)
    engines = api.post("/v1/organisations", {"name": "Engines", "domains": ["engines.example"]}).ok(201)
    member = api.post("/v1/customers", {"name": "Cy", "organisation_id": engines["id"]}).ok(201)
    api.delete(f"/v1/organisations/{engines['id']}/members/{member['id']}").ok(204)
    api.patch(f"/v1/customers/{member['id']}", {"organisation_id": engines["id"]}).ok()
    ada = api.post("/v1/customers", who, Idempotency_Key="once").ok(201)
    api.post("/v1/topics", {"id": "news", "name": "News"}).ok(201)
    api.post("/v1/subscriptions", {"email": "ada@example.org", "topic": "news", "source": "form"}).ok()
    api.patch(f"/v1/customers/{ada['id']}/preferences", {"interests": ["looms"]}).ok()
    task = {"customer_id": ada["id"], "owner": sam["id"], "title": "Call", "due_at": "2031-01-01T09:00:00Z"}
    api.post("/v1/tasks", task).ok(201)
    api.post("/v1/customers/batch", {"customers": [{"name": "Eve"}]}, Idempotency_Key="rows").ok()
    api.post("/v1/imports", {}).ok(201)
    receive(cloud, write(message_id="<first@example.org>"))
    _support_a_little(api)
    given = {"kind": "nps", "score": 9}
    api.post("/v1/feedback", {**given, "customer_id": ada["id"]}).ok(202)
    api.post("/v1/feedback", given).ok(202)
    api.post("/v1/customers", {"name": "Ada", "emails": ["ada+shop@example.org"]}).ok(201)
    api.post("/v1/exports", {}).ok(201)
    hello = {"email": "bob@example.org", "subject": "Hello", "text": "Hello."}
    message = api.post("/v1/messages", hello).ok(201)
    cloud.pump()
    report(cloud, "Bounce", message["id"], "bob@example.org")
    cloud.pump()
    api.patch("/v1/retention", {"lead_days": 365}).ok()
    gone = api.post("/v1/customers", {"name": "Eve"}).ok(201)["id"]
    for verb in ("merge", "merge/undo"):
        api.post(f"/v1/customers/{ada['id']}/{verb}", {"merged_id": member["id"]}).ok()
    api.post(f"/v1/customers/{gone}/access-requests", {}).ok(201)
    cloud.pump()
    api.post(f"/v1/customers/{gone}/erasure", {"confirm": gone}).ok(201)
    cloud.pump()


def _support_a_little(api: Api) -> None:
    [ticket] = api.get("/v1/tickets").ok()["data"]
    api.patch(f"/v1/tickets/{ticket['id']}", {"tags": ["repair"]}).ok()
    desk, sam = (api.get(f"/v1/{kind}").ok()["data"][0]["id"] for kind in ("teams", "staff"))
    url = f"/v1/tickets/{ticket['id']}"
    api.patch(url, {"team": desk, "assign": "round_robin"}).ok()
    api.post(f"{url}/presence", {"state": "answering"}, Rapport_Actor=sam).ok(204)
    api.post("/v1/views", {"name": "Open", "filters": {"status": "open"}}).ok(201)
    call = {
        "customer_id": ticket["customer_id"],
        "channel": "phone",
        "subject": "Kettle",
        "text": "It leaks.",
    }
    again = api.post("/v1/tickets", call).ok(201)
    api.post(f"/v1/tickets/{ticket['id']}/merge", {"from_id": again["id"]}).ok()
    api.patch("/v1/support/settings", {"close_solved_after_days": 14}).ok()


def test_the_code_writes_the_keys_that_are_listed(api: Api, cloud: Cloud) -> None:
    _live_a_little(api, cloud)
    seen = set()
    for item in cloud.items():
        found = [row for row in _rows() if row.pk.fullmatch(item["pk"]) and row.sk.fullmatch(item["sk"])]
        assert len(found) == 1, f"{item['pk']} / {item['sk']} is {[row.kind for row in found]}"
        [row] = found
        seen.add(row.kind)
        for name in INDEXES:
            listed = item.get(f"{name}pk")
            if listed is not None:
                assert name in row.indexes, f"{row.kind} is in {name}, as {listed}"
                assert row.indexes[name].fullmatch(listed), f"{row.kind} is in {name} as {listed}"
    assert seen == {row.kind for row in _rows()}
