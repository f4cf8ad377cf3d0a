"""Whom an invitation reaches: consent, suppression, one in so many days, quiet hours, reminders, samples."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.invitations.occasions import is_chosen
from chalicelib.kernel import config, ids
from tests.api import Api
from tests.cloud import Cloud
from tests.invitations.inviting import customer, invite, look, mailed, path, send, wake
from tests.mailbox import outbox
from tests.memory import caller
from tests.surveys.making import published

NOBODY = "cus_01J00000000000000000000000"


def _invitations(api: Api, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/v1/invitations?{query}").ok()["data"]
    return found


def _solved(api: Api, cloud: Cloud, customer_id: str, **more: Any) -> str:
    body = {"customer_id": customer_id, "channel": "phone", "subject": "Lamp", "text": "It flickers"}
    ticket: str = api.post("/v1/tickets", body).ok(201)["id"]
    api.patch(f"/v1/tickets/{ticket}", {"status": "solved"}).ok()
    cloud.pump()
    return ticket


def test_who_may_not_be_asked_is_skipped_with_a_reason(api: Api, cloud: Cloud) -> None:
    published(api)
    denies, banned, mute, gone, ada = (
        customer(api, "Deny"),
        customer(api, "Banned"),
        api.post("/v1/customers", {"name": "Mute"}).ok(201)["id"],
        customer(api, "Gone"),
        customer(api, "Ada"),
    )
    said = {"channel": "email", "topic": "service", "state": "denied", "source": "phone"}
    api.post(f"/v1/customers/{denies}/consents", said).ok()
    api.post("/v1/suppressions", {"email": "banned@example.org", "note": "asked"}).ok(201)
    asked = api.post(
        "/v1/surveys/delivery/invitations", {"customer_ids": [denies, banned, mute, gone, ada, NOBODY]}
    ).ok()["results"]
    assert [one["outcome"] for one in asked] == ["accepted"] * 5 + ["rejected"]
    assert asked[-1]["code"] == "no_such_customer"
    api.delete(f"/v1/customers/{gone}").ok(204)
    cloud.pump(twice=True)
    reasons = {
        one["customer_id"]: (one["state"], one["reason"]) for one in _invitations(api, "survey=delivery")
    }
    assert reasons == {
        denies: ("skipped", "not_allowed"),
        banned: ("skipped", "suppressed"),
        mute: ("skipped", "no_address"),
        gone: ("skipped", "customer_gone"),
        ada: ("sent", None),
    }
    assert [mail["To"] for mail in outbox()] == ["Ada <ada@example.org>"]
    assert api.get("/v1/feedback/stats?survey=delivery").ok()["invitations"]["invited"] == 1


def test_a_topic_must_be_granted(api: Api, cloud: Cloud) -> None:
    api.post("/v1/topics", {"id": "surveys", "name": "Surveys", "double_opt_in": False}).ok(201)
    published(api, inviting={"topic": "surveys"})
    ada, bo = customer(api, "Ada"), customer(api, "Bo")
    said = {"channel": "email", "topic": "surveys", "state": "granted", "source": "web"}
    api.post(f"/v1/customers/{ada}/consents", said).ok()
    states = [(one["state"], one["reason"]) for one in invite(api, cloud, ada, bo)]
    assert states == [("sent", None), ("skipped", "not_allowed")]
    assert "List-Unsubscribe" in outbox()[-1]


def test_nobody_is_asked_twice_within_the_pause_by_whatever_survey(api: Api, cloud: Cloud) -> None:
    published(api)
    published(api, key="visit", inviting={"pause_days": 90})
    published(api, key="always", inviting={"pause_days": 0})
    ada = customer(api)
    for survey in ("delivery", "visit", "always"):  # two at once, before any worker looked
        api.post(f"/v1/surveys/{survey}/invitations", {"customer_ids": [ada]}).ok()
    cloud.pump(seed=1, twice=True)
    states = {one["survey"]: one["reason"] for one in _invitations(api, f"customer_id={ada}")}
    assert sorted(states.values(), key=str) in (
        [None, None, "asked_recently"],
        [None, "asked_recently", "asked_recently"],
    )
    assert states["always"] is None
    (again,) = invite(api, cloud, ada)
    assert (again["state"], again["reason"]) == ("skipped", "asked_recently")
    assert len(_invitations(api, f"customer_id={ada}&survey=delivery")) == 2


def test_a_key_invites_once(api: Api, cloud: Cloud) -> None:
    published(api, inviting={"pause_days": 0})
    ada, bo = customer(api, "Ada"), customer(api, "Bo")
    where, body = "/v1/surveys/delivery/invitations", {"customer_ids": [ada, bo]}
    first = api.post(where, body, Idempotency_Key="k").ok()
    assert api.post(where, body, Idempotency_Key="k").ok() == first
    other = api.post(where, {"customer_ids": [bo, ada]}, Idempotency_Key="k").ok()["results"]
    assert {one["code"] for one in other} == {"idempotency_key_reused"}
    cloud.pump(twice=True)
    assert len(outbox()) == 2


def test_quiet_hours_are_waited_for(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    published(api)
    now = ids.now()
    begin, end = now - timedelta(hours=1), now + timedelta(hours=2)
    monkeypatch.setenv("RAPPORT_QUIET_HOURS", f"{begin:%H:%M}-{end:%H:%M}")
    config.settings.cache_clear()
    (invitation,) = invite(api, cloud, customer(api))
    assert (invitation["state"], outbox()) == ("waiting", [])
    due = datetime.fromisoformat(invitation["due_at"])
    assert due == end.replace(second=0, microsecond=0)
    monkeypatch.setenv("RAPPORT_QUIET_HOURS", "")
    config.settings.cache_clear()
    wake(cloud, invitation)
    assert (api.get(f"/v1/invitations/{invitation['id']}").ok()["state"], len(outbox())) == ("sent", 1)


def test_reminders_end_with_the_answer(api: Api, cloud: Cloud) -> None:
    published(api, inviting={"reminders": [3, 7]})
    ada, bo = customer(api, "Ada"), customer(api, "Bo")
    first, second = invite(api, cloud, ada, bo)
    wake(cloud, first)
    wake(cloud, second)
    assert "we asked you a while ago" in mailed()
    assert len(outbox()) == 4
    where = path()
    assert send(where, look(where), score=9).status == 200
    reminded = [api.get(f"/v1/invitations/{one['id']}").ok() for one in (first, second)]
    states = sorted((one["state"], one["reminded"]) for one in reminded)
    assert states == [("answered", 1), ("sent", 1)]
    for one in reminded:
        if one["state"] == "sent":
            wake(cloud, one)
            assert api.get(f"/v1/invitations/{one['id']}").ok()["due_at"] is None, "there is no third"
    cloud.pump(twice=True)
    assert len(outbox()) == 5, "the second and last reminder, to the one who did not answer"
    assert api.get("/v1/feedback/stats?survey=delivery").ok()["invitations"]["invited"] == 2


def test_another_system_asks_some_days_after_what_it_knows_of(api: Api, cloud: Cloud) -> None:
    published(api, inviting={"pause_days": 0})
    ada, bo, later = customer(api), customer(api, "Bo"), ids.now() + timedelta(days=7)
    body = {"customer_ids": [ada], "send_at": later.isoformat()}
    asked = api.post("/v1/surveys/delivery/invitations", body, Idempotency_Key="order-17").ok()
    assert api.post("/v1/surveys/delivery/invitations", body, Idempotency_Key="order-17").ok() == asked
    cloud.pump(twice=True)
    (waiting,) = _invitations(api, "survey=delivery")
    assert (waiting["state"], waiting["due_at"], outbox()) == ("waiting", ids.stamp(later), [])
    wake(cloud, waiting)
    assert _invitations(api, "survey=delivery")[0]["state"] == "sent"
    at_once = {"customer_ids": [bo], "send_at": (ids.now() - timedelta(days=1)).isoformat()}
    api.post("/v1/surveys/delivery/invitations", at_once).ok()
    cloud.pump()
    assert [mail["To"] for mail in outbox()] == ["Ada <ada@example.org>", "Bo <bo@example.org>"]
    too_far = {"customer_ids": [bo], "send_at": (ids.now() + timedelta(days=366)).isoformat()}
    api.post("/v1/surveys/delivery/invitations", too_far).problem(422, "invalid")


def test_a_solved_ticket_invites_once_after_its_delay_unless_it_opened_again(api: Api, cloud: Cloud) -> None:
    published(api, inviting={"triggers": [{"on": "ticket.solved", "after_hours": 24}], "pause_days": 0})
    ada = customer(api)
    ticket = _solved(api, cloud, ada)
    (waiting,) = _invitations(api, "survey=delivery")
    assert (waiting["state"], waiting["ticket_id"], waiting["occasion"]) == (
        "waiting",
        ticket,
        "ticket.solved",
    )
    api.patch(f"/v1/tickets/{ticket}", {"status": "open"}).ok()
    wake(cloud, waiting)
    assert _invitations(api, "survey=delivery")[0]["reason"] == "undone"
    api.patch(f"/v1/tickets/{ticket}", {"status": "solved"}).ok()
    cloud.pump(twice=True)
    (waiting,) = _invitations(api, "survey=delivery")
    assert waiting["state"] == "waiting"
    wake(cloud, waiting)
    assert _invitations(api, "survey=delivery")[0]["state"] == "sent"
    api.patch(f"/v1/tickets/{ticket}", {"status": "open"}).ok()
    api.patch(f"/v1/tickets/{ticket}", {"status": "solved"}).ok()
    cloud.pump()
    assert len(outbox()) == 1
    where = path()
    assert send(where, look(where), score=9).status == 200
    cloud.pump()
    (stored,) = api.get("/v1/feedback").ok()["data"]
    assert stored["ticket_id"] == ticket


def test_who_registers_is_invited_and_an_import_invites_nobody(api: Api, cloud: Cloud) -> None:
    published(api, inviting={"triggers": [{"on": "customer.registered"}]})
    ada = customer(api)
    cloud.pump(twice=True)
    assert [one["state"] for one in _invitations(api, f"customer_id={ada}")] == ["sent"]
    rows = [{"name": "Bo", "emails": ["bo@example.org"]}]
    api.post("/v1/customers/batch", {"customers": rows, "mode": "create"}).ok()
    cloud.pump()
    assert len(outbox()) == 2, "a batch by hand is no import"


def test_a_sample_is_the_same_every_time_and_about_as_large_as_asked(cloud: Cloud) -> None:
    tickets = [ids.new_id("tkt", ids.now()) for _ in range(2000)]
    chosen = [one for one in tickets if is_chosen("delivery", one, 25)]
    assert chosen == [one for one in tickets if is_chosen("delivery", one, 25)]
    assert 400 < len(chosen) < 600
    assert set(chosen) <= {one for one in tickets if is_chosen("delivery", one, 40)}
    assert set(chosen) != {one for one in tickets if is_chosen("visit", one, 25)}
    assert all(is_chosen("delivery", one, 100) for one in tickets)


def test_a_survey_that_is_paused_invites_nobody(api: Api, cloud: Cloud) -> None:
    published(api, inviting={"triggers": [{"on": "customer.registered"}]})
    api.patch("/v1/surveys/delivery", {"state": "paused"}).ok()
    ada = customer(api)
    api.post("/v1/surveys/delivery/invitations", {"customer_ids": [ada]}).problem(409, "survey_paused")
    api.post("/v1/surveys/nobodys/invitations", {"customer_ids": [ada]}).problem(404, "no_such_survey")
    cloud.pump()
    assert _invitations(api, f"customer_id={ada}") == []
    api.get("/v1/invitations").problem(422, "invalid")
    caller("surveys:write").post("/v1/surveys/delivery/invitations", {"customer_ids": [ada]}).problem(
        403, "missing_scope"
    )
