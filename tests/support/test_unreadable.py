"""Mails that cannot be read are listed, and read again when the code can; states are listed, too."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.mail import inbox
from chalicelib.mail.parts import UnreadableMail
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write
from tests.rules.making import add_rule, effects, fired, runs_of, text
from tests.stack import MAIL_DOMAIN
from tests.support.lists import messages, tickets


def broken(patch: pytest.MonkeyPatch) -> None:
    """Code that stumbles over every mail."""

    def stumble(*_: Any, **__: Any) -> Any:
        raise UnreadableMail("KeyError")

    patch.setattr(inbox, "parse_mail", stumble)


def test_an_unreadable_mail_is_read_again_in_place(
    api: Api, cloud: Cloud, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        broken(patch)
        receive(cloud, write("My kettle is broken and it leaks.", attachment=b"\x89PNG\r\n\x1a\n123"))
        [listed] = api.get("/v1/messages?class=unreadable").ok()["data"]
        api.post(f"/v1/messages/{listed['id']}/retry").problem(409, "still_unreadable")
    read = api.post(f"/v1/messages/{listed['id']}/retry").ok()
    assert (read["id"], read["class"], read["version"]) == (listed["id"], "human", 2)
    assert read["customer_id"] == ada["id"]
    assert "leaks" in read["text"]
    [attachment] = read["attachments"]
    assert api.get(f"/v1/messages/{read['id']}/attachments/{attachment['id']}").ok()["url"]
    [ticket] = tickets(api)
    assert (ticket["subject"], ticket["customer_id"]) == ("Broken kettle", ada["id"])
    assert ticket["requester"]["address"] == "ada@example.org"
    assert api.post(f"/v1/messages/{listed['id']}/retry").ok() == read, "again changes nothing"
    assert api.get("/v1/messages?class=unreadable").ok()["data"] == []
    assert len(messages(api, ticket)) == 1
    assert outbox() == [], "it is late for an acknowledgement"
    receive(cloud, write("And now?", In_Reply_To="<nothing@example.org>", subject=f"[#{ticket['tag']}]"))
    assert len(tickets(api)) == 1, "its sender takes part"


def test_a_mail_that_was_read_is_answered_as_it_is(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    before = messages(api, tickets(api)[0])[-1]
    assert api.post(f"/v1/messages/{before['id']}/retry").ok() == api.get(f"/v1/messages/{before['id']}").ok()
    api.post("/v1/messages/msg_01J00000000000000000000000/retry").problem(404, "no_such_message")


def test_a_mail_of_a_domain_without_a_policy_is_read_again(
    api: Api, cloud: Cloud, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        broken(patch)
        receive(cloud, write("My kettle is broken and it leaks."), policy="")
        [listed] = api.get("/v1/messages?class=unreadable").ok()["data"]
        assert api.get(f"/v1/messages/{listed['id']}/raw").ok()["url"]
    assert api.post(f"/v1/messages/{listed['id']}/retry").ok()["class"] == "human"


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        ({"spam": "FAIL"}, "spam"),
        ({"virus": "FAIL", "spam": "FAIL"}, "quarantined"),
        ({"dmarc": "FAIL"}, "unverified"),
        ({"spf": "FAIL", "dkim": "FAIL"}, "unverified"),
    ],
)
def test_what_the_verdicts_come_to_is_listed(
    api: Api, cloud: Cloud, ada: Any, verdicts: dict[str, str], state: str
) -> None:
    receive(cloud, write(), **verdicts)
    receive(cloud, write(subject="Harmless"))
    [listed] = api.get(f"/v1/messages?state={state}").ok()["data"]
    assert listed["state"] == state


@pytest.mark.parametrize("query", ["", "?thread=none&class=bounce", "?class=human", "?state=fine"])
def test_one_list_is_asked_for(api: Api, query: str) -> None:
    assert api.get(f"/v1/messages{query}").status == 422


def test_pictures_in_a_mail_are_links(api: Api, cloud: Cloud, ada: Any) -> None:
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ada <ada@example.org>", "support@shop.example", "Look"
    mail["Message-ID"] = "<look@example.org>"
    mail.set_content("See the picture.")
    mail.add_alternative(
        '<p>See <img src="cid:pic&#64;x"> <img src="cid:gone"> <img src="https://evil.example/p.gif"></p>',
        subtype="html",
    )
    html: Any = mail.get_payload()[1]  # type: ignore[index]  # a multipart has a list
    html.add_related(b"\x89PNG\r\n\x1a\n123", maintype="image", subtype="png", cid="<pic@x>")
    receive(cloud, mail.as_bytes())
    [message] = [one for one in messages(api, tickets(api)[0]) if one["direction"] == "inbound"]
    shown = api.get(f"/v1/messages/{message['id']}/content").ok()["html"]
    assert 'src="https://' in shown
    assert f"attachments/{message['thread_id']}/" in shown
    assert 'src="cid:gone"' in shown
    assert "evil.example" not in shown


def test_rules_are_asked_once_it_can_be_read(
    api: Api, cloud: Cloud, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = add_rule(api, {"action": "tag", "add": ["came"]}, rate_limit={"count": 9, "seconds": 3600})
    seeing = add_rule(
        api,
        {"action": "set_priority", "priority": "urgent"},
        {"action": "customer", "add_tags": ["kettle"]},
        {"action": "queue"},
        {"action": "interaction", "summary": "Wrote about a kettle"},
        {"action": "ignore"},
        when=text("subject", "contains", "kettle"),
    )
    with monkeypatch.context() as patch:
        broken(patch)
        receive(cloud, write("It leaks."))
    [listed] = api.get("/v1/messages?class=unreadable").ok()["data"]
    assert (len(fired(api, blind)), len(fired(api, seeing))) == (1, 0)
    for _ in range(2):
        api.post(f"/v1/messages/{listed['id']}/retry").ok()
    [ticket] = tickets(api)
    assert (ticket["priority"], ticket["tags"]) == ("urgent", ["came"])
    assert api.get(f"/v1/customers/{ada['id']}").ok()["tags"] == ["kettle"]
    timeline = api.get(f"/v1/customers/{ada['id']}/timeline").ok()["data"]
    assert [one["type"] for one in timeline].count("interaction.logged") == 1
    assert (len(fired(api, blind)), len(fired(api, seeing))) == (1, 1), "what fired then does not again"
    first, second = runs_of(api, listed)
    assert (first["rule_id"], second["rule_id"]) == (blind["id"], seeing["id"])
    assert effects(second)["ignore"] == "late"
    assert effects(second)["queue"] is None


def test_an_answer_that_is_read_late_opens_its_ticket_and_leaves_its_subject(
    api: Api, cloud: Cloud, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(cloud, write(subject="Kettle"))
    [ticket] = tickets(api)
    url, to = f"/v1/tickets/{ticket['id']}", outbox()[-1]["Reply-To"].addresses[0].addr_spec
    with monkeypatch.context() as patch:
        broken(patch)
        receive(cloud, write("It leaks again.", subject="Something else"), to=to)
    api.patch(url, {"status": "solved"}).ok()
    unreadable = messages(api, ticket)[0]
    assert unreadable["class"] == "unreadable"
    api.post(f"/v1/messages/{unreadable['id']}/retry").ok()
    after = api.get(url).ok()
    assert (after["subject"], after["status"]) == ("Kettle", "open")


def test_a_comment_that_is_read_late_is_a_comment(
    api: Api, cloud: Cloud, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = {"address": f"ideas@{MAIL_DOMAIN}", "name": "Ideas", "purpose": "feedback"}
    api.post("/v1/mailboxes", box).ok(201)
    with monkeypatch.context() as patch:
        broken(patch)
        receive(cloud, write("A lamp for the night.", to=box["address"]), to=box["address"])
    cloud.pump()
    assert api.get("/v1/feedback?kind=comment").ok()["data"] == []
    [listed] = api.get("/v1/messages?class=unreadable").ok()["data"]
    api.post(f"/v1/messages/{listed['id']}/retry").ok()
    cloud.pump(twice=True)
    [comment] = api.get("/v1/feedback?kind=comment").ok()["data"]
    assert (comment["comment"].strip(), comment["customer_id"]) == ("A lamp for the night.", ada["id"])
    assert tickets(api) == []
