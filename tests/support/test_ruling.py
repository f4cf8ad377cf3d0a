"""Rules through the real inbound worker: each action once, none twice, and no mail lost on account of one."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from chalicelib.rules import model as rules_model
from tests.api import Api
from tests.calls import counted
from tests.cloud import MAIL_DOMAIN, Cloud
from tests.mailbox import arrive, outbox, receive, write
from tests.rules.making import add_rule, effects, fired, runs_of, text
from tests.support.lists import messages, tickets
from tests.webhooks.receiver import Receiver, listening


@pytest.fixture
def template(api: Api) -> Any:
    body = {
        "key": "refund",
        "name": "Refund",
        "default_language": "en",
        "contents": {
            "en": {
                "subject": "Refund",
                "text": "Hello {{ customer.name | default('there') }}, about {{ ticket.tag }}: we will see.",
            }
        },
    }
    made = api.post("/v1/templates", body).ok(201)
    return api.post(f"/v1/templates/{made['id']}/publish", {}).ok()


def alone(api: Api) -> list[Any]:
    """Mails that joined no ticket."""
    found: list[Any] = api.get("/v1/messages?thread=none").ok()["data"]
    return found


def test_a_rule_makes_the_ticket_what_it_says(api: Api, cloud: Cloud, ada: Any) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)
    sam = api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"}).ok(201)
    rule = add_rule(
        api,
        {"action": "route", "team": team["id"]},
        {"action": "assign", "assignee": sam["id"]},
        {"action": "set_priority", "priority": "urgent"},
        {"action": "tag", "add": ["Kettle", "hot"]},
        when={"all": [text("subject", "contains", "KETTLE"), {"field": "class", "values": ["human"]}]},
    )
    add_rule(api, {"action": "tag", "add": ["late"], "remove": ["hot"]}, when=text("text", "words", "broken"))
    add_rule(api, {"action": "mark_spam"}, when=text("domain", "is", "evil.example"))
    receive(cloud, write())
    [ticket] = tickets(api)
    assert ticket["team"] == team["id"]
    assert (ticket["assignee"], ticket["priority"]) == (sam["id"], "urgent")
    assert ticket["tags"] == ["Kettle", "late"]
    assert ticket["version"] == 1, "it is opened so, not changed afterwards"
    runs = runs_of(api, messages(api, ticket)[1])
    assert [run["outcome"] for run in runs] == ["fired", "fired", "not_matched"]
    assert runs[2]["failed"] == "when"
    assert set(effects(runs[0]).values()) == {None}
    [run] = fired(api, rule)
    assert (run["ticket_id"], run["rule_version"]) == (ticket["id"], 1)


def test_a_rule_changes_the_ticket_that_an_answer_joins(api: Api, cloud: Cloud, ada: Any) -> None:
    add_rule(api, {"action": "tag", "add": ["again"]}, when={"field": "reply", "value": True})
    receive(cloud, write(message_id="<first@example.org>"))
    [ticket] = tickets(api)
    assert ticket["tags"] == []
    api.patch(f"/v1/tickets/{ticket['id']}", {"status": "pending"}).ok()
    receive(cloud, write("More.", In_Reply_To="<first@example.org>"))
    [ticket] = tickets(api)
    assert (ticket["tags"], ticket["status"]) == (["again"], "open")


def test_a_mail_that_comes_twice_has_one_effect(api: Api, cloud: Cloud, ada: Any) -> None:
    rule = add_rule(
        api,
        {"action": "interaction", "summary": "Asked about kettles"},
        {"action": "queue"},
        rate_limit={"count": 2, "seconds": 86_400},
    )
    raw = write()
    arrive(cloud, raw)
    cloud.pump(twice=True, seed=1)
    receive(cloud, raw)
    assert len(fired(api, rule)) == 1
    entries = api.get(f"/v1/customers/{ada['id']}/timeline?type=interaction.logged").ok()["data"]
    assert [entry["summary"] for entry in entries] == ["Asked about kettles"]
    [counter] = [item["fired"] for item in cloud.items() if item["sk"].startswith("WINDOW#")]
    assert counter == 1


def test_a_rate_limit_is_exact(api: Api, cloud: Cloud, ada: Any) -> None:
    rule = add_rule(api, {"action": "tag", "add": ["x"]}, rate_limit={"count": 2, "seconds": 86_400})
    for number in range(4):
        arrive(cloud, write(subject=f"Kettle {number}"))
    cloud.pump()
    assert len(fired(api, rule)) == 2
    found = tickets(api)
    assert sorted(len(ticket["tags"]) for ticket in found) == [0, 0, 1, 1]
    late = next(ticket for ticket in found if not ticket["tags"])
    assert [run["outcome"] for run in runs_of(api, messages(api, late)[-1])] == ["rate_limited"]


def test_an_answer_replaces_the_acknowledgement(api: Api, cloud: Cloud, ada: Any, template: Any) -> None:
    add_rule(api, {"action": "answer", "template_id": template["id"]})
    add_rule(api, {"action": "answer", "template_id": template["id"]})
    receive(cloud, write())
    [ticket] = tickets(api)
    [sent] = outbox()
    assert sent["Auto-Submitted"] == "auto-replied"
    assert sent.get_content().strip() == f"Hello Ada, about {ticket['tag']}: we will see."
    assert ticket["tag"] in sent["Subject"]
    runs = runs_of(api, messages(api, ticket)[1])
    assert [effects(run) for run in runs] == [{"answer": None}, {"answer": "another_answers"}]


@pytest.mark.parametrize(
    ("headers", "verdicts", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, {}, "not_a_person"),
        ({"List_Id": "<x.example.org>"}, {}, "not_a_person"),
        ({}, {"spf": "FAIL", "dkim": "FAIL"}, "not_a_person"),
    ],
)
def test_no_machine_and_nobody_in_doubt_is_answered(
    api: Api, cloud: Cloud, template: Any, headers: Any, verdicts: Any, reason: str
) -> None:
    add_rule(api, {"action": "answer", "template_id": template["id"]})
    receive(cloud, write(**headers), **verdicts)
    assert outbox() == []
    [ticket] = tickets(api)
    [run] = runs_of(api, messages(api, ticket)[0])
    assert effects(run) == {"answer": reason}


def test_answers_are_under_the_caps(api: Api, cloud: Cloud, ada: Any, template: Any) -> None:
    rule = add_rule(api, {"action": "answer", "template_id": template["id"]})
    for number in range(12):
        arrive(cloud, write(subject=f"Kettle {number}"))
    cloud.pump()
    assert len(outbox()) == 10
    reasons = [one["effects"][0].get("skipped") for one in fired(api, rule)]
    assert sorted(str(reason) for reason in reasons) == ["None"] * 10 + ["capped"] * 2


def _forget_caps(cloud: Cloud) -> None:
    """As if three hours went by."""
    table = boto3.resource("dynamodb").Table(cloud["Table"])
    for item in cloud.items():
        if item["pk"].startswith("ACK#"):
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})


def test_rules_stop_answering_until_the_staff_writes(api: Api, cloud: Cloud, ada: Any, template: Any) -> None:
    rule = add_rule(api, {"action": "answer", "template_id": template["id"]})

    def writes(number: int) -> str:
        answers: Any = {"In_Reply_To": "<m0@example.org>"} if number else {}
        ours = f"<m{number}@example.org>"
        receive(cloud, write(f"Text {number}", subject=f"Kettle {number}", message_id=ours, **answers))
        [ticket] = tickets(api)
        mail = next(one for one in messages(api, ticket) if one["direction"] == "inbound")
        _forget_caps(cloud)
        return str(runs_of(api, mail)[0]["outcome"])

    seen = [writes(number) for number in range(5)]
    assert seen == ["fired"] * rules_model.MAX_ANSWERS + ["too_deep"] * 2
    [ticket] = tickets(api)
    api.post(f"/v1/tickets/{ticket['id']}/messages", {"text": "Here I am."}).ok(201)
    cloud.pump()
    assert writes(9) == "fired"
    assert len(fired(api, rule)) == rules_model.MAX_ANSWERS + 1


def test_a_rule_changes_the_sender_and_nobody_else(api: Api, cloud: Cloud, ada: Any) -> None:
    eve = api.post("/v1/customers", {"name": "Eve", "emails": ["eve@example.org"], "tags": ["old"]}).ok(201)
    add_rule(
        api,
        {"action": "customer", "stage": "customer", "add_tags": ["kettles"], "custom": {"size": 3}},
        {"action": "interaction", "summary": "Wrote"},
    )
    receive(cloud, write())
    changed = api.get(f"/v1/customers/{ada['id']}").ok()
    assert (changed["stage"], changed["tags"], changed["custom"]) == ("customer", ["kettles"], {"size": 3})
    assert api.get(f"/v1/customers/{eve['id']}").ok()["version"] == 1
    receive(cloud, write("Again."))
    assert api.get(f"/v1/customers/{ada['id']}").ok()["version"] == changed["version"]


def test_a_rule_makes_a_customer_of_whom_we_did_not_know(api: Api, cloud: Cloud) -> None:
    add_rule(api, {"action": "customer", "stage": "prospect", "add_tags": ["by mail"]},
             {"action": "interaction", "summary": "First mail"})  # fmt: skip
    receive(cloud, write(sender="Bob <bob@example.org>"), sender="bob@example.org")
    [customer] = api.get("/v1/customers").ok()["data"]
    assert (customer["name"], customer["stage"], customer["tags"]) == ("Bob", "prospect", ["by mail"])
    types = [one["type"] for one in api.get(f"/v1/customers/{customer['id']}/timeline").ok()["data"]]
    assert "interaction.logged" in types


def test_no_forger_changes_a_customer(api: Api, cloud: Cloud, ada: Any) -> None:
    add_rule(api, {"action": "customer", "stage": "former"}, {"action": "interaction", "summary": "x"})
    receive(cloud, write(), spf="FAIL", dkim="FAIL")
    assert api.get(f"/v1/customers/{ada['id']}").ok()["stage"] == "lead"
    [ticket] = tickets(api)
    [run] = runs_of(api, messages(api, ticket)[0])
    assert effects(run) == {"customer": "not_their_customer", "interaction": "not_their_customer"}


def test_rules_see_the_sender_s_own_customer(api: Api, cloud: Cloud, ada: Any) -> None:
    api.patch(f"/v1/customers/{ada['id']}", {"tags": ["vip"], "stage": "customer"}).ok()
    when = {"all": [{"field": "tag", "values": ["VIP"]}, {"field": "stage", "values": ["customer"]}]}
    rule = add_rule(api, {"action": "set_priority", "priority": "high"}, when=when)
    receive(cloud, write())
    receive(cloud, write(sender="Bob <bob@example.org>"), sender="bob@example.org")
    assert [one["priority"] for one in tickets(api)] == ["normal", "high"]
    assert len(fired(api, rule)) == 1


def test_an_ignored_mail_is_filed_alone_and_not_lost(api: Api, cloud: Cloud) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)
    add_rule(api, {"action": "ignore"}, {"action": "route", "team": team["id"]})
    receive(cloud, write())
    assert tickets(api) == []
    assert outbox() == []
    assert api.get("/v1/customers").ok()["data"] == []
    [message] = alone(api)
    assert message["subject"] == "Broken kettle"
    [run] = runs_of(api, message)
    assert effects(run) == {"ignore": None, "route": "no_ticket"}


def test_spam_and_our_own_mails_come_to_no_rule(api: Api, cloud: Cloud) -> None:
    add_rule(api, {"action": "queue"})
    receive(cloud, write(), spam="FAIL")
    receive(cloud, write(sender=f"support@{MAIL_DOMAIN}"), sender=f"support@{MAIL_DOMAIN}")
    assert not [item for item in cloud.items() if item["pk"].startswith("RUN#")]


def test_what_a_rule_marks_as_spam_is_not_answered(api: Api, cloud: Cloud, template: Any) -> None:
    add_rule(api, {"action": "mark_spam"}, {"action": "answer", "template_id": template["id"]})
    receive(cloud, write())
    assert tickets(api)[0]["status"] == "spam"
    assert outbox() == []


def test_what_is_gone_keeps_no_mail_from_being_filed(api: Api, cloud: Cloud, ada: Any, template: Any) -> None:
    sam = api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"}).ok(201)
    api.post("/v1/fields", {"name": "size", "kind": "number"}).ok(201)
    add_rule(
        api,
        {"action": "assign", "assignee": sam["id"]},
        {"action": "answer", "template_id": template["id"]},
        {"action": "customer", "custom": {"size": 3}},
        {"action": "tag", "add": ["done"]},
    )
    api.patch(f"/v1/staff/{sam['id']}", {"active": False}).ok()
    api.delete(f"/v1/templates/{template['id']}").ok(204)
    api.patch("/v1/fields/size", {"maximum": 1}).ok()
    receive(cloud, write())
    [ticket] = tickets(api)
    assert (ticket["assignee"], ticket["tags"]) == (None, ["done"])
    mail = next(one for one in messages(api, ticket) if one["direction"] == "inbound")
    [run] = runs_of(api, mail)
    assert effects(run) == {
        "assign": "unknown_staff",
        "answer": "unknown_template",
        "customer": "unfit",
        "tag": None,
    }
    assert len(outbox()) == 1, "the acknowledgement goes out instead"


def test_webhooks_and_the_queue_hear_of_it_without_personal_data(
    api: Api, cloud: Cloud, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.kernel import config

    monkeypatch.setenv("RAPPORT_WEBHOOK_LOOPBACK", "true")
    config.settings.cache_clear()
    with listening() as receiver:
        _told(api, cloud, receiver)


def _told(api: Api, cloud: Cloud, receiver: Receiver) -> None:
    webhook = api.post("/v1/webhooks", {"url": receiver.url}).ok(201)
    rule = add_rule(api, {"action": "webhook", "webhook_ids": [webhook["id"]]}, {"action": "queue"})
    add_rule(api, {"action": "tag", "add": ["x"]})
    arrive(cloud, write())
    cloud.pump(twice=True)
    [ticket] = tickets(api)
    [got] = receiver.received
    data = got.event["data"]
    assert got.event["type"] == "rule.fired"
    assert (data["rule_id"], data["ticket_id"], data["depth"]) == (rule["id"], ticket["id"], 0)
    assert "kettle" not in got.body.decode().lower()
    assert "ada@example.org" not in got.body.decode()
    queued = cloud.receive("WorkflowQueue")
    bodies = [json.loads(message["Body"])["detail"] for message in queued]
    assert {body["id"] for body in bodies} == {got.event["id"]}


def test_rules_cost_a_mail_no_call_but_the_profile(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write("Warm up."))

    def calls() -> int:
        arrive(cloud, write(subject="Kettle"))
        with counted() as found:
            cloud.work("InboundMailQueue")
        return sum(1 for one in found if not one.startswith(("sqs", "SQS")))

    without = calls()
    add_rule(api, {"action": "tag", "add": ["x"]}, rate_limit={"count": 100, "seconds": 86_400})
    calls()
    assert calls() == without + 1


def test_a_change_holds_for_the_next_mail(api: Api, cloud: Cloud, ada: Any) -> None:
    rule = add_rule(api, {"action": "tag", "add": ["one"]})
    receive(cloud, write(subject="1"))
    api.patch(f"/v1/rules/{rule['id']}", {"then": [{"action": "tag", "add": ["two"]}]}).ok()
    receive(cloud, write(subject="2"))
    api.delete(f"/v1/rules/{rule['id']}").ok(204)
    receive(cloud, write(subject="3"))
    assert [one["tags"] for one in tickets(api)] == [[], ["two"], ["one"]]


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


def test_rules_share_tickets_out_in_a_team(api: Api, cloud: Cloud, ada: Any) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)["id"]
    names = ("bo", "cy")
    bo, cy = (
        api.post("/v1/staff", {"name": one, "email": f"{one}@shop.example", "team_ids": [team]}).ok(201)["id"]
        for one in names
    )
    turns = add_rule(api, {"action": "assign", "how": "round_robin"}, when=text("subject", "contains", "k"))
    receive(cloud, write(subject="k0"))
    assert effects(fired(api, turns)[0])["assign"] == "no_team"
    route = add_rule(api, {"action": "route", "team": team}, when=text("subject", "contains", "k"))
    for number, expected in enumerate((bo, cy, bo), 1):
        receive(cloud, write(subject=f"k{number}"))
        assert tickets(api)[0]["assignee"] == expected
    answer_to = [one for one in outbox() if one["Reply-To"]][-1]["Reply-To"].addresses[0].addr_spec
    receive(cloud, write("Again", subject="Re: k3"), to=answer_to)
    assert tickets(api)[0]["assignee"] == bo, "who has it keeps it"
    api.patch(f"/v1/rules/{turns['id']}", {"then": [{"action": "assign", "how": "least_busy"}]}).ok()
    receive(cloud, write(subject="k4"))
    assert tickets(api)[0]["assignee"] == cy
    for one in (bo, cy):
        api.patch(f"/v1/staff/{one}", {"active": False}).ok()
    receive(cloud, write(subject="k5"))
    ticket = tickets(api)[0]
    assert (ticket["team"], ticket["assignee"]) == (team, None)
    both = [{"action": "assign", "how": "round_robin", "assignee": bo}, {"action": "assign"}]
    for action in both:
        api.patch(f"/v1/rules/{route['id']}", {"then": [action]}).problem(422, "invalid")


def test_mails_at_once_do_not_go_to_one_of_the_team(api: Api, cloud: Cloud) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)["id"]
    for one in ("bo", "cy", "di"):
        api.post("/v1/staff", {"name": one, "email": f"{one}@shop.example", "team_ids": [team]}).ok(201)
    add_rule(api, {"action": "route", "team": team}, {"action": "assign", "how": "least_busy"})
    for number in range(6):
        arrive(
            cloud,
            write(subject=f"k{number}", sender=f"p{number}@example.net"),
            sender=f"p{number}@example.net",
        )
    cloud.pump(twice=True, seed=1)
    shares = [one["assignee"] for one in tickets(api)]
    assert (len(shares), sorted(shares.count(one) for one in set(shares))) == (6, [2, 2, 2])
