"""A customer sees and answers their own tickets by their link, and nothing that is not theirs."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.portal import model
from tests.api import Answer, Api
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write
from tests.portal.links import FORM, base, made

PNG = b"\x89PNG\r\n\x1a\npicture"


@pytest.fixture
def ticket(api: Api, cloud: Cloud) -> str:
    """The id of Ada's ticket, by a mail of hers with a picture, answered, with a note inside."""
    mail = write("It leaks.", sender="Ada <ada@example.org>", attachment=PNG, message_id="<a@example.org>")
    receive(cloud, mail)
    [one] = api.get("/v1/tickets").ok()["data"]
    url = f"/v1/tickets/{one['id']}/messages"
    api.post(url, {"text": "She is <b>rude</b>, secretly.", "internal": True}).ok(201)
    api.post(url, {"text": "Which <kettle>?", "status": "pending"}).ok(201)
    cloud.pump()
    return str(one["id"])


@pytest.fixture
def ada(api: Api, ticket: str) -> str:
    return str(api.get(f"/v1/tickets/{ticket}").ok()["customer_id"])


@pytest.fixture
def token(api: Api, ada: str) -> str:
    return made(api, ada)


@pytest.fixture
def bob(api: Api) -> str:
    body = {"name": "Bob", "emails": ["bob@example.org"], "locale": "de"}
    return str(api.post("/v1/customers", body).ok(201)["id"])


def _messages(token: str, ticket: str) -> list[Any]:
    found: list[Any] = Api(None).get(f"{base(token)}/{ticket}/messages").ok()["data"]
    return found


def _press(path: str, **fields: str) -> Answer:
    return Api(None).post(path, urlencode(fields), **FORM)


def test_they_see_what_was_said_and_no_note(token: str, ticket: str) -> None:
    [one] = Api(None).get(base(token)).ok()["data"]
    assert (one["id"], one["status"], one["can_answer"]) == (ticket, "waiting_for_you", True)
    assert not {"assignee", "team", "tags", "priority", "participants", "sla", "customer_id"} & one.keys()
    assert Api(None).get(f"{base(token)}/{ticket}").ok() == one
    said = _messages(token, ticket)
    assert [each["by"] for each in said] == ["us", "us", "you"]
    assert (said[0]["text"].strip(), said[-1]["text"]) == ("Which <kettle>?", "It leaks.")
    assert "secretly" not in str(said)
    assert "secretly" not in Api(None).get(f"/my/{token}/{ticket}").text


def test_an_attachment_is_fetched_unless_in_quarantine(
    api: Api, cloud: Cloud, token: str, ticket: str
) -> None:
    first = _messages(token, ticket)[-1]
    [one] = first["attachments"]
    url = f"{base(token)}/{ticket}/messages/{first['id']}/attachments/{one['id']}"
    assert Api(None).get(url).ok()["url"].startswith("https://")
    page = Api(None).get(f"/my/{token}/{ticket}/{first['id']}/{one['id']}")
    assert (page.status, page.headers["Location"][:8]) == (302, "https://")
    infected = write(
        "Virus.", sender="Ada <ada@example.org>", attachment=PNG + b"2", In_Reply_To="<a@example.org>"
    )
    receive(cloud, infected, virus="FAIL")
    newest = api.get(f"/v1/tickets/{ticket}/messages").ok()["data"][0]
    [hidden] = newest["attachments"]
    assert hidden["quarantined"]
    shown = {each["id"]: each["attachments"] for each in _messages(token, ticket)}
    assert shown.get(newest["id"], []) == []
    gone = f"{base(token)}/{ticket}/messages/{newest['id']}/attachments/{hidden['id']}"
    assert Api(None).get(gone).status == 404


def test_another_customers_ticket_is_none(api: Api, cloud: Cloud, token: str, ticket: str, bob: str) -> None:
    his = made(api, bob)
    first = _messages(token, ticket)[-1]
    one = f"{base(his)}/{ticket}"
    anonymous = Api(None)
    anonymous.get(one).problem(404, "no_such_ticket")
    anonymous.get(f"{one}/messages").problem(404, "no_such_ticket")
    anonymous.post(f"{one}/messages", {"text": "x"}).problem(404, "no_such_ticket")
    anonymous.patch(one, {"status": "solved"}).problem(404, "no_such_ticket")
    attachment = f"messages/{first['id']}/attachments/{first['attachments'][0]['id']}"
    anonymous.get(f"{one}/{attachment}").problem(404, "no_such_ticket")
    own = anonymous.post(base(his), {"subject": "Mine", "text": "x"}).ok(201)["id"]
    anonymous.get(f"{base(his)}/{own}/{attachment}").problem(404, "no_such_message")
    for page in (anonymous.get(f"/my/{his}/{ticket}"), _press(f"/my/{his}/{ticket}", do="solve")):
        assert page.status == 404
        assert "kettle" not in page.text
    assert [each["id"] for each in anonymous.get(base(his)).ok()["data"]] == [own]
    assert api.get(f"/v1/tickets/{ticket}").ok()["status"] == "pending"


def test_what_others_wrote_into_it_is_not_shown(api: Api, cloud: Cloud, token: str, ticket: str) -> None:
    others = write("I am Eve.", sender="Eve <eve@example.org>", In_Reply_To="<a@example.org>")
    receive(cloud, others, sender="eve@example.org")
    assert "Eve" in str(api.get(f"/v1/tickets/{ticket}/messages").ok())
    assert "Eve" not in str(_messages(token, ticket))


def test_a_ticket_merged_with_anothers_shows_nothing_of_theirs(
    api: Api, token: str, ticket: str, bob: str
) -> None:
    his_token = made(api, bob)
    his = Api(None).post(base(his_token), {"subject": "Tap", "text": "zanzibar"}).ok(201)["id"]
    api.post(f"/v1/tickets/{his}/merge", {"from_id": ticket}).ok()
    assert "zanzibar" not in str(_messages(token, ticket))
    assert "leaks" not in str(_messages(his_token, his))
    one = Api(None).get(f"{base(token)}/{ticket}").ok()
    assert (one["id"], one["can_answer"]) == (ticket, False)
    problem = Api(None).post(f"{base(token)}/{ticket}/messages", {"text": "x"}).problem(409, "closed")
    assert his not in str(problem)


def test_tickets_merged_among_their_own_are_one(api: Api, token: str, ticket: str) -> None:
    new = Api(None).post(base(token), {"subject": "Again", "text": "Still leaks."}).ok(201)["id"]
    api.post(f"/v1/tickets/{ticket}/merge", {"from_id": new}).ok()
    assert [one["id"] for one in Api(None).get(base(token)).ok()["data"]] == [ticket]
    assert Api(None).get(f"{base(token)}/{new}").ok()["id"] == ticket
    assert "Still leaks." in [one["text"] for one in _messages(token, ticket)]


def test_merged_customers_see_what_is_theirs_together(
    api: Api, token: str, ticket: str, ada: str, bob: str
) -> None:
    his = Api(None).post(base(made(api, bob)), {"subject": "Tap", "text": "Drips."}).ok(201)["id"]
    api.post(f"/v1/customers/{bob}/merge", {"merged_id": ada}).ok()
    assert {one["id"] for one in Api(None).get(base(token)).ok()["data"]} == {his, ticket}
    assert "It leaks." in str(_messages(token, ticket))
    Api(None).post(f"{base(token)}/{ticket}/messages", {"text": "We are one."}).ok(201)
    assert "We are one." in str(_messages(token, ticket))


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


def test_spam_is_not_shown(api: Api, token: str, ticket: str) -> None:
    api.patch(f"/v1/tickets/{ticket}", {"status": "spam"}).ok()
    assert Api(None).get(base(token)).ok()["data"] == []
    Api(None).get(f"{base(token)}/{ticket}").problem(404, "no_such_ticket")


def test_a_day_has_its_bounds(token: str, ticket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MOST_A_DAY", {"tickets": 1, "answers": 2})
    anonymous = Api(None)
    anonymous.post(base(token), {"subject": "One", "text": "x"}).ok(201)
    assert anonymous.post(base(token), {"subject": "Two", "text": "x"}).problem(409, "too_many_requests")
    for _ in range(2):
        anonymous.post(f"{base(token)}/{ticket}/messages", {"text": "x"}).ok(201)
    anonymous.post(f"{base(token)}/{ticket}/messages", {"text": "x"}).problem(409, "too_many_requests")
    anonymous.post(base(token), {"subject": "x", "text": "x" * 20_001}).problem(422, "invalid")
    page = _press(f"/my/{token}", subject="Kept <1>", text="Kept & <2>")
    assert page.status == 422
    assert 'value="Kept &lt;1&gt;"' in page.text
    assert "Kept &amp; &lt;2&gt;</textarea>" in page.text


def test_lists_are_paged(token: str, ticket: str) -> None:
    anonymous = Api(None)
    new = [anonymous.post(base(token), {"subject": f"{n}", "text": "x"}).ok(201)["id"] for n in range(3)]
    first = anonymous.get(f"{base(token)}?limit=2").ok()
    rest = anonymous.get(f"{base(token)}?limit=2&cursor={first['next_cursor']}").ok()
    assert [one["id"] for one in first["data"] + rest["data"]] == [*reversed(new), ticket]


def test_pages_answer_without_scripts(api: Api, cloud: Cloud, token: str, ticket: str, ada: str) -> None:
    api.patch(f"/v1/customers/{ada}", {"locale": "de-AT"}).ok()
    before = cloud.items()
    listed = Api(None).get(f"/my/{token}")
    one = Api(None).get(f"/my/{token}/{ticket}")
    assert cloud.items() == before, "looking changes nothing"
    for page in (listed, one):
        assert page.status == 200
        assert "script" not in page.text
        assert '<html lang="de"' in page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert f'href="{token}/{ticket}"' in listed.text
    assert "wartet auf Ihre Antwort" in listed.text
    assert "Which &lt;kettle&gt;?" in one.text
    [once] = re.findall(r'name="once" value="(\w+)"', one.text)
    for _ in range(2):
        sent = _press(f"/my/{token}/{ticket}", text=" Der rote. \r\nDanke. ", once=once, do="say")
        assert (sent.status, sent.headers["Location"]) == (303, f"{ticket}?sent=true")
    after = Api(None).get(f"/my/{token}/{ticket}?sent=true")
    assert 'role="status">Danke, es ist angekommen.' in after.text
    texts = [each["text"] for each in _messages(token, ticket)]
    assert texts.count("Der rote. \nDanke.") == 1


def test_the_page_opens_solves_and_reopens(api: Api, token: str, ticket: str) -> None:
    wrong = _press(f"/my/{token}", subject="", text="")
    assert (wrong.status, 'role="alert"' in wrong.text) == (422, True)
    new = _press(f"/my/{token}", subject="Lid", text="Stuck.", once="1")
    assert re.fullmatch(rf"{token}/tkt_\w+\?sent=true", new.headers["Location"])
    assert _press(f"/my/{token}", subject="Lid", text="Stuck.", once="1").headers["Location"] == token
    assert len(api.get("/v1/tickets").ok()["data"]) == 2
    for do, status in (("solve", "solved"), ("reopen", "open")):
        assert f'value="{do}"' in Api(None).get(f"/my/{token}/{ticket}").text
        assert _press(f"/my/{token}/{ticket}", do=do).status == 303
        assert api.get(f"/v1/tickets/{ticket}").ok()["status"] == status
    assert _press(f"/my/{token}/{ticket}", text=" ").status == 422


def test_a_page_that_is_none_says_so(token: str) -> None:
    for path in (f"/my/{token}/x", f"/my/{token}/tkt_01J00000000000000000000000", f"/my/{token}?after=x"):
        assert Api(None).get(path).status == 404
    assert Api(None).get(f"/my/{token}/x/y/z").status == 404
