"""One timeline for every channel, newest first."""

from __future__ import annotations

from typing import Any

from tests.e2e.caller import Caller
from tests.e2e.post import Post
from tests.e2e.test_mail_in import mail_of
from tests.e2e.waiting import eventually

CONTACTS = (("phone", "Asked for the invoice"), ("store", "Looked at lamps"), ("fax", "Signed the order"))


def test_calls_visits_and_faxes_stand_beside_the_mails(api: Caller, post: Post, ada: Any) -> None:
    path = f"/v1/customers/{ada['id']}"
    earlier = {"channel": "letter", "direction": "inbound", "summary": "Praised us"}
    api.post(f"{path}/interactions", earlier | {"occurred_at": "2026-01-05T10:00:00Z"}).ok(201)
    post.send(mail_of(ada, "Thanks", "For everything."))
    eventually(lambda: api.data(f"{path}/timeline?type=mail.delivered"))
    for channel, summary in CONTACTS:
        contact = {"channel": channel, "direction": "inbound", "summary": summary, "outcome": "done"}
        api.post(f"{path}/interactions", contact).ok(201)
    feedback = {"customer_id": ada["id"], "kind": "comment", "comment": "Good."}
    api.post("/v1/feedback", feedback).ok(202)
    eventually(lambda: api.data(f"{path}/timeline?type=feedback"))

    entries = api.data(f"{path}/timeline")
    assert [entry["type"] for entry in entries] == [
        "feedback.received",
        "interaction.logged",
        "interaction.logged",
        "interaction.logged",
        "mail.delivered",
        "mail.sent",
        "mail.queued",
        "mail.received",
        "ticket.opened",
        "customer.registered",
        "interaction.logged",
    ]
    assert [entry["channel"] for entry in entries[1:4]] == ["fax", "store", "phone"]
    assert entries[-1]["summary"] == "Praised us"
    times = [entry["occurred_at"] for entry in entries]
    assert times == sorted(times, reverse=True)


def test_it_is_read_page_by_page(api: Caller, ada: Any) -> None:
    path = f"/v1/customers/{ada['id']}"
    for number in range(5):
        contact = {"channel": "chat", "direction": "inbound", "summary": f"Line {number}"}
        api.post(f"{path}/interactions", contact).ok(201)
    page = api.get(f"{path}/timeline?channel=chat&limit=2").ok()
    found = page["data"]
    while page["next_cursor"] is not None:
        page = api.get(f"{path}/timeline?channel=chat&limit=2&cursor={page['next_cursor']}").ok()
        found += page["data"]
    assert [entry["summary"] for entry in found] == [f"Line {number}" for number in reversed(range(5))]
