"""Rules and customers: the sender's own is seen and changed, nobody else's."""

from __future__ import annotations

from typing import Any

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import receive, write
from tests.rules.making import add_rule, effects, fired, runs_of
from tests.support.lists import messages, tickets


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
