"""The worker that summarises: once a customer, from what is there now, and never for who is gone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.kernel import ids, table
from chalicelib.overview import store
from chalicelib.timeline import summary as contacts
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud

QUEUE = "SummariesQueue"
CALL = {"channel": "phone", "direction": "inbound", "summary": "Asked."}


@pytest.fixture
def ada(api: Api, cloud: Cloud) -> str:
    made: str = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    cloud.pump()
    return made


def hint(customer_id: str | None, **data: str) -> dict[str, Any]:
    detail = {"id": "evt_1", "type": "interaction.logged", "customer_id": customer_id, "data": data}
    return {"Body": json.dumps({"detail": detail}), "MessageId": ids.ulid(ids.now())}


def test_a_batch_about_one_customer_is_computed_once(cloud: Cloud, api: Api, ada: str) -> None:
    api.post(f"/v1/customers/{ada}/interactions", CALL).ok(201)
    with counted() as calls:
        assert cloud.deliver(QUEUE, [hint(ada) for _ in range(5)]) == set()
    assert calls == ["BatchGetItem"] * 2 + ["Query"] * 4 + ["TransactWriteItems"]


def test_what_says_nothing_new_is_not_written(cloud: Cloud, ada: str) -> None:
    cloud.deliver(QUEUE, [hint(ada)])
    before = table.get(store.summary_key(ada))
    with counted() as calls:
        cloud.deliver(QUEUE, [hint(ada)])
    assert "TransactWriteItems" not in calls
    assert table.get(store.summary_key(ada)) == before


def test_of_who_is_gone_or_nobody_there_is_no_summary(cloud: Cloud, api: Api, ada: str) -> None:
    api.delete(f"/v1/customers/{ada}")
    assert cloud.deliver(QUEUE, [hint(ada), hint(None)]) == set()
    assert table.get(store.summary_key(ada)) is None


def test_what_is_no_event_fails_alone(cloud: Cloud, ada: str) -> None:
    bad = {"Body": "no event", "MessageId": "bad"}
    assert cloud.deliver(QUEUE, [bad, hint(ada)]) == {"bad"}
    assert table.get(store.summary_key(ada)) is not None


def test_a_contact_before_many_other_entries_is_found(
    cloud: Cloud, api: Api, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "RECENT", 3)
    api.post(f"/v1/customers/{ada}/interactions", CALL).ok(201)
    for number in range(6):
        api.patch(f"/v1/customers/{ada}", {"company": f"C{number}"}).ok()
    cloud.deliver(QUEUE, [hint(ada)])
    summary = store.summaries([ada])[ada]
    assert summary.contacts.last_inbound is not None
    assert summary.contacts.last_outbound is None


def event(type_: str, **data: Any) -> dict[str, Any]:
    return {"type": type_, "occurred_at": "2026-01-01T00:00:00.000Z", "data": data, "channel": "email"}


@pytest.mark.parametrize(
    ("events", "directions"),
    [
        ([event("mail.received", mail_class="human")], ["inbound"]),
        ([event("mail.received", mail_class="auto_reply")], []),
        ([event("mail.sent", message_id="m")], ["outbound"]),
        ([event("mail.sent", message_id="m"), event("mail.queued", message_id="m", auto_reply=True)], []),
        ([event("mail.queued", message_id="m", auto_reply=False)], []),
        ([event("ticket.opened", channel="email")], []),
        ([event("ticket.opened", channel="phone")], ["inbound"]),
        ([event("feedback.received", kind="nps")], ["inbound"]),
        ([event("customer.updated", changed=[])], []),
    ],
)
def test_what_counts_as_a_contact(events: list[Any], directions: list[str]) -> None:
    assert [one.direction for one in contacts.contacts(events)] == directions
