"""A rule by HTTP, a mail by SMTP, the signed webhook that follows, and why each rule did what it did."""

from __future__ import annotations

from typing import Any

from chalicelib.webhooks.signing import signature
from tests.e2e.caller import Caller
from tests.e2e.post import Post, write
from tests.e2e.waiting import eventually
from tests.webhooks.receiver import listening


def test_a_mail_triggers_a_rule_that_calls_a_webhook(api: Caller, post: Post, ada: Any) -> None:
    with listening() as receiver:
        webhook = api.post("/v1/webhooks", {"url": receiver.url}).ok(201)
        subject = f"Refund {ada['id'][-8:]}"
        rule = {
            "name": "Refunds",
            "when": {"field": "subject", "operator": "is", "values": [subject]},
            "then": [
                {"action": "tag", "add": ["refund"]},
                {"action": "set_priority", "priority": "high"},
                {"action": "webhook", "webhook_ids": [webhook["id"]]},
                {"action": "queue"},
            ],
        }
        made = api.post("/v1/rules", rule).ok(201)
        post.send(write(f"Ada <{ada['emails'][0]}>", subject, "I want my money back."))
        [got] = eventually(lambda: receiver.received)
        event = got.event["data"]
        assert (event["rule_id"], event["mail_class"]) == (made["id"], "human")
        known = got.headers["webhook-id"], got.headers["webhook-timestamp"]
        assert got.headers["webhook-signature"] == signature(*known, got.body, webhook["secret"])
        ticket = api.get(f"/v1/tickets/{event['ticket_id']}").ok()
        assert (ticket["tags"], ticket["priority"]) == (["refund"], "high")
        runs = api.get(f"/v1/messages/{event['message_id']}/rule-runs").ok()["runs"]
        assert "fired" in [run["outcome"] for run in runs if run["rule_id"] == made["id"]]
        [run] = api.data(f"/v1/rules/{made['id']}/runs")
        assert run["ticket_id"] == ticket["id"]
        [delivery] = eventually(
            lambda: [one for one in api.data(f"/v1/webhooks/{webhook['id']}/deliveries") if one["tries"]]
        )
        assert delivery["state"] == "delivered"
        api.delete(f"/v1/rules/{made['id']}").ok(204)
        api.delete(f"/v1/webhooks/{webhook['id']}").ok(204)


def test_a_webhook_into_the_house_is_refused(api: Caller) -> None:
    for url in ("https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "http://example.org/"):
        api.post("/v1/webhooks", {"url": url}).problem(422, "invalid")
