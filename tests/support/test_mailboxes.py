"""Several mailboxes: where a mail came decides what it is for, and from where it is answered."""

from __future__ import annotations

from typing import Any

import pytest

from tests import mailbox
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import arrive, outbox, receive, write
from tests.stack import SUPPORT_ADDRESS
from tests.support.lists import messages, tickets

SALES, VOICE = "sales@shop.example", "voice@shop.example"


def make(api: Api, address: str, **more: Any) -> Any:
    return api.post("/v1/mailboxes", {"address": address, "name": "Shop sales", **more}).ok(201)


def test_the_default_mailbox_is_always_there(api: Api) -> None:
    [default] = api.get("/v1/mailboxes").ok()["data"]
    assert (default["address"], default["purpose"], default["acknowledge"]) == (
        SUPPORT_ADDRESS,
        "support",
        True,
    )
    api.delete(f"/v1/mailboxes/{default['id']}").problem(409, "default_mailbox")
    api.patch(f"/v1/mailboxes/{default['id']}", {"active": False}).problem(409, "default_mailbox")
    renamed = api.patch(f"/v1/mailboxes/{default['id']}", {"name": "The shop"}).ok()
    assert (renamed["name"], renamed["version"]) == ("The shop", 1)
    assert len(api.get("/v1/mailboxes").ok()["data"]) == 1


def test_a_mailbox_is_made_changed_and_removed(api: Api) -> None:
    made = make(api, "Sales@shop.example", language="de", signature="Your shop")
    assert (made["address"], made["acknowledge"], made["version"]) == (SALES, True, 1)
    assert api.get(f"/v1/mailboxes/{made['id']}").ok() == made
    changed = api.patch(f"/v1/mailboxes/{made['id']}", {"signature": None, "acknowledge": False}).ok()
    assert "signature" not in changed or changed["signature"] is None
    assert (changed["acknowledge"], changed["version"]) == (False, 2)
    api.patch(f"/v1/mailboxes/{made['id']}", {"name": "x"}, If_Match='"1"').problem(412, "stale")
    api.delete(f"/v1/mailboxes/{made['id']}").ok(204)
    api.get(f"/v1/mailboxes/{made['id']}").problem(404, "no_such_mailbox")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"address": "sales@elsewhere.example"}, 422, "invalid_request"),
        ({"address": "a" * 21 + "@shop.example"}, 422, "invalid_request"),
        ({"address": "a+b@shop.example"}, 422, "invalid_request"),
        ({"address": SALES, "team": "tea_01J00000000000000000000000"}, 422, "invalid_request"),
        ({"address": SUPPORT_ADDRESS, "purpose": "feedback"}, 409, "default_mailbox"),
    ],
)
def test_what_no_mailbox_can_be(api: Api, body: Any, status: int, code: str) -> None:
    answer = api.post("/v1/mailboxes", {"name": "x", **body})
    assert answer.status == status, answer.text
    assert status != 409 or answer.json["code"] == code


def test_there_are_fifty_at_most_and_none_twice(api: Api) -> None:
    make(api, SALES)
    api.post("/v1/mailboxes", {"address": SALES, "name": "x"}).problem(409, "mailbox_exists")
    for number in range(48):
        make(api, f"box{number}@shop.example")
    api.post("/v1/mailboxes", {"address": "more@shop.example", "name": "x"}).problem(
        409, "too_many_mailboxes"
    )


def test_a_ticket_is_answered_from_the_mailbox_it_came_to(api: Api, cloud: Cloud, ada: Any) -> None:
    team = api.post("/v1/teams", {"name": "Sales"}).ok(201)
    make(api, SALES, team=team["id"], signature="Your sales\nteam")
    receive(cloud, write("Do you have this lamp in blue, please?", to=SALES), to=SALES)
    [ticket] = tickets(api)
    assert (ticket["mailbox"], ticket["team"], ticket["language"]) == (SALES, team["id"], "en")
    api.post(f"/v1/tickets/{ticket['id']}/messages", {"text": "Yes, we do."}).ok(201)
    cloud.pump()
    acknowledgement, answer = outbox()
    for one in (acknowledgement, answer):
        assert one["From"].addresses[0].addr_spec == SALES
        assert one["From"].addresses[0].display_name == "Shop sales"
        assert one["Reply-To"].addresses[0].addr_spec.startswith("sales+")
    assert answer.get_content().split() == ["Yes,", "we", "do.", "--", "Your", "sales", "team"]
    back = answer["Reply-To"].addresses[0].addr_spec
    receive(cloud, write("Good", to=back, message_id="<good@example.org>"), to=back)
    assert len(tickets(api)) == 1
    assert messages(api, ticket)[0]["mailbox"] == SALES


def test_an_acknowledgement_can_be_switched_off(api: Api, cloud: Cloud, ada: Any) -> None:
    make(api, SALES, acknowledge=False)
    receive(cloud, write(to=SALES), to=SALES)
    assert len(tickets(api)) == 1
    assert outbox() == []


def test_mail_to_an_inactive_mailbox_goes_to_the_default_one(api: Api, cloud: Cloud, ada: Any) -> None:
    make(api, SALES, active=False)
    receive(cloud, write(to=SALES), to=SALES)
    assert [one["mailbox"] for one in tickets(api)] == [SUPPORT_ADDRESS]


def test_an_acknowledgement_speaks_the_language_of_the_mail(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write("Guten Tag, mein Wasserkocher ist kaputt und ich möchte ihn umtauschen."))
    [mail] = outbox()
    assert mail.get_content().startswith("Guten Tag Ada Lovelace,")
    assert tickets(api)[0]["language"] == "de"


def test_one_mail_to_two_mailboxes_is_a_ticket_of_each(api: Api, cloud: Cloud, ada: Any) -> None:
    make(api, SALES)
    raw = write(message_id="<both@example.org>", to=f"{SUPPORT_ADDRESS}, {SALES}")
    receive(cloud, raw, to=[SUPPORT_ADDRESS, SALES])
    receive(cloud, raw, to=SALES)
    assert sorted(one["mailbox"] for one in tickets(api)) == [SALES, SUPPORT_ADDRESS]


def test_an_answer_to_two_mailboxes_is_in_its_ticket_once(api: Api, cloud: Cloud, ada: Any) -> None:
    make(api, SALES)
    receive(cloud, write(message_id="<first@example.org>"))
    back = outbox()[0]["Reply-To"].addresses[0].addr_spec
    answer = write("Both of you", to=f"{back}, {SALES}", In_Reply_To="<first@example.org>")
    receive(cloud, answer, to=[back, SALES])
    receive(cloud, answer, to=SALES)
    [ticket] = tickets(api)
    assert [one["direction"] for one in messages(api, ticket)] == ["inbound", "outbound", "inbound"]


def test_mail_to_a_feedback_mailbox_is_a_comment_and_no_ticket(api: Api, cloud: Cloud, ada: Any) -> None:
    make(api, VOICE, purpose="feedback")
    receive(cloud, write("The lamp is lovely, thank you for all of it.", to=VOICE), to=VOICE)
    cloud.pump(twice=True)
    assert tickets(api) == []
    assert outbox() == []
    [comment] = api.get(f"/v1/feedback?customer_id={ada['id']}").ok()["data"]
    assert (comment["kind"], comment["survey"], comment["channel"]) == ("comment", "mail", "email")
    assert comment["comment"].startswith("The lamp is lovely")
    assert comment["language"] == "en"
    kinds = [entry["type"] for entry in api.get(f"/v1/customers/{ada['id']}/timeline").ok()["data"]]
    assert {"mail.received", "feedback.received"} <= set(kinds)


def test_a_stranger_who_gives_feedback_becomes_a_lead(api: Api, cloud: Cloud) -> None:
    make(api, VOICE, purpose="feedback")
    receive(cloud, write("Lovely", sender="eve@else.example", to=VOICE), to=VOICE, sender="eve@else.example")
    [lead] = api.get("/v1/customers?email=eve@else.example").ok()["data"]
    assert len(api.get(f"/v1/feedback?customer_id={lead['id']}").ok()["data"]) == 1


@pytest.mark.parametrize(
    ("headers", "verdicts"),
    [({"Auto_Submitted": "auto-replied"}, {}), ({}, {"spam": "FAIL"}), ({}, {"virus": "FAIL"})],
)
def test_what_no_person_says_is_no_comment(
    api: Api, cloud: Cloud, ada: Any, headers: dict[str, Any], verdicts: dict[str, Any]
) -> None:
    make(api, VOICE, purpose="feedback")
    receive(cloud, write("Lovely", to=VOICE, **headers), to=VOICE, **verdicts)
    assert api.get("/v1/feedback").ok()["data"] == []
    assert len(api.get("/v1/messages?thread=none").ok()["data"]) == 1


def test_an_answer_to_a_ticket_that_comes_to_a_feedback_mailbox_is_an_answer(
    api: Api, cloud: Cloud, ada: Any
) -> None:
    make(api, VOICE, purpose="feedback")
    receive(cloud, write(message_id="<first@example.org>"))
    receive(cloud, write("And one thing more", to=VOICE, In_Reply_To="<first@example.org>"), to=VOICE)
    [ticket] = tickets(api)
    assert len(messages(api, ticket)) == 3
    assert api.get("/v1/feedback").ok()["data"] == []


def test_mailboxes_cost_no_call_while_they_are_kept(api: Api, cloud: Cloud, ada: Any) -> None:
    make(api, SALES)
    receive(cloud, write(to=SALES), to=SALES)
    arrive(cloud, write(to=SALES, subject="Another"), to=SALES)
    [one] = cloud.receive("InboundMailQueue")
    with counted() as calls:
        assert cloud.deliver("InboundMailQueue", [one]) == set()
    assert calls == ["GetObject", "BatchGetItem", "TransactWriteItems"]


def test_who_was_named_beside_us_takes_part(api: Api, cloud: Cloud, ada: Any) -> None:
    named = f"Bob <bob@example.org>, {SUPPORT_ADDRESS}, other@shop.example, no address"
    receive(cloud, write(Cc=named))
    [ticket] = tickets(api)
    assert ticket["participants"] == [
        {"address": "ada@example.org", "verified": True},
        {"address": "bob@example.org", "verified": False},
    ]
    receive(
        cloud,
        write("Me too", sender="bob@example.org", subject=f"Re: [#{ticket['tag']}]"),
        sender="bob@example.org",
    )
    assert len(tickets(api)) == 1, "whom a participant named gets in by the tag"


def test_a_forger_names_nobody(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(Cc="eve@evil.example"), dmarc="FAIL")
    assert [one["address"] for one in tickets(api)[0]["participants"]] == ["ada@example.org"]


def test_ours_is_known_whatever_the_mailbox(api: Api, cloud: Cloud) -> None:
    make(api, SALES)
    mailbox.receive(cloud, write(sender=SALES), sender=SALES)
    assert tickets(api) == []
    assert api.get("/v1/messages?class=own_loop").ok()["data"][0]["class"] == "own_loop"


def test_a_single_mail_comes_from_the_mailbox_it_names(api: Api, cloud: Cloud) -> None:
    sales = make(api, SALES, signature="Your sales\nteam")
    hello = {"email": "bob@example.net", "subject": "Hello", "text": "Hello.", "html": "<body>Hi</body>"}
    sent = api.post("/v1/messages", {**hello, "mailbox": sales["id"]}).ok(201)
    assert sent["from"] == {"address": SALES, "name": "Shop sales"}
    api.post("/v1/messages", hello).ok(201)
    cloud.pump()
    named, plain = outbox()
    assert named["From"] == "Shop sales <sales@shop.example>"
    text, html = (part.get_content().splitlines() for part in named.iter_parts())
    assert text == ["Hello.", "", "-- ", "Your sales", "team"]
    assert html == ["<body>Hi<p>-- <br>Your sales<br>team</p></body>"]
    assert SUPPORT_ADDRESS in plain["From"]
    assert "-- " not in str(plain)


@pytest.mark.parametrize("case", ["unknown", "inactive", "removed"])
def test_no_mail_comes_from_a_mailbox_that_is_none(api: Api, case: str) -> None:
    sales = make(api, SALES, active=case != "inactive")
    if case == "removed":
        api.delete(f"/v1/mailboxes/{sales['id']}").ok(204)
    mailbox_id = "mbx_01J00000000000000000000000" if case == "unknown" else sales["id"]
    new = {"email": "bob@example.net", "subject": "x", "text": "x", "mailbox": mailbox_id}
    [refused] = api.post("/v1/messages", new).problem(422, "invalid")["invalid_params"]
    assert (refused["name"], refused["code"]) == ("mailbox", "no_such_mailbox")
