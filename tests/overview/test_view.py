"""The 360° view: what it shows, when, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import receive, write
from tests.memory import caller

CALL = {"channel": "phone", "direction": "outbound", "summary": "Called about the loom."}


@pytest.fixture
def ada(api: Api) -> str:
    made: str = api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}).ok(201)["id"]
    return made


def view(api: Api, customer_id: str) -> Any:
    return api.get(f"/v1/customers/{customer_id}/view").ok()


def test_of_somebody_new_it_shows_what_there_is_in_one_call(api: Api, ada: str) -> None:
    with counted() as calls:
        shown = view(api, ada)
    assert calls == ["Query"]
    assert shown["customer"] == api.get(f"/v1/customers/{ada}").ok()
    assert [one["type"] for one in shown["events"]] == ["customer.registered"]
    assert (shown["consents"], shown["tickets"], shown["last_feedback"]) == ([], [], None)
    figures = shown["figures"]
    assert figures["customer_since"] == shown["customer"]["created_at"]
    assert (figures["last_contact"], figures["tickets"]["open"], figures["summarised_at"]) == (None, 0, None)


def test_it_shows_tickets_feedback_and_contacts_in_two_calls(api: Api, cloud: Cloud, ada: str) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    given = {"customer_id": ada, "kind": "nps", "survey": "s"}
    api.post("/v1/feedback", {**given, "score": 9}).ok(202)
    cloud.pump()
    api.post("/v1/feedback", {**given, "score": 4}).ok(202)
    called = api.post(f"/v1/customers/{ada}/interactions", CALL).ok(201)
    cloud.pump()
    with counted() as calls:
        shown = view(api, ada)
    assert calls == ["Query", "BatchGetItem"]
    assert [one["status"] for one in shown["tickets"]] == ["open"]
    assert shown["last_feedback"]["score"] == 4
    figures = shown["figures"]
    assert figures["tickets"] == {
        "open_ids": [shown["tickets"][0]["id"]], "open": 1, "total": 1, "more": False
    }  # fmt: skip
    assert figures["feedback"]["averages"] == {"nps": 6.5}
    assert figures["last_outbound"]["at"] == called["occurred_at"]
    assert figures["last_inbound"]["type"] == "feedback.received"
    assert figures["days_since_last_contact"] == 0
    assert len(shown["events"]) <= 10


def test_a_ticket_that_was_closed_a_moment_ago_is_not_shown(api: Api, cloud: Cloud, ada: str) -> None:
    body = {"customer_id": ada, "channel": "phone", "subject": "Loom", "text": "It creaks."}
    ticket = api.post("/v1/tickets", body).ok(201)["id"]
    cloud.pump()
    api.patch(f"/v1/tickets/{ticket}", {"status": "solved"}).ok()
    assert view(api, ada)["tickets"] == []
    cloud.pump()
    assert view(api, ada)["figures"]["tickets"] == {"open_ids": [], "open": 0, "total": 1, "more": False}


def test_only_the_latest_events_are_shown_and_calls_stay_the_same(api: Api, cloud: Cloud, ada: str) -> None:
    for number in range(13):
        api.patch(f"/v1/customers/{ada}", {"company": f"C{number}"}).ok()
    with counted() as calls:
        shown = view(api, ada)
    assert calls == ["Query"]
    values = [one["details"]["changes"]["company"]["to"] for one in shown["events"]]
    assert values == [f"C{number}" for number in range(12, 2, -1)]


def test_repeats_in_any_order_give_the_same_summary(api: Api, cloud: Cloud, ada: str) -> None:
    for day in (3, 1, 2):
        at = f"2026-01-0{day}T10:00:00Z"
        api.post(f"/v1/customers/{ada}/interactions", {**CALL, "occurred_at": at}).ok(201)
    cloud.pump(twice=True, seed=7)
    figures = view(api, ada)["figures"]
    assert figures["last_outbound"]["at"] == "2026-01-03T10:00:00.000Z"
    assert figures["last_inbound"] is None


def test_what_consents_come_to_is_shown(api: Api, ada: str) -> None:
    said = {"channel": "email", "topic": "service", "state": "denied", "source": "call"}
    api.post(f"/v1/customers/{ada}/consents", said).ok()
    with counted() as calls:
        shown = view(api, ada)
    assert calls == ["Query"]
    assert shown["consents"] == [
        {"channel": "email", "topic": "service", "state": "denied", "allowed": False}
    ]


def test_the_organisation_is_shown(api: Api, ada: str) -> None:
    engines = api.post("/v1/organisations", {"name": "Engines", "domains": ["engines.example"]}).ok(201)
    api.patch(f"/v1/customers/{ada}", {"organisation_id": engines["id"]}).ok()
    with counted() as calls:
        shown = view(api, ada)
    assert calls == ["Query", "BatchGetItem"]
    assert shown["organisation"] == engines


def test_open_follow_ups_are_counted(api: Api, cloud: Cloud, ada: str) -> None:
    owner = api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"}).ok(201)["id"]
    for day in (9, 8):
        task = {"customer_id": ada, "title": "Call", "owner": owner, "due_at": f"2027-01-0{day}T09:00:00Z"}
        api.post("/v1/tasks", task).ok(201)
    cloud.pump()
    assert view(api, ada)["figures"]["tasks"] == {"open": 2, "next_due_at": "2027-01-08T09:00:00.000Z"}


def _lay(pk: str, sk: str, item: dict[str, Any]) -> None:
    """Put an item as its feature would have."""
    work = Work()
    work.overwrite({**item, "pk": pk, "sk": sk})
    commit(work)


def test_merged_entries_are_one_view_with_one_call_more(api: Api, cloud: Cloud, ada: str) -> None:
    old = api.post("/v1/customers", {"name": "Ada L."}).ok(201)["id"]
    api.post(f"/v1/customers/{ada}/merge", {"merged_id": old}).ok()
    api.post(f"/v1/customers/{old}/interactions", CALL).ok(201)
    body = {"customer_id": old, "channel": "phone", "subject": "Loom", "text": "It creaks."}
    ticket = api.post("/v1/tickets", body).ok(201)["id"]
    cloud.pump()
    with counted() as calls:
        shown = view(api, ada)
    assert calls == ["Query", "Query", "BatchGetItem"]
    assert [one["id"] for one in shown["tickets"]] == [ticket]
    assert shown["figures"]["last_outbound"]["type"] == "interaction.logged"
    types = {one["type"] for one in shown["events"]}
    assert types == {"interaction.logged", "ticket.opened", "customer.registered", "customer.merged"}
    assert view(api, old) == shown


def test_of_nobody_it_is_404(api: Api, ada: str) -> None:
    api.delete(f"/v1/customers/{ada}")
    api.get(f"/v1/customers/{ada}/view").problem(404, "no_such_customer")


def test_it_needs_the_scope_of_timelines(cloud: Cloud, ada: str) -> None:
    caller("customers:read").get(f"/v1/customers/{ada}/view").problem(403, "missing_scope")
