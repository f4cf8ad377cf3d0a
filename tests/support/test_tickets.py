"""Tickets over HTTP: taken down, listed, changed, answered, noted on, snoozed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.support.states import ALLOWED, STATUSES
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write
from tests.stack import MAIL_DOMAIN

NOBODY = "tkt_01J00000000000000000000000"


@pytest.fixture
def ada_id(ada: Any) -> str:
    return str(ada["id"])


def _call(api: Api, customer_id: str, **more: Any) -> Any:
    """A ticket taken down on the phone."""
    body = {"customer_id": customer_id, "channel": "phone", "subject": "Broken kettle", "text": "It leaks."}
    return api.post("/v1/tickets", body | more).ok(201)


def _listed(api: Api, query: str = "") -> list[str]:
    return [one["id"] for one in api.get(f"/v1/tickets{query}").ok()["data"]]


def _messages(api: Api, ticket: Any) -> list[Any]:
    found: list[Any] = api.get(f"/v1/tickets/{ticket['id']}/messages").ok()["data"]
    return found


def test_a_call_becomes_a_ticket(api: Api, cloud: Cloud, ada_id: str) -> None:
    answer = api.post(
        "/v1/tickets", {"customer_id": ada_id, "channel": "phone", "subject": "Kettle", "text": "It leaks."}
    )
    ticket = answer.ok(201)
    assert answer.headers["Location"].endswith(f"/v1/tickets/{ticket['id']}")
    assert answer.headers["ETag"] == '"1"'
    assert (ticket["status"], ticket["priority"], ticket["channel"]) == ("open", "normal", "phone")
    assert ticket["requester"] == {"address": "ada@example.org", "name": "Ada"}
    assert api.get(f"/v1/tickets/{ticket['id']}").ok() == ticket
    [spoken] = _messages(api, ticket)
    assert (spoken["direction"], spoken["status"], spoken["text"]) == ("inbound", "recorded", "It leaks.")
    cloud.pump()
    assert outbox() == [], "who called is not mailed"


def test_a_ticket_page_is_one_call(api: Api, ada_id: str) -> None:
    ticket = _call(api, ada_id)
    for url in (f"/v1/tickets/{ticket['id']}", f"/v1/tickets/{ticket['id']}/messages"):
        with counted() as calls:
            api.get(url).ok()
        assert calls in (["GetItem"], ["Query"])


def test_what_names_nothing_is_refused(api: Api, ada_id: str) -> None:
    body = {"channel": "phone", "subject": "x", "text": "x"}
    gone = {"customer_id": "cus_01J00000000000000000000000"}
    api.post("/v1/tickets", body | gone).problem(404, "no_such_customer")
    api.get(f"/v1/tickets/{NOBODY}").problem(404, "no_such_ticket")
    api.get(f"/v1/tickets/{NOBODY}/messages").problem(404, "no_such_ticket")
    api.post(f"/v1/tickets/{NOBODY}/messages", {"text": "x"}).problem(404, "no_such_ticket")
    for field, code, kind in (("assignee", "unknown_staff", "stf"), ("team", "unknown_team", "tea")):
        unknown = {field: f"{kind}_01J00000000000000000000000"}
        for answer in (
            api.post("/v1/tickets", body | {"customer_id": ada_id} | unknown),
            api.patch(f"/v1/tickets/{_call(api, ada_id)['id']}", unknown),
        ):
            assert answer.problem(422, "invalid")["invalid_params"][0]["code"] == code


def test_lists_filter_and_page(api: Api, ada_id: str) -> None:
    bob = api.post("/v1/customers", {"name": "Bob"}).ok(201)["id"]
    mine = [_call(api, ada_id)["id"] for _ in range(3)]
    his = [_call(api, bob)["id"] for _ in range(2)]
    api.patch(f"/v1/tickets/{mine[1]}", {"status": "solved"}).ok()
    newest = [*reversed(his), *reversed(mine)]
    assert _listed(api) == newest
    assert _listed(api, f"?customer_id={bob}") == [*reversed(his)]
    assert _listed(api, "?status=solved") == [mine[1]]
    assert _listed(api, f"?status=open&customer_id={ada_id}") == [mine[2], mine[0]]
    paged, cursor = [], ""
    while True:
        page = api.get(f"/v1/tickets?limit=2{cursor}").ok()
        paged += [one["id"] for one in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert paged == newest
    assert api.get("/v1/tickets?status=lost").status == 422


def test_every_step_of_the_status(api: Api, ada_id: str) -> None:
    for before in STATUSES:
        for after in STATUSES:
            ticket = _call(api, ada_id)
            url = f"/v1/tickets/{ticket['id']}"
            if before != "open":
                api.patch(url, {"status": before}).ok()
            answer = api.patch(url, {"status": after})
            if after == before or after in ALLOWED[before]:
                assert answer.ok()["status"] == after
            else:
                answer.problem(409, "wrong_status")


def test_a_merge_patch_changes_what_it_names(api: Api, ada_id: str) -> None:
    staff = api.post("/v1/staff", {"name": "Grace", "email": "grace@shop.example"}).ok(201)["id"]
    team = api.post("/v1/teams", {"name": "Repairs"}).ok(201)["id"]
    url = f"/v1/tickets/{_call(api, ada_id, assignee=staff, team=team, priority='high')['id']}"
    changed = api.patch(url, {"subject": "Leaking kettle", "team": None}).ok()
    assert (changed["subject"], changed["assignee"], changed["team"]) == ("Leaking kettle", staff, None)
    assert (changed["priority"], changed["version"]) == ("high", 2)
    assert api.patch(url, {}).ok() == changed, "nothing changes nothing"
    assert api.patch(url, {"priority": "high"}).ok() == changed
    assert api.patch(url, {"assignee": None}).ok()["assignee"] is None
    for wrong in ({"status": None}, {"priority": None}, {"subject": None}, {"tag": "x"}, {"subject": "a\nb"}):
        assert api.patch(url, wrong).status == 422
    entries = api.get(f"/v1/customers/{ada_id}/timeline?type=ticket.changed").ok()["data"]
    assert [entry["data"]["changed"] for entry in entries] == [["assignee"], ["subject", "team"]]


def test_a_stale_etag_changes_nothing(api: Api, cloud: Cloud, ada_id: str) -> None:
    ticket = _call(api, ada_id)
    url = f"/v1/tickets/{ticket['id']}"
    api.patch(url, {"priority": "low"}, If_Match='"1"').ok()
    before = cloud.items()
    api.patch(url, {"priority": "urgent"}, If_Match='"1"').problem(412, "stale")
    api.post(f"{url}/messages", {"text": "x"}, If_Match='"1"').problem(412, "stale")
    api.post(f"{url}/messages", {"text": "x", "internal": True}, If_Match='"1"').problem(412, "stale")
    assert cloud.items() == before
    assert api.get(url, If_None_Match='"2"').status == 304


def test_an_answer_goes_out_in_the_thread(api: Api, cloud: Cloud, ada_id: str) -> None:
    receive(cloud, write(message_id="<first@example.org>", subject="Kettle " + "ä" * 600))
    [ticket] = api.get("/v1/tickets").ok()["data"]
    url = f"/v1/tickets/{ticket['id']}/messages"
    with counted() as calls:
        reply = api.post(url, {"text": "We send a new one.", "status": "solved"}).ok(201)
    assert calls[-2:] == ["GetItem", "TransactWriteItems"]
    assert (reply["status"], reply["thread_id"], reply["customer_id"]) == ("queued", ticket["id"], ada_id)
    assert api.get(f"/v1/tickets/{ticket['id']}").ok()["status"] == "solved"
    cloud.pump()
    sent = outbox()[-1]
    assert sent["To"] == "Ada Lovelace <ada@example.org>"
    assert sent["In-Reply-To"] == "<first@example.org>"
    signed, first = sent["References"].split()
    assert (signed.endswith(f"@{MAIL_DOMAIN}>"), first) == (True, "<first@example.org>")
    assert sent["Subject"].startswith("Re: Kettle ää")
    assert sent["Subject"].endswith(f"ä [#{ticket['tag']}]")
    assert sent["Auto-Submitted"] is None
    assert _messages(api, ticket)[0]["status"] == "sent"


def test_an_answer_whose_status_may_not_follow_is_not_sent(api: Api, cloud: Cloud, ada_id: str) -> None:
    ticket = _call(api, ada_id, text="x")
    api.patch(f"/v1/tickets/{ticket['id']}", {"status": "spam"}).ok()
    url = f"/v1/tickets/{ticket['id']}/messages"
    api.post(url, {"text": "x", "status": "pending"}).problem(409, "wrong_status")
    api.post(url, {"text": "x", "status": "pending", "internal": True}).problem(409, "wrong_status")
    cloud.pump()
    assert outbox() == []
    assert len(_messages(api, ticket)) == 1


def test_a_note_stays_among_the_staff(api: Api, cloud: Cloud, ada_id: str) -> None:
    ticket = _call(api, ada_id)
    url = f"/v1/tickets/{ticket['id']}/messages"
    note = api.post(url, {"text": "Ask the workshop.", "internal": True, "status": "on_hold"}).ok(201)
    assert (note["direction"], note["status"]) == ("internal", "recorded")
    assert api.get(f"/v1/tickets/{ticket['id']}").ok()["status"] == "on_hold"
    api.post(url, {"text": "x", "html": "<p>x</p>", "internal": True}).problem(422, "invalid")
    cloud.pump()
    assert outbox() == []
    assert _messages(api, ticket)[0]["id"] == note["id"]


def test_a_call_is_answered_by_mail(api: Api, cloud: Cloud, ada_id: str) -> None:
    ticket = _call(api, ada_id, subject="Broken kettle")
    api.post(f"/v1/tickets/{ticket['id']}/messages", {"text": "Repaired."}).ok(201)
    cloud.pump()
    [sent] = outbox()
    assert sent["To"] == "Ada <ada@example.org>"
    assert sent["Subject"] == f"Re: Broken kettle [#{ticket['tag']}]"
    reply_to = sent["Reply-To"].addresses[0].addr_spec
    receive(cloud, write("Thanks", to=reply_to), to=reply_to)
    assert _messages(api, ticket)[0]["text"].strip() == "Thanks"


def test_who_has_no_address_cannot_be_answered_until_they_have(api: Api, cloud: Cloud) -> None:
    bob = api.post("/v1/customers", {"name": "Bob"}).ok(201)["id"]
    ticket = _call(api, bob)
    assert ticket["requester"] is None
    url = f"/v1/tickets/{ticket['id']}"
    api.post(f"{url}/messages", {"text": "x"}).problem(422, "no_address")
    api.post(f"{url}/messages", {"text": "x", "internal": True}).ok(201)
    api.patch(f"/v1/customers/{bob}", {"emails": ["bob@example.net"]}).ok()
    api.post(f"{url}/messages", {"text": "x"}).ok(201)
    after = api.get(url).ok()
    assert after["requester"] == {"address": "bob@example.net", "name": "Bob"}
    assert after["participants"] == [{"address": "bob@example.net", "verified": True}]


def test_a_repeat_under_one_key_is_one_answer(api: Api, cloud: Cloud, ada_id: str) -> None:
    ticket = _call(api, ada_id)
    url = f"/v1/tickets/{ticket['id']}/messages"
    first = api.post(url, {"text": "x", "status": "solved"}, Idempotency_Key="k").ok(201)
    assert api.post(url, {"text": "x", "status": "solved"}, Idempotency_Key="k").ok(201) == first
    cloud.pump()
    assert len(outbox()) == 1


def test_a_snooze_lies_ahead_and_ends_with_any_step(api: Api, ada_id: str) -> None:
    url = f"/v1/tickets/{_call(api, ada_id)['id']}"
    past, ahead = (datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours) for hours in (-1, 1))
    problem = api.patch(url, {"snoozed_until": past.isoformat()}).problem(422, "invalid")
    assert problem["invalid_params"][0]["code"] == "out_of_range"
    assert api.patch(url, {"snoozed_until": "2030-01-01T00:00:00"}).status == 422, "without a time zone"
    snoozed = api.patch(url, {"status": "on_hold", "snoozed_until": ahead.isoformat()}).ok()
    assert datetime.fromisoformat(snoozed["snoozed_until"]) == ahead
    assert api.patch(url, {"priority": "low"}).ok()["snoozed_until"] is not None
    assert api.patch(url, {"status": "open"}).ok()["snoozed_until"] is None
    far = api.patch(url, {"snoozed_until": "9999-12-31T23:59:30Z"})
    assert far.problem(422, "invalid")["invalid_params"][0]["code"] == "out_of_range"


def test_of_two_who_answer_one_version_the_second_is_told(api: Api, cloud: Cloud, ada_id: str) -> None:
    ticket = _call(api, ada_id)
    url = f"/v1/tickets/{ticket['id']}/messages"
    api.post(url, {"text": "We come today."}, If_Match='"1"').ok(201)
    api.post(url, {"text": "We come tomorrow."}, If_Match='"1"').problem(412, "stale")
    api.post(url, {"text": "At noon."}).ok(201)
