"""What bounds rules: no effect twice, exact rates, few calls, and no mail lost on account of one."""

from __future__ import annotations

from typing import Any

from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import arrive, outbox, receive, write
from tests.rules.making import add_rule, effects, fired, runs_of
from tests.stack import MAIL_DOMAIN
from tests.support.lists import messages, tickets


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


def test_spam_and_our_own_mails_come_to_no_rule(api: Api, cloud: Cloud) -> None:
    add_rule(api, {"action": "queue"})
    receive(cloud, write(), spam="FAIL")
    receive(cloud, write(sender=f"support@{MAIL_DOMAIN}"), sender=f"support@{MAIL_DOMAIN}")
    receive(cloud, write())
    mails = {item["pk"] for item in cloud.items() if item["pk"].startswith("RUN#msg_")}
    assert len(mails) == 1, "of the third mail alone"


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


def test_rules_cost_a_mail_no_call_but_the_profile(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write("Warm up."))

    def calls() -> list[str]:
        arrive(cloud, write(subject="Kettle"))
        with counted() as found:
            cloud.work("InboundMailQueue")
        return sorted(found)

    without = calls()
    add_rule(api, {"action": "tag", "add": ["x"]}, rate_limit={"count": 100, "seconds": 86_400})
    calls()
    assert calls() == sorted([*without, "BatchGetItem"])
