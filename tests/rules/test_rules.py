"""Rules over HTTP: their order, versions, trail, bounds, and what they may name."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.rules.model import MOST
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import receive, write
from tests.memory import caller
from tests.rules.making import ALWAYS, add_rule, text

TAG = {"action": "tag", "add": ["x"]}


def order(api: Api) -> list[str]:
    return [rule["id"] for rule in api.get("/v1/rules").ok()["data"]]


def test_rules_keep_their_order_until_they_are_given_another(api: Api) -> None:
    ids = [add_rule(api, TAG)["id"] for _ in range(3)]
    assert order(api) == ids
    turned = ids[::-1]
    body = api.post("/v1/rules/reorder", {"rule_ids": turned}).ok()
    assert [rule["id"] for rule in body["data"]] == order(api) == turned
    for wrong in (ids[:2], [*ids[:2], ids[0]], [*ids, "rul_" + "0" * 26]):
        api.post("/v1/rules/reorder", {"rule_ids": wrong}).problem(422, "invalid")
    api.delete(f"/v1/rules/{ids[1]}").ok(204)
    assert order(api) == [ids[2], ids[0]]
    assert api.get("/v1/audit?entity_id=rules").ok()["data"][0]["type"] == "rule.reordered"


def test_a_rule_is_versioned_and_audited(api: Api) -> None:
    rule = add_rule(api, TAG, when=text("subject", "is", "x"), rate_limit={"count": 1, "seconds": 60})
    url = f"/v1/rules/{rule['id']}"
    changed = api.patch(url, {"enabled": False, "rate_limit": None}, If_Match='"1"').ok()
    assert (changed["version"], changed["enabled"], changed["rate_limit"]) == (2, False, None)
    assert changed["when"] == rule["when"]
    api.patch(url, {"enabled": True}, If_Match='"1"').problem(412, "stale")
    assert api.patch(url, {"enabled": False}).ok()["version"] == 2, "nothing changed"
    first, _ = api.get(f"/v1/audit?entity_id={rule['id']}").ok()["data"]
    assert first["changes"]["enabled"] == {"from": True, "to": False}
    assert "x" not in str(first["data"])


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ({"action": "route", "team": "tea_" + "0" * 26}, "then.0.team"),
        ({"action": "assign", "assignee": "stf_" + "0" * 26}, "then.0.assignee"),
        ({"action": "answer", "template_id": "tpl_" + "0" * 26}, "then.0.template_id"),
        ({"action": "webhook", "webhook_ids": ["whk_" + "0" * 26]}, "then.0.webhook_ids"),
    ],
)
def test_a_rule_names_only_what_there_is(api: Api, action: Any, name: str) -> None:
    body = {"name": "r", "when": ALWAYS, "then": [action]}
    problem = api.post("/v1/rules", body).problem(422, "invalid")
    assert problem["invalid_params"][0]["name"] == name


def test_a_rule_asks_only_calendars_that_there_are(api: Api) -> None:
    when = {"field": "business_hours", "open": False, "calendar_id": "cal_" + "0" * 26}
    api.post("/v1/rules", {"name": "r", "when": when, "then": [TAG]}).problem(422, "invalid")


@pytest.mark.parametrize(
    "changes",
    [
        {"then": []},
        {"then": [TAG, TAG]},
        {"then": [{"action": "delete_everything"}]},
        {"then": [{**TAG, "more": 1}]},
        {"rate_limit": {"count": 0, "seconds": 60}},
        {"rate_limit": {"count": 1, "seconds": 1}},
        {"when": {"field": "other_customer", "value": True}},
        {"when": {"all": [text("text", "contains", *("x" * 190 + str(n) for n in range(20)))] * 3}},
        {"name": ""},
    ],
)
def test_what_is_out_of_bounds_is_refused(api: Api, changes: Any) -> None:
    body = {"name": "r", "when": ALWAYS, "then": [TAG], **changes}
    assert api.post("/v1/rules", body).status == 422


def test_there_are_a_hundred_rules_at_most(api: Api, cloud: Cloud) -> None:
    from chalicelib.kernel.commit import commit
    from chalicelib.kernel.work import Work
    from chalicelib.rules import store
    from chalicelib.rules.model import Order

    rule = add_rule(api, TAG)
    work = Work()
    full = Order(version=2, rule_ids=[rule["id"]] * MOST)
    store.put_order(work, full, version=1)
    commit(work)
    api.post("/v1/rules", {"name": "r", "when": ALWAYS, "then": [TAG]}).problem(409, "too_many_rules")


def test_strangers_and_readers_may_not(api: Api) -> None:
    rule = add_rule(api, TAG)
    assert Api().get("/v1/rules").status == 401
    caller("rules:read").delete(f"/v1/rules/{rule['id']}").problem(403, "missing_scope")
    caller("rules:read").post("/v1/rules/dry-run", {"raw": "x"}).problem(403, "missing_scope")
    caller("tickets:read").get(f"/v1/rules/{rule['id']}/runs").problem(403, "missing_scope")
    api.get("/v1/rules/rul_" + "0" * 26).problem(404, "no_such_rule")
    api.get("/v1/messages/msg_" + "0" * 26 + "/rule-runs").problem(404, "no_rule_runs")


def test_a_rule_that_cannot_be_read_stops_no_mail(api: Api, cloud: Cloud) -> None:
    import boto3

    rule, other = add_rule(api, TAG), add_rule(api, TAG)
    table = boto3.resource("dynamodb").Table(cloud["Table"])
    key = {"pk": "RULES", "sk": f"RULE#{rule['id']}"}
    newer = {"field": "weather", "values": ["rain"]}
    table.update_item(Key=key, UpdateExpression="SET #w = :w", ExpressionAttributeNames={"#w": "when"},
                      ExpressionAttributeValues={":w": newer})  # fmt: skip
    receive(cloud, write())
    [ticket] = api.get("/v1/tickets").ok()["data"]
    assert ticket["tags"] == ["x"]
    assert order(api) == [other["id"]]


def test_few_rules_have_a_rate_limit(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.rules.service.MOST_LIMITED", 1)
    limit = {"count": 1, "seconds": 60}
    limited = add_rule(api, TAG, rate_limit=limit)
    api.patch(f"/v1/rules/{limited['id']}", {"name": "Still"}).ok()
    api.post("/v1/rules", {"name": "r", "when": ALWAYS, "then": [TAG], "rate_limit": limit}).problem(
        409, "too_many_limits"
    )
