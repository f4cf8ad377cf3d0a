"""Webhooks are told what they subscribed to, signed, once for each event, and again until they take it."""

from __future__ import annotations

import base64
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel import ids, kept
from chalicelib.webhooks import posting, service
from chalicelib.webhooks.model import WAITS
from chalicelib.webhooks.signing import headers, signature
from tests.api import Api
from tests.cloud import Cloud, invoke, sqs_event
from tests.memory import caller
from tests.webhooks.receiver import Receiver


def add(api: Api, receiver: Receiver, *events: str, **more: Any) -> Any:
    made = api.post("/v1/webhooks", {"url": receiver.url, "events": list(events), **more}).ok(201)
    kept.forget()
    return made


def test_one_that_a_rule_names_is_known_at_once(api: Api, cloud: Cloud, receiver: Receiver) -> None:
    known = service.current()
    made = api.post("/v1/webhooks", {"url": receiver.url}).ok(201)
    assert service.current() == known == []
    assert [one.id for one in service.current([made["id"]])] == [made["id"]]


def deliveries(api: Api, webhook: Any) -> list[Any]:
    found: list[Any] = api.get(f"/v1/webhooks/{webhook['id']}/deliveries").ok()["data"]
    return found


def register(api: Api, address: str = "ada@example.org") -> Any:
    return api.post("/v1/customers", {"name": "Ada", "emails": [address]}).ok(201)


def fire_timer(cloud: Cloud, entity_id: str, at: str) -> None:
    """Deliver the timer that was set for a moment, as the scheduler would by then."""
    body = json.dumps({"wake_id": entity_id, "wake_at": at})
    cloud.deliver("TimersQueue", [{"Body": body}])
    cloud.pump()


def test_the_signature_is_that_of_standard_webhooks() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    found = signature("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}', secret)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_sign_side_by_side() -> None:
    one, other = ("whsec_" + base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
    sent = headers("dlv_1", datetime(2026, 1, 1, tzinfo=UTC), b"{}", [one, other])
    assert sent["webhook-timestamp"] == "1767225600"
    assert sent["webhook-signature"] == " ".join(
        signature("dlv_1", "1767225600", b"{}", secret) for secret in (one, other)
    )


def test_a_subscriber_is_told_once_with_a_signature(api: Api, cloud: Cloud, receiver: Receiver) -> None:
    webhook = add(api, receiver, "customer.*")
    customer = register(api)
    cloud.pump(twice=True)
    [got] = receiver.received
    assert got.path == "/hook?a=1"
    assert got.event["type"] == "customer.registered"
    assert got.event["data"] == {"customer_id": customer["id"], "stage": "lead"}
    assert "ada@example.org" not in got.body.decode()
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    key = base64.b64decode(webhook["secret"].removeprefix("whsec_"))
    assert got.headers["webhook-signature"] == (
        "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    )
    [delivery] = deliveries(api, webhook)
    assert delivery["id"] == got.headers["webhook-id"]
    assert (delivery["state"], delivery["event_id"]) == ("delivered", got.event["id"])
    assert [one["code"] for one in delivery["tries"]] == [204]


def test_who_did_not_subscribe_is_told_nothing(api: Api, cloud: Cloud, receiver: Receiver) -> None:
    add(api, receiver, "customer.updated", "ticket.*")
    add(api, receiver)
    add(api, receiver, "customer.*", enabled=False)
    register(api)
    cloud.pump()
    assert receiver.received == []


def test_a_failed_try_comes_again_until_it_is_taken(api: Api, cloud: Cloud, receiver: Receiver) -> None:
    webhook = add(api, receiver, "customer.registered")
    receiver.status = 500
    register(api)
    cloud.pump()
    [delivery] = deliveries(api, webhook)
    assert (delivery["state"], delivery["tries"][0]["failure"]) == ("pending", "status")
    assert api.get(f"/v1/webhooks/{webhook['id']}").ok()["failing_since"]
    receiver.status = 200
    fire_timer(cloud, delivery["id"], delivery["next_try_at"])
    fire_timer(cloud, delivery["id"], delivery["next_try_at"])
    [delivery] = deliveries(api, webhook)
    assert (delivery["state"], [one["code"] for one in delivery["tries"]]) == ("delivered", [500, 200])
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    assert api.get(f"/v1/webhooks/{webhook['id']}").ok()["failing_since"] is None


def test_after_the_last_try_it_failed_and_can_be_sent_again(
    api: Api, cloud: Cloud, receiver: Receiver
) -> None:
    webhook = add(api, receiver, "customer.registered")
    receiver.status = 503
    register(api)
    cloud.pump()
    for _ in WAITS:
        [delivery] = deliveries(api, webhook)
        fire_timer(cloud, delivery["id"], delivery["next_try_at"])
    [delivery] = deliveries(api, webhook)
    assert (delivery["state"], delivery["next_try_at"], len(delivery["tries"])) == ("failed", None, 7)
    receiver.status = 200
    url = f"/v1/webhooks/{webhook['id']}/deliveries/{delivery['id']}/redeliver"
    assert api.post(url).ok(202)["state"] == "pending"
    cloud.pump(twice=True)
    [delivery] = deliveries(api, webhook)
    assert (delivery["state"], len(delivery["tries"])) == ("delivered", 8)


def test_an_endpoint_that_fails_for_days_is_disabled(
    api: Api, cloud: Cloud, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = add(api, receiver, "customer.registered")
    receiver.status = 500
    register(api)
    cloud.pump()
    later = datetime.now(UTC) + timedelta(days=6)
    monkeypatch.setattr(ids, "now", lambda: later.replace(microsecond=0))
    for _ in WAITS:
        [delivery] = deliveries(api, webhook)
        fire_timer(cloud, delivery["id"], delivery["next_try_at"])
    found = api.get(f"/v1/webhooks/{webhook['id']}").ok()
    assert (found["enabled"], found["disabled_because"]) == (False, "failing")
    assert "webhook.disabled" in {item.get("type") for item in cloud.items()}
    mended = api.patch(f"/v1/webhooks/{webhook['id']}", {"enabled": True}).ok()
    assert (mended["enabled"], mended["disabled_because"], mended["failing_since"]) == (True, None, None)


def test_who_says_that_they_are_gone_is_disabled_at_once(api: Api, cloud: Cloud, receiver: Receiver) -> None:
    webhook = add(api, receiver, "customer.registered")
    receiver.status = 410
    register(api)
    cloud.pump()
    assert api.get(f"/v1/webhooks/{webhook['id']}").ok()["disabled_because"] == "gone"


def test_a_redirect_is_not_followed(api: Api, cloud: Cloud, receiver: Receiver) -> None:
    webhook = add(api, receiver)
    receiver.status, receiver.location = 307, receiver.url.replace("/hook", "/elsewhere")
    api.post(f"/v1/webhooks/{webhook['id']}/test").ok(202)
    cloud.pump()
    [got] = receiver.received
    assert got.event["type"] == "webhook.test"
    [delivery] = deliveries(api, webhook)
    assert delivery["tries"][0]["code"] == 307
    assert delivery["state"] == "pending"


def test_an_answer_that_never_ends_is_given_up(
    api: Api, cloud: Cloud, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    webhook = add(api, receiver)
    receiver.drip = True
    api.post(f"/v1/webhooks/{webhook['id']}/test").ok(202)
    begin = time.monotonic()
    cloud.pump()
    assert time.monotonic() - begin < 10
    [delivery] = deliveries(api, webhook)
    assert delivery["tries"][0]["failure"] == "timeout"
    assert delivery["tries"][0]["milliseconds"] < 2_000


def test_what_waits_for_a_webhook_that_is_deleted_is_not_sent(
    api: Api, cloud: Cloud, receiver: Receiver
) -> None:
    webhook = add(api, receiver)
    api.post(f"/v1/webhooks/{webhook['id']}/test").ok(202)
    api.delete(f"/v1/webhooks/{webhook['id']}").ok(204)
    cloud.pump()
    assert receiver.received == []
    api.get(f"/v1/webhooks/{webhook['id']}").problem(404, "no_such_webhook")


def test_the_secret_is_shown_once_and_the_old_one_signs_for_a_day(
    api: Api, cloud: Cloud, receiver: Receiver
) -> None:
    webhook = add(api, receiver)
    assert webhook["secret"].startswith("whsec_")
    assert "secret" not in api.get(f"/v1/webhooks/{webhook['id']}").ok()
    assert webhook["secret"] not in json.dumps(cloud.items())
    rotated = api.post(f"/v1/webhooks/{webhook['id']}/secret").ok()
    assert rotated["secret"] != webhook["secret"]
    api.post(f"/v1/webhooks/{webhook['id']}/test").ok(202)
    cloud.pump()
    [got] = receiver.received
    given = [
        signature(got.headers["webhook-id"], got.headers["webhook-timestamp"], got.body, secret)
        for secret in (rotated["secret"], webhook["secret"])
    ]
    assert got.headers["webhook-signature"].split() == given


def test_a_replayed_answer_does_not_show_the_secret(api: Api, receiver: Receiver) -> None:
    body = {"url": receiver.url}
    assert "secret" in api.post("/v1/webhooks", body, Idempotency_Key="a").ok(201)
    replayed = api.post("/v1/webhooks", body, Idempotency_Key="a")
    assert replayed.headers["Idempotency-Replayed"] == "true"
    assert "whsec_" not in replayed.text


def test_changes_are_versioned_and_audited(api: Api, receiver: Receiver) -> None:
    webhook = add(api, receiver)
    url = f"/v1/webhooks/{webhook['id']}"
    api.patch(url, {"events": ["mail.*"]}, If_Match='"1"').ok()
    api.patch(url, {"events": []}, If_Match='"1"').problem(412, "stale")
    entries = api.get(f"/v1/audit?entity_id={webhook['id']}").ok()["data"]
    assert [one["data"]["changed"] for one in entries] == [["events"], ["created"]]


def test_unknown_subscriptions_are_refused(api: Api, receiver: Receiver) -> None:
    for event in ("webhook.due", "*", "ticket", "Ticket.opened"):
        api.post("/v1/webhooks", {"url": receiver.url, "events": [event]}).problem(422, "invalid")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("POST", ""), ("GET", "/whk_{}"), ("PATCH", "/whk_{}"), ("DELETE", "/whk_{}")],
)
def test_scopes_are_needed(cloud: Cloud, method: str, path: str) -> None:
    url = "/v1/webhooks" + path.format("0" * 26)
    body = {"url": "https://a.example"} if method in ("POST", "PATCH") else None
    assert Api().call(method, url, body, {}).status == 401
    caller("webhooks:read" if method != "GET" else "rules:read").call(method, url, body, {}).problem(
        403, "missing_scope"
    )


def test_a_message_that_is_no_event_fails(cloud: Cloud) -> None:
    event = sqs_event(cloud.arn("WebhooksQueue"), [{"Body": "{}", "MessageId": "m"}])
    answer = invoke("chalicelib.webhooks.worker:webhooks", event)
    assert answer["batchItemFailures"] == [{"itemIdentifier": "m"}]
