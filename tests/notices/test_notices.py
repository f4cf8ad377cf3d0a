"""Staff are told by mail what happened on their tickets: once, in time, as far as they want it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.kernel import ids
from chalicelib.notices import telling
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import receive, write
from tests.notices.desk import QUEUE, answer, assign, hint, notices, text_of, told


def test_whoever_is_assigned_is_told_once(api: Api, cloud: Cloud, ticket: str, sam: str, kim: str) -> None:
    assign(api, ticket, sam, Rapport_Actor=kim)
    cloud.pump(twice=True, seed=1)
    [mail] = notices()
    tag = api.get(ticket).ok()["tag"]
    assert mail["To"] == "Sam <sam@shop.example>"
    assert mail["From"] == "Shop <support+notices@shop.example>"
    assert mail["Subject"] == f"Assigned to you: Broken kettle #{tag}"
    assert mail["Reply-To"] is None
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    text = text_of(mail)
    assert "Kim assigned this ticket to you." in text
    assert f"Open it: https://api.shop.example{ticket}\n" in text
    assert f"PATCH https://api.shop.example/v1/staff/{sam}/notices" in text


def test_nobody_is_told_what_they_did_themselves(api: Api, cloud: Cloud, ticket: str, sam: str) -> None:
    assign(api, ticket, sam, Rapport_Actor=sam)
    api.post(f"{ticket}/messages", {"text": "x", "internal": True, "mentions": [sam]}, Rapport_Actor=sam)
    cloud.pump()
    assert notices() == []


def test_a_ticket_that_begins_assigned_tells_so(api: Api, cloud: Cloud, sam: str) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    call = {"customer_id": ada, "channel": "phone", "subject": "Kettle", "text": "It leaks.", "assignee": sam}
    api.post("/v1/tickets", call).ok(201)
    cloud.pump(twice=True)
    assert told() == [("Sam", "Assigned to you")]
    assert "This ticket was assigned to you." in text_of(notices()[0])


def test_who_is_mentioned_reads_the_note(api: Api, cloud: Cloud, ticket: str, sam: str, kim: str) -> None:
    note = {"text": "Look, please.\nIt is <urgent>.", "internal": True, "mentions": [sam, kim]}
    api.post(f"{ticket}/messages", note, Rapport_Actor=kim).ok(201)
    cloud.pump(twice=True)
    assert told() == [("Sam", "You were mentioned")]
    text = text_of(notices()[0])
    assert "Kim mentioned you in a note." in text
    assert "> Look, please. It is <urgent>.\n" in text


def test_the_assignee_hears_of_an_answer_and_nobody_of_the_first_mail(
    api: Api, cloud: Cloud, ticket: str, sam: str, kim: str, desk: str
) -> None:
    api.patch(ticket, {"assignee": sam, "team": desk}, Rapport_Actor=sam).ok()
    cloud.pump()
    assert notices() == []
    answer(cloud)
    assert told() == [("Sam", "New answer")]
    assert "Ada Lovelace wrote on this ticket." in text_of(notices()[0])
    assert "> Still leaks.\n" in text_of(notices()[0])


def test_a_team_hears_of_what_nobody_has(
    api: Api, cloud: Cloud, ticket: str, sam: str, kim: str, desk: str
) -> None:
    api.patch(ticket, {"team": desk}).ok()
    answer(cloud)
    assert sorted(told()) == [("Kim", "New answer"), ("Sam", "New answer")]


def test_no_machine_no_spam_and_no_own_mail_is_an_answer(
    api: Api, cloud: Cloud, ticket: str, sam: str
) -> None:
    assign(api, ticket, sam, Rapport_Actor=sam)
    receive(cloud, write("Away.", In_Reply_To="<first@example.org>", Auto_Submitted="auto-replied"))
    answer(cloud, "Buy!", spam="FAIL")
    mail = write("Mine.", sender="Sam <sam@shop.example>", In_Reply_To="<first@example.org>")
    receive(cloud, mail, sender="sam@shop.example")
    assert notices() == []


def test_promises_are_told_while_they_are_open(api: Api, cloud: Cloud, ticket: str, sam: str) -> None:
    assign(api, ticket, sam, Rapport_Actor=sam)
    cloud.pump()
    due = {"target": "first_response", "due_at": "2026-11-20T10:00:00.000Z", "policy_id": "x"}
    data = {**due, "ticket_id": ticket.rpartition("/")[2]}
    assert cloud.deliver(QUEUE, [hint("ticket.sla_warning", data)]) == set()
    assert cloud.deliver(QUEUE, [hint("ticket.sla_breached", data)]) == set()
    cloud.pump()
    assert told() == [("Sam", "Due soon"), ("Sam", "Overdue")]
    assert "the first response was due: 2026-11-20 10:00 UTC and is late." in text_of(notices()[1])
    api.patch(ticket, {"status": "solved"}).ok()
    cloud.deliver(QUEUE, [hint("ticket.sla_breached", data)])
    cloud.pump()
    assert len(notices()) == 2


def test_what_is_out_of_date_is_dropped(
    api: Api, cloud: Cloud, ticket: str, sam: str, kim: str, assigned: dict[str, Any]
) -> None:
    old = ids.stamp(datetime.now(UTC) - telling.OLD - timedelta(minutes=1))
    assign(api, ticket, sam)
    cloud.receive(QUEUE)
    gone = {**assigned, "ticket_id": "tkt_01J00000000000000000000000"}
    unsaid = {**assigned, "message_id": "msg_01J00000000000000000000000", "mentions": [sam]}
    for late in (
        hint("ticket.changed", assigned, occurred_at=old),
        hint("ticket.changed", assigned, bulk=True),
        hint("ticket.changed", {**assigned, "assignee": kim}),
        hint("ticket.changed", gone),
        hint("ticket.noted", unsaid),
        hint("ticket.unheard_of", assigned),
    ):
        with counted() as calls:
            assert cloud.deliver(QUEUE, [late]) == set()
        assert "TransactWriteItems" not in calls
    api.patch(f"/v1/staff/{sam}", {"active": False}).ok()
    assert cloud.deliver(QUEUE, [hint("ticket.changed", assigned)]) == set()
    api.patch(f"/v1/staff/{sam}", {"active": True}).ok()
    api.patch(ticket, {"status": "spam"}).ok()
    assert cloud.deliver(QUEUE, [hint("ticket.changed", assigned)]) == set()
    assert not [item for item in cloud.items() if "about" in item]


def test_what_is_no_event_fails_alone(cloud: Cloud) -> None:
    assert cloud.deliver(QUEUE, [{"Body": "no event", "MessageId": "bad"}]) == {"bad"}
