"""Staff are told by mail what happened on their tickets: once, in time, as far as they want it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.kernel import ids
from chalicelib.notices import model, telling
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import arrive, outbox, receive, write
from tests.privacy.people import erase

QUEUE = "NoticesQueue"
ADA = "ada@example.org"


@pytest.fixture
def desk(api: Api) -> str:
    made: str = api.post("/v1/teams", {"name": "Desk"}).ok(201)["id"]
    return made


def _staff(api: Api, name: str, *teams: str) -> str:
    body = {"name": name, "email": f"{name.lower()}@shop.example", "team_ids": list(teams)}
    made: str = api.post("/v1/staff", body).ok(201)["id"]
    return made


@pytest.fixture
def sam(api: Api, desk: str) -> str:
    return _staff(api, "Sam", desk)


@pytest.fixture
def kim(api: Api, desk: str) -> str:
    return _staff(api, "Kim", desk)


@pytest.fixture
def ticket(api: Api, cloud: Cloud) -> str:
    """The path of a ticket that Ada's mail opened."""
    receive(cloud, write("It leaks.", message_id="<first@example.org>"))
    [one] = api.get("/v1/tickets").ok()["data"]
    return f"/v1/tickets/{one['id']}"


def _notices() -> list[EmailMessage]:
    """The mails to staff, oldest first."""
    return [mail for mail in outbox() if "@shop.example" in mail["To"]]


def _text(notice: EmailMessage) -> str:
    return str(notice.get_content()).replace("\r\n", "\n")


def _told() -> list[tuple[str, str]]:
    """Whom each notice went to, and what its subject begins with."""
    return [(mail["To"].partition(" ")[0], mail["Subject"].partition(":")[0]) for mail in _notices()]


def _assign(api: Api, ticket: str, staff: str, **headers: str) -> None:
    api.patch(ticket, {"assignee": staff}, **headers).ok()


def _answer(cloud: Cloud, text: str = "Still leaks.", **more: Any) -> None:
    receive(cloud, write(text, In_Reply_To="<first@example.org>"), **more)


def test_whoever_is_assigned_is_told_once(api: Api, cloud: Cloud, ticket: str, sam: str, kim: str) -> None:
    _assign(api, ticket, sam, Rapport_Actor=kim)
    cloud.pump(twice=True, seed=1)
    [mail] = _notices()
    tag = api.get(ticket).ok()["tag"]
    assert mail["To"] == "Sam <sam@shop.example>"
    assert mail["From"] == "Shop <support+notices@shop.example>"
    assert mail["Subject"] == f"Assigned to you: Broken kettle #{tag}"
    assert mail["Reply-To"] is None
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    text = _text(mail)
    assert "Kim assigned this ticket to you." in text
    assert f"Open it: https://api.shop.example{ticket}\n" in text
    assert f"PATCH https://api.shop.example/v1/staff/{sam}/notices" in text


def test_nobody_is_told_what_they_did_themselves(api: Api, cloud: Cloud, ticket: str, sam: str) -> None:
    _assign(api, ticket, sam, Rapport_Actor=sam)
    api.post(f"{ticket}/messages", {"text": "x", "internal": True, "mentions": [sam]}, Rapport_Actor=sam)
    cloud.pump()
    assert _notices() == []


def test_a_ticket_that_begins_assigned_tells_so(api: Api, cloud: Cloud, sam: str) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    call = {"customer_id": ada, "channel": "phone", "subject": "Kettle", "text": "It leaks.", "assignee": sam}
    api.post("/v1/tickets", call).ok(201)
    cloud.pump(twice=True)
    assert _told() == [("Sam", "Assigned to you")]
    assert "This ticket was assigned to you." in _text(_notices()[0])


def test_who_is_mentioned_reads_the_note(api: Api, cloud: Cloud, ticket: str, sam: str, kim: str) -> None:
    note = {"text": "Look, please.\nIt is <urgent>.", "internal": True, "mentions": [sam, kim]}
    api.post(f"{ticket}/messages", note, Rapport_Actor=kim).ok(201)
    cloud.pump(twice=True)
    assert _told() == [("Sam", "You were mentioned")]
    text = _text(_notices()[0])
    assert "Kim mentioned you in a note." in text
    assert "> Look, please. It is <urgent>.\n" in text


def test_the_assignee_hears_of_an_answer_and_nobody_of_the_first_mail(
    api: Api, cloud: Cloud, ticket: str, sam: str, kim: str, desk: str
) -> None:
    api.patch(ticket, {"assignee": sam, "team": desk}, Rapport_Actor=sam).ok()
    cloud.pump()
    assert _notices() == []
    _answer(cloud)
    assert _told() == [("Sam", "New answer")]
    assert "> Still leaks.\n" in _text(_notices()[0])


def test_a_team_hears_of_what_nobody_has(
    api: Api, cloud: Cloud, ticket: str, sam: str, kim: str, desk: str
) -> None:
    api.patch(ticket, {"team": desk}).ok()
    _answer(cloud)
    assert sorted(_told()) == [("Kim", "New answer"), ("Sam", "New answer")]


def test_no_machine_no_spam_and_no_own_mail_is_an_answer(
    api: Api, cloud: Cloud, ticket: str, sam: str
) -> None:
    _assign(api, ticket, sam, Rapport_Actor=sam)
    receive(cloud, write("Away.", In_Reply_To="<first@example.org>", Auto_Submitted="auto-replied"))
    _answer(cloud, "Buy!", spam="FAIL")
    mail = write("Mine.", sender="Sam <sam@shop.example>", In_Reply_To="<first@example.org>")
    receive(cloud, mail, sender="sam@shop.example")
    assert _notices() == []


def test_promises_are_told_while_they_are_open(api: Api, cloud: Cloud, ticket: str, sam: str) -> None:
    _assign(api, ticket, sam, Rapport_Actor=sam)
    cloud.pump()
    due = {"target": "first_response", "due_at": "2026-11-20T10:00:00.000Z", "policy_id": "x"}
    data = {**due, "ticket_id": ticket.rpartition("/")[2]}
    assert cloud.deliver(QUEUE, [_hint("ticket.sla_warning", data)]) == set()
    assert cloud.deliver(QUEUE, [_hint("ticket.sla_breached", data)]) == set()
    cloud.pump()
    assert _told() == [("Sam", "Due soon"), ("Sam", "Overdue")]
    assert "the first response was due: 2026-11-20 10:00 UTC and is late." in _text(_notices()[1])
    api.patch(ticket, {"status": "solved"}).ok()
    cloud.deliver(QUEUE, [_hint("ticket.sla_breached", data)])
    cloud.pump()
    assert len(_notices()) == 2


def _hint(type_: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    identifier = ids.new_id("evt", ids.now())
    detail = {"id": identifier, "type": type_, "data": data, "occurred_at": ids.stamp(ids.now()), **more}
    return {"Body": json.dumps({"detail": detail}), "MessageId": identifier}


@pytest.fixture
def assigned(ticket: str, sam: str) -> dict[str, Any]:
    """What the event says by which Sam gets the ticket."""
    return {"ticket_id": ticket.rpartition("/")[2], "assignee": sam}


def test_what_is_out_of_date_is_dropped(
    api: Api, cloud: Cloud, ticket: str, sam: str, kim: str, assigned: dict[str, Any]
) -> None:
    old = ids.stamp(datetime.now(UTC) - telling.OLD - timedelta(minutes=1))
    _assign(api, ticket, sam)
    cloud.receive(QUEUE)
    gone = {**assigned, "ticket_id": "tkt_01J00000000000000000000000"}
    unsaid = {**assigned, "message_id": "msg_01J00000000000000000000000", "mentions": [sam]}
    for late in (
        _hint("ticket.changed", assigned, occurred_at=old),
        _hint("ticket.changed", assigned, bulk=True),
        _hint("ticket.changed", {**assigned, "assignee": kim}),
        _hint("ticket.changed", gone),
        _hint("ticket.noted", unsaid),
        _hint("ticket.unheard_of", assigned),
    ):
        with counted() as calls:
            assert cloud.deliver(QUEUE, [late]) == set()
        assert "TransactWriteItems" not in calls
    api.patch(f"/v1/staff/{sam}", {"active": False}).ok()
    assert cloud.deliver(QUEUE, [_hint("ticket.changed", assigned)]) == set()
    api.patch(f"/v1/staff/{sam}", {"active": True}).ok()
    api.patch(ticket, {"status": "spam"}).ok()
    assert cloud.deliver(QUEUE, [_hint("ticket.changed", assigned)]) == set()
    assert not [item for item in cloud.items() if "about" in item]


def test_what_is_no_event_fails_alone(cloud: Cloud) -> None:
    assert cloud.deliver(QUEUE, [{"Body": "no event", "MessageId": "bad"}]) == {"bad"}


def test_a_notice_costs_three_calls_and_a_team_one_more(
    api: Api, cloud: Cloud, ticket: str, sam: str, kim: str, desk: str
) -> None:
    api.patch(ticket, {"team": desk}).ok()
    cloud.pump()
    arrive(cloud, write("Still.", In_Reply_To="<first@example.org>"))
    cloud.work("InboundMailQueue")
    cloud.publish()
    [message] = cloud.receive(QUEUE)
    with counted() as calls:
        assert cloud.deliver(QUEUE, [message]) == set()
    assert calls == ["BatchGetItem", "Query", "BatchGetItem", "TransactWriteItems"]
    with counted() as calls:
        assert cloud.deliver(QUEUE, [message]) == set(), "a repeat is done"
    cloud.pump()
    assert len(_notices()) == 2


@pytest.mark.parametrize("kind", ["assigned", "mentioned", "replied", "sla_warning", "sla_breached"])
def test_each_kind_can_be_turned_off(
    api: Api, cloud: Cloud, ticket: str, sam: str, assigned: dict[str, Any], kind: str
) -> None:
    url = f"/v1/staff/{sam}/notices"
    before = api.get(url).ok()
    assert before == {"version": 0} | dict.fromkeys(model.NoticesPatch.model_fields, True)
    assert api.patch(url, {kind: False}).ok() == before | {"version": 1, kind: False}
    api.patch(url, {kind: True}, If_Match='"0"').problem(412, "stale")
    _assign(api, ticket, sam)
    api.post(f"{ticket}/messages", {"text": "x", "internal": True, "mentions": [sam]}).ok(201)
    _answer(cloud)
    due = assigned | {"target": "resolution", "due_at": "2026-11-20T10:00:00.000Z"}
    for event in ("ticket.sla_warning", "ticket.sla_breached"):
        assert cloud.deliver(QUEUE, [_hint(event, due)]) == set()
    cloud.pump()
    begins = {"assigned": "Assigned to you", "mentioned": "You were mentioned", "replied": "New answer"}
    begins |= {"sla_warning": "Due soon", "sla_breached": "Overdue"}
    assert sorted(begin for _, begin in _told()) == sorted(set(begins.values()) - {begins[kind]})
    api.patch(url, {kind: True}).ok()
    assert api.get(url).ok() == before | {"version": 2}
    [entry, _] = api.get(f"/v1/audit?entity_id={sam}").ok()["data"][:2]
    assert entry["changes"] == {kind: {"from": False, "to": True}}


def test_notices_of_nobody(api: Api) -> None:
    url = "/v1/staff/stf_01J00000000000000000000000/notices"
    api.get(url).problem(404, "no_such_staff")
    api.patch(url, {"assigned": False}).problem(404, "no_such_staff")
    api.patch(url, {"everything": False}).problem(422, "invalid")


def test_a_storm_is_told_so_often_and_the_last_one_says_so(
    api: Api, cloud: Cloud, ticket: str, sam: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MOST_AN_HOUR", 3)
    _assign(api, ticket, sam, Rapport_Actor=sam)
    for number in range(12):
        arrive(cloud, write(f"Storm {number}.", In_Reply_To="<first@example.org>"))
    cloud.pump(twice=True, seed=2)
    api.post(f"{ticket}/messages", {"text": "x", "internal": True, "mentions": [sam]}).ok(201)
    cloud.pump()
    assert sorted(_told()) == [("Sam", "New answer")] * 3 + [("Sam", "You were mentioned")]
    says = ["No more of them come" in _text(mail) for mail in _notices()]
    assert sorted(says) == [False, False, False, True], "in whatever order they go out"


def test_the_next_hour_begins_anew() -> None:
    at = datetime(2026, 11, 25, 9, 59, tzinfo=UTC)
    told = model.Told()
    for _ in range(model.MOST_AN_HOUR):
        more = told.once_more("replied", at)
        assert more is not None
        told = more
    assert told.was_last("replied")
    assert told.once_more("replied", at) is None
    assert told.once_more("assigned", at) is not None
    later = told.once_more("replied", at + timedelta(minutes=1))
    assert later is not None
    assert later.counts == {"replied": 1}


def test_an_answer_to_a_notice_opens_and_joins_no_ticket(
    api: Api, cloud: Cloud, ticket: str, sam: str
) -> None:
    _assign(api, ticket, sam)
    cloud.pump()
    [notice] = _notices()
    tag = api.get(ticket).ok()["tag"]
    mail = write("Done.", sender="Sam <sam@shop.example>", to=notice["From"], subject=f"Re: [#{tag}] Kettle")
    receive(cloud, mail, to="support+notices@shop.example", sender="sam@shop.example")
    away = write("Away.", sender="Sam <sam@shop.example>", Auto_Submitted="auto-replied")
    receive(cloud, away, to="Support+Notices@shop.example", sender="sam@shop.example")
    assert len(api.get("/v1/tickets").ok()["data"]) == 1
    assert len(api.get(f"{ticket}/messages").ok()["data"]) == 2
    assert len(api.get("/v1/customers").ok()["data"]) == 1, "no lead is made of staff"
    filed = api.get("/v1/messages?class=own_loop").ok()["data"]
    assert [one["signals"] for one in filed] == [["answers_notice"]] * 2
    assert len(outbox()) == 2, "nor is it acknowledged"


def test_a_notice_that_comes_back_to_us_ends_there(api: Api, cloud: Cloud, ticket: str) -> None:
    body = {"name": "Box", "email": "support@shop.example"}
    box = api.post("/v1/staff", body).ok(201)["id"]
    _assign(api, ticket, box)
    cloud.pump()
    [notice] = _notices()
    receive(cloud, notice.as_bytes(), sender="support+notices@shop.example")
    assert len(api.get("/v1/tickets").ok()["data"]) == 1
    assert len(_notices()) == 1


def test_the_business_says_where_tickets_are_opened(api: Api, cloud: Cloud, ticket: str, sam: str) -> None:
    for bad in ("desk/{ticket_id}", "https://desk.example", "https://desk.example/{x}{ticket_id}"):
        api.patch("/v1/support/settings", {"ticket_url": bad}).problem(422, "invalid")
    api.patch("/v1/support/settings", {"ticket_url": "https://desk.example/t/{ticket_id}"}).ok()
    _assign(api, ticket, sam)
    cloud.pump()
    assert f"Open it: https://desk.example/t/{ticket.rpartition('/')[2]}\n" in _text(_notices()[0])


def test_a_subject_breaks_out_of_nothing(api: Api, cloud: Cloud, sam: str) -> None:
    receive(cloud, write(subject="{name} %s Hi").replace(b"%s", b"=?utf-8?q?=0D=0ABcc:_eve@example.org?="))
    [one] = api.get("/v1/tickets").ok()["data"]
    _assign(api, f"/v1/tickets/{one['id']}", sam)
    cloud.pump()
    [notice] = _notices()
    assert notice["Bcc"] is None
    assert "{name}" in _text(notice)


def test_notices_are_erased_with_their_ticket(api: Api, cloud: Cloud, ticket: str, sam: str) -> None:
    ada = api.get(ticket).ok()["customer_id"]
    _assign(api, ticket, sam)
    _answer(cloud, "zanzibar")
    assert [item for item in cloud.items() if item.get("about")]
    timeline = api.get(f"/v1/customers/{ada}/timeline?limit=100").ok()["data"]
    queued = [one for one in timeline if one["type"] == "mail.queued"]
    assert len(queued) == 1, "it is no mail to the customer"
    assert erase(api, cloud, ada)["removed"]["notices"] == 2
    assert "zanzibar" not in str(cloud.items())
    assert "Broken kettle" not in str(cloud.items())
