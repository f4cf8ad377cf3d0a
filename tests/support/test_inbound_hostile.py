"""Mails that are odd or mean: they are filed, they fool nobody, and they break no later answer."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.support.model import MAX_PARTICIPANTS
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import arrive, outbox, receive, write
from tests.stack import SUPPORT_ADDRESS
from tests.support.lists import messages, tickets

EVE = "eve@evil.example"


def answer(api: Api, cloud: Cloud, ticket: Any) -> Any:
    """A reply of ours, as it went out; None when it could not be sent."""
    before = len(outbox())
    api.post(f"/v1/tickets/{ticket['id']}/messages", {"text": "Here is our answer."}).ok(201)
    cloud.pump()
    return outbox()[-1] if len(outbox()) > before else None


def _raw(headers: str, text: str = "Hello") -> bytes:
    return f"From: ada@example.org\nTo: {SUPPORT_ADDRESS}\nSubject: Kettle\n{headers}\n\n{text}\n".encode()


@pytest.mark.parametrize(
    "message_id",
    ["<é@example.org>", "<" + "x" * 990 + "@x>", "<a\x01b@x>", "<>", "no brackets", "<a@x> <b@x>"],
)
def test_odd_message_ids_break_no_answer(api: Api, cloud: Cloud, ada: Any, message_id: str) -> None:
    receive(cloud, _raw(f"Message-ID: {message_id}"))
    [ticket] = tickets(api)
    sent = answer(api, cloud, ticket)
    assert sent is not None
    assert len(sent["References"].split()) in (1, 2)


@pytest.mark.parametrize(
    "headers",
    [
        "X-A: b\nSubject: \u2028Bcc: eve@evil.example\x85\x0b",
        "Reply-To: =?utf-8?Q?a=0D=0ABcc=3A_eve=40evil=2Eexample?= <ada@example.org>",
        "Reply-To: " + "n" * 900 + " <ada@example.org>",
        "Reply-To: not an address",
        f"Reply-To: {SUPPORT_ADDRESS}",
        "Reply-To: Support+x@shop.example",
    ],
)
def test_odd_headers_break_no_answer(api: Api, cloud: Cloud, ada: Any, headers: str) -> None:
    receive(cloud, _raw(headers))
    sent = answer(api, cloud, tickets(api)[0])
    assert [one.addr_spec for one in sent["To"].addresses] == ["ada@example.org"]
    assert sent["Bcc"] is None


def test_long_chains_still_lead_to_the_ticket(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    [ticket] = tickets(api)
    ours = outbox()[0]["References"].split()[0]
    chain = " ".join([ours, *(f"<{number}@elsewhere>" for number in range(30))])
    receive(cloud, _raw(f"References: {chain}\nIn-Reply-To: <29@elsewhere>"))
    assert [one["id"] for one in tickets(api)] == [ticket["id"]]


def test_a_long_conversation_keeps_its_references_short(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(message_id="<0@example.org>"))
    [ticket] = tickets(api)
    for number in range(1, 15):
        arrive(cloud, _raw(f"Message-ID: <{number}@example.org>\nIn-Reply-To: <0@example.org>"))
    received = sorted(cloud.receive("InboundMailQueue"), key=lambda one: str(one["Body"]))
    assert cloud.deliver("InboundMailQueue", received) == set()
    references = answer(api, cloud, ticket)["References"].split()
    assert references[1] == "<0@example.org>"
    assert references[-1] == "<14@example.org>"
    assert len(references) == 11


def test_an_unverified_participant_joins_but_proves_nothing(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    [ticket] = tickets(api)
    receive(cloud, write("Send it to me", In_Reply_To="<first@example.org>"), dmarc="FAIL")
    newest = messages(api, ticket)[0]
    assert newest["verdicts"]["sender_verified"] is False
    after = api.get(f"/v1/tickets/{ticket['id']}").ok()
    assert after["participants"] == [{"address": "ada@example.org", "verified": True}]
    receive(cloud, write("Me too", sender=EVE, In_Reply_To="<first@example.org>"), sender=EVE, dmarc="FAIL")
    after = api.get(f"/v1/tickets/{ticket['id']}").ok()
    assert after["participants"][1] == {"address": EVE, "verified": False}
    assert after["requester"]["address"] == "ada@example.org", "answers still go to who asked"
    receive(cloud, write("Really me", sender=EVE, In_Reply_To="<first@example.org>"), sender=EVE)
    assert api.get(f"/v1/tickets/{ticket['id']}").ok()["participants"][1]["verified"] is True


def test_an_unverified_participant_gets_in_by_no_tag(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    [ticket] = tickets(api)
    receive(cloud, write("x", subject=f"Re: [#{ticket['tag']}]"), dmarc="FAIL")
    assert len(tickets(api)) == 2


def test_an_address_to_answer_to_is_not_verified_by_naming_it(api: Api, cloud: Cloud) -> None:
    receive(cloud, write(sender=EVE, Reply_To="boss@bank.example"), sender=EVE)
    participants = tickets(api)[0]["participants"]
    assert participants == [
        {"address": "boss@bank.example", "verified": False},
        {"address": EVE, "verified": True},
    ]


def test_participants_are_bounded(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    for number in range(MAX_PARTICIPANTS + 2):
        sender = f"p{number}@example.org"
        arrive(cloud, write("x", sender=sender, In_Reply_To="<first@example.org>"), sender=sender)
    assert cloud.deliver("InboundMailQueue", cloud.receive("InboundMailQueue")) == set()
    [ticket] = tickets(api)
    assert len(ticket["participants"]) == MAX_PARTICIPANTS
    assert len(messages(api, ticket)) == MAX_PARTICIPANTS + 4, "its mail, ours, and the answers"


@pytest.mark.parametrize(("before", "after"), [("closed", "open"), ("spam", "spam"), ("on_hold", "open")])
def test_what_an_answer_does_to_a_ticket(api: Api, cloud: Cloud, ada: Any, before: str, after: str) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    [ticket] = tickets(api)
    api.patch(f"/v1/tickets/{ticket['id']}", {"status": before}).ok()
    receive(cloud, write("Hello?", In_Reply_To="<first@example.org>"))
    assert tickets(api)[0]["status"] == after
    assert messages(api, ticket)[0]["text"].strip() == "Hello?"


def test_spam_in_a_thread_reopens_nothing(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    [ticket] = tickets(api)
    api.patch(f"/v1/tickets/{ticket['id']}", {"status": "closed"}).ok()
    receive(cloud, write("Buy!", sender=EVE, In_Reply_To="<first@example.org>"), sender=EVE, spam="FAIL")
    assert tickets(api)[0]["status"] == "closed"


def test_a_forged_bounce_changes_nothing_but_the_thread(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    [ticket] = tickets(api)
    api.patch(f"/v1/tickets/{ticket['id']}", {"status": "closed"}).ok()
    before = tickets(api)
    forged = write("Undeliverable", sender="MAILER-DAEMON@evil.example", In_Reply_To="<first@example.org>")
    receive(cloud, forged, sender="")
    assert tickets(api) == before
    assert messages(api, ticket)[0]["class"] == "bounce"
    assert not [item for item in cloud.items() if item["sk"] == "SUP"], "only SES's word suppresses"


def test_recipients_that_are_not_ours_lead_nowhere(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(), to="somebody+" + "a" * 43 + "@elsewhere.example")
    assert len(tickets(api)) == 1


def test_texts_are_cut_between_characters(api: Api, cloud: Cloud, ada: Any) -> None:
    text = "x" + "😀" * 3_000
    receive(cloud, write(text))
    mail = messages(api, tickets(api)[0])[-1]
    assert mail["text"] == "x" + "😀" * 1_999
    assert mail["truncated"] is True
    assert api.get(f"/v1/messages/{mail['id']}/content").ok()["text"].strip() == text


def test_the_largest_mail_fits_an_item(api: Api, cloud: Cloud, ada: Any) -> None:
    people = ", ".join(f"{'ü' * 180}{number} <{'l' * 60}{number}@{'d' * 60}.example>" for number in range(25))
    parts = "".join(
        f"--b\nContent-Type: application/{'t' * 100}\nContent-ID: <{'c' * 200}>\n"
        f'Content-Disposition: attachment; filename="{"ä" * 120}{number}.pdf"\n\n{number}\n'
        for number in range(50)
    )
    text = "😀" * 3_000 + "\n\nOn Monday Ada wrote:\n" + "> 😀😀😀😀\n" * 1_000
    body = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n{parts}--b--\n"
    headers = f"Cc: {people}\nTo: {people}\nSubject: {'😀' * 500}\nContent-Type: multipart/mixed; boundary=b"
    receive(cloud, f"From: ada@example.org\n{headers}\n\n{body}".encode())
    [item] = [one for one in cloud.items() if one["sk"] == "MAIL" and one["direction"] == "inbound"]
    assert _size(item) <= 32 * 1024
    mail = messages(api, tickets(api)[0])[-1]
    assert len(mail["attachments"]) == 50
    assert {one["filename"][-4:] for one in mail["attachments"]} == {".pdf"}
    assert 0 < len(mail["to"]) < 20
    assert all(_size(one) <= 32 * 1024 for one in cloud.items())


def _size(value: Any) -> int:
    """Bytes that DynamoDB counts, as its developer guide says."""
    match value:
        case str():
            return len(value.encode())
        case dict():
            return 3 + sum(_size(name) + _size(inner) + 1 for name, inner in value.items())
        case list():
            return 3 + sum(_size(inner) + 1 for inner in value)
        case bool() | None:
            return 1
    return 21
