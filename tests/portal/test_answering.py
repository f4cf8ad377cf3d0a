"""A customer asks, answers and solves by their link, as far as the rules of tickets let them."""

from __future__ import annotations

import pytest

from chalicelib.portal import model
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox
from tests.portal.links import base, press


def test_an_answer_opens_the_ticket_and_is_told_like_a_mail(
    api: Api, cloud: Cloud, token: str, ticket: str, ada: str
) -> None:
    sam = api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"}).ok(201)["id"]
    api.patch(f"/v1/tickets/{ticket}", {"assignee": sam, "status": "solved"}, Rapport_Actor=sam).ok()
    answer = Api(None).post(f"{base(token)}/{ticket}/messages", {"text": "The red one."}).ok(201)
    assert (answer["by"], answer["text"]) == ("you", "The red one.")
    cloud.pump(twice=True)
    assert api.get(f"/v1/tickets/{ticket}").ok()["status"] == "open"
    newest = api.get(f"/v1/tickets/{ticket}/messages").ok()["data"][0]
    assert (newest["direction"], newest["status"], newest["class"]) == ("inbound", "received", "human")
    told = next(
        one for one in api.get(f"/v1/customers/{ada}/timeline").ok()["data"] if one["type"] == "mail.received"
    )
    assert (told["channel"], told["actor"]["id"]) == ("web", "anonymous")
    assert [mail["Subject"][:10] for mail in outbox() if "sam@" in mail["To"]] == ["New answer"]


def test_a_new_ticket_is_acknowledged(api: Api, cloud: Cloud, token: str, ada: str) -> None:
    name = "Ada\u200b <eve@example.org>, Bcc: x"
    api.patch(f"/v1/customers/{ada}", {"name": name}).ok()
    new = {"subject": "The lid", "text": "It is stuck.", "once": "a"}
    one = Api(None).post(base(token), new).ok(201)
    Api(None).post(base(token), new).problem(409, "repeated")
    cloud.pump()
    stored = api.get(f"/v1/tickets/{one['id']}").ok()
    assert (stored["channel"], stored["customer_id"], stored["requester"]["address"]) == (
        "web", ada, "ada@example.org",
    )  # fmt: skip
    mail = outbox()[-1]
    assert (mail["Subject"], mail["Auto-Submitted"]) == (f"Re: The lid [#{one['tag']}]", "auto-replied")
    assert [address.addr_spec for address in mail["To"].addresses] == ["ada@example.org"]
    assert mail["Bcc"] is None
    Api(None).post(base(token), {"subject": "a\r\nBcc: x", "text": "x"}).problem(422, "invalid")


def test_the_reopen_policy_holds(api: Api, token: str, ticket: str) -> None:
    one = f"{base(token)}/{ticket}"
    anonymous = Api(None)
    assert anonymous.patch(one, {"status": "solved"}).ok()["status"] == "solved"
    assert anonymous.patch(one, {"status": "solved"}).ok()["status"] == "solved"
    assert anonymous.patch(one, {"status": "open"}).ok()["status"] == "open"
    anonymous.patch(one, {"status": "closed"}).problem(422, "invalid")
    api.patch(f"/v1/tickets/{ticket}", {"status": "closed"}).ok()
    api.patch("/v1/support/settings", {"reopen": "never"}).ok()
    assert anonymous.get(one).ok()["can_answer"] is False
    anonymous.patch(one, {"status": "open"}).problem(409, "closed")
    anonymous.post(f"{one}/messages", {"text": "x"}).problem(409, "closed")
    page = anonymous.get(f"/my/{token}/{ticket}")
    assert "<textarea" not in page.text
    assert "This request is closed." in page.text


def test_a_day_has_its_bounds(token: str, ticket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MOST_A_DAY", {"tickets": 1, "answers": 2})
    anonymous = Api(None)
    anonymous.post(base(token), {"subject": "One", "text": "x"}).ok(201)
    anonymous.post(base(token), {"subject": "Two", "text": "x"}).problem(409, "too_many_requests")
    for _ in range(2):
        anonymous.post(f"{base(token)}/{ticket}/messages", {"text": "x"}).ok(201)
    anonymous.post(f"{base(token)}/{ticket}/messages", {"text": "x"}).problem(409, "too_many_requests")
    anonymous.post(base(token), {"subject": "x", "text": "x" * 20_001}).problem(422, "invalid")
    page = press(f"/my/{token}", subject="Kept <1>", text="Kept & <2>")
    assert page.status == 422
    assert 'value="Kept &lt;1&gt;"' in page.text
    assert "Kept &amp; &lt;2&gt;</textarea>" in page.text
