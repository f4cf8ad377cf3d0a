"""A customer sees their own tickets by their link, and nothing that is not theirs."""

from __future__ import annotations

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import receive, write
from tests.portal.conftest import PNG
from tests.portal.links import base, made, messages, press


def test_they_see_what_was_said_and_no_note(token: str, ticket: str) -> None:
    [one] = Api(None).get(base(token)).ok()["data"]
    assert (one["id"], one["status"], one["can_answer"]) == (ticket, "waiting_for_you", True)
    assert not {"assignee", "team", "tags", "priority", "participants", "sla", "customer_id"} & one.keys()
    assert Api(None).get(f"{base(token)}/{ticket}").ok() == one
    said = messages(token, ticket)
    assert [each["by"] for each in said] == ["us", "us", "you"]
    assert (said[0]["text"].strip(), said[-1]["text"]) == ("Which <kettle>?", "It leaks.")
    assert "secretly" not in str(said)
    assert "secretly" not in Api(None).get(f"/my/{token}/{ticket}").text


def test_an_attachment_is_fetched_unless_in_quarantine(
    api: Api, cloud: Cloud, token: str, ticket: str
) -> None:
    first = messages(token, ticket)[-1]
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
    shown = {each["id"]: each["attachments"] for each in messages(token, ticket)}
    assert shown.get(newest["id"], []) == []
    gone = f"{base(token)}/{ticket}/messages/{newest['id']}/attachments/{hidden['id']}"
    assert Api(None).get(gone).status == 404


def test_another_customers_ticket_is_none(api: Api, cloud: Cloud, token: str, ticket: str, bob: str) -> None:
    his = made(api, bob)
    first = messages(token, ticket)[-1]
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
    for page in (anonymous.get(f"/my/{his}/{ticket}"), press(f"/my/{his}/{ticket}", do="solve")):
        assert page.status == 404
        assert "kettle" not in page.text
    assert [each["id"] for each in anonymous.get(base(his)).ok()["data"]] == [own]
    assert api.get(f"/v1/tickets/{ticket}").ok()["status"] == "pending"


def test_what_others_wrote_into_it_is_not_shown(api: Api, cloud: Cloud, token: str, ticket: str) -> None:
    others = write("I am Eve.", sender="Eve <eve@example.org>", In_Reply_To="<a@example.org>")
    receive(cloud, others, sender="eve@example.org")
    assert "Eve" in str(api.get(f"/v1/tickets/{ticket}/messages").ok())
    assert "Eve" not in str(messages(token, ticket))


def test_a_ticket_merged_with_anothers_shows_nothing_of_theirs(
    api: Api, token: str, ticket: str, bob: str
) -> None:
    his_token = made(api, bob)
    his = Api(None).post(base(his_token), {"subject": "Tap", "text": "zanzibar"}).ok(201)["id"]
    api.post(f"/v1/tickets/{his}/merge", {"from_id": ticket}).ok()
    assert "zanzibar" not in str(messages(token, ticket))
    assert "leaks" not in str(messages(his_token, his))
    one = Api(None).get(f"{base(token)}/{ticket}").ok()
    assert (one["id"], one["can_answer"]) == (ticket, False)
    problem = Api(None).post(f"{base(token)}/{ticket}/messages", {"text": "x"}).problem(409, "closed")
    assert his not in str(problem)


def test_tickets_merged_among_their_own_are_one(api: Api, token: str, ticket: str) -> None:
    new = Api(None).post(base(token), {"subject": "Again", "text": "Still leaks."}).ok(201)["id"]
    api.post(f"/v1/tickets/{ticket}/merge", {"from_id": new}).ok()
    assert [one["id"] for one in Api(None).get(base(token)).ok()["data"]] == [ticket]
    assert Api(None).get(f"{base(token)}/{new}").ok()["id"] == ticket
    assert "Still leaks." in [one["text"] for one in messages(token, ticket)]


def test_merged_customers_see_what_is_theirs_together(
    api: Api, token: str, ticket: str, ada: str, bob: str
) -> None:
    his = Api(None).post(base(made(api, bob)), {"subject": "Tap", "text": "Drips."}).ok(201)["id"]
    api.post(f"/v1/customers/{bob}/merge", {"merged_id": ada}).ok()
    assert {one["id"] for one in Api(None).get(base(token)).ok()["data"]} == {his, ticket}
    assert "It leaks." in str(messages(token, ticket))
    Api(None).post(f"{base(token)}/{ticket}/messages", {"text": "We are one."}).ok(201)
    assert "We are one." in str(messages(token, ticket))


def test_spam_is_not_shown(api: Api, token: str, ticket: str) -> None:
    api.patch(f"/v1/tickets/{ticket}", {"status": "spam"}).ok()
    assert Api(None).get(base(token)).ok()["data"] == []
    Api(None).get(f"{base(token)}/{ticket}").problem(404, "no_such_ticket")


def test_lists_are_paged(token: str, ticket: str) -> None:
    anonymous = Api(None)
    new = [anonymous.post(base(token), {"subject": f"{n}", "text": "x"}).ok(201)["id"] for n in range(3)]
    first = anonymous.get(f"{base(token)}?limit=2").ok()
    rest = anonymous.get(f"{base(token)}?limit=2&cursor={first['next_cursor']}").ok()
    assert [one["id"] for one in first["data"] + rest["data"]] == [*reversed(new), ticket]
