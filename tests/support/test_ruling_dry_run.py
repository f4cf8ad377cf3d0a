"""A dry run of rules says what a mail would come to, and changes nothing."""

from __future__ import annotations

from typing import Any

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write
from tests.rules.making import add_rule, effects, runs_of, text
from tests.support.lists import messages, tickets


def test_a_dry_run_says_what_the_real_run_does_and_changes_nothing(
    api: Api, cloud: Cloud, ada: Any, template: Any
) -> None:
    sam = api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"}).ok(201)
    add_rule(api, {"action": "tag", "add": ["x"]}, when=text("subject", "contains", "refund"))
    add_rule(
        api,
        {"action": "answer", "template_id": template["id"]},
        {"action": "customer", "add_tags": ["seen"]},
        {"action": "interaction", "summary": "x"},
        {"action": "assign", "assignee": sam["id"]},
        stop=True,
    )
    add_rule(api, {"action": "queue"})
    raw = write("My kettle is broken.", subject="New kettle")
    before = cloud.items()
    tried = api.post("/v1/rules/dry-run", {"raw": raw.decode()}).ok()
    assert cloud.items() == before
    receive(cloud, raw)
    [ticket] = tickets(api)
    mail = next(one for one in messages(api, ticket) if one["direction"] == "inbound")
    assert runs_of(api, mail) == tried["runs"]
    again = api.post("/v1/rules/dry-run", {"message_id": mail["id"]}).ok()
    assert [run["outcome"] for run in again["runs"]] == [run["outcome"] for run in tried["runs"]]
    assert effects(again["runs"][1])["answer"] == "capped", "it was answered just now"


def test_a_dry_run_of_an_answer_finds_its_ticket(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    address = outbox()[0]["Reply-To"].addresses[0].addr_spec
    receive(cloud, write("Again.", subject="Quite another"), to=address)
    [ticket] = tickets(api)
    reply, *_ = [one for one in messages(api, ticket) if one["direction"] == "inbound"]
    rules = [{"name": "r", "when": {"field": "reply", "value": True}, "then": [{"action": "queue"}]}]
    body = {"message_id": reply["id"], "rules": rules}
    assert api.post("/v1/rules/dry-run", body).ok()["runs"][0]["outcome"] == "fired"


def test_a_dry_run_takes_one_mail(api: Api, cloud: Cloud) -> None:
    api.post("/v1/rules/dry-run", {}).problem(422, "invalid")
    api.post("/v1/rules/dry-run", {"raw": "x", "message_id": "msg_" + "0" * 26}).problem(422, "invalid")
    api.post("/v1/rules/dry-run", {"message_id": "msg_" + "0" * 26}).problem(404, "no_such_message")
    assert api.post("/v1/rules/dry-run", {"raw": "\ud83d\ude00 no mail at all"}).ok()["runs"] == []


def test_hostile_sources_do_not_hurt_a_dry_run(api: Api, cloud: Cloud) -> None:
    add_rule(api, {"action": "tag", "add": ["x"]})
    for raw in (
        "From: " + "(" * 5000,
        "Subject: x\n" * 20_000,
        "Content-Type: multipart/mixed; boundary=a\n\n" + "--a\n" * 5000,
    ):
        assert api.post("/v1/rules/dry-run", {"raw": raw}).status == 200
