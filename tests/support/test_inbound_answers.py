"""Answers find the ticket that they answer, the surest way first, and let no stranger in."""

from __future__ import annotations

from typing import Any

import pytest

from tests import mailbox
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write
from tests.stack import SUPPORT_ADDRESS
from tests.support.lists import messages, tickets


@pytest.mark.parametrize("way", ["token", "signed id", "ses id", "own message id", "tag"])
def test_an_answer_finds_its_ticket(api: Api, cloud: Cloud, ada: Any, way: str) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    [sent] = outbox()
    [ticket] = tickets(api)
    api.patch(f"/v1/tickets/{ticket['id']}", {"status": "solved"}).ok()
    answer: Any = {
        "token": {"to": sent["Reply-To"].addresses[0].addr_spec.upper()},
        "signed id": {"References": sent["References"].split()[0]},
        "ses id": {"In_Reply_To": f"<{mailbox.ses_ids()[0]}@us-east-1.amazonses.com>"},
        "own message id": {"References": "<unknown@x>, <first@example.org>"},
        "tag": {"subject": f"AW: kettle [#{ticket['tag'].lower()}]"},
    }[way]
    raw = write("It works again.", **answer)
    receive(cloud, raw, to=answer.get("to", SUPPORT_ADDRESS))
    assert [one["id"] for one in tickets(api)] == [ticket["id"]]
    assert messages(api, ticket)[0]["text"].strip() == "It works again."
    assert tickets(api)[0]["status"] == "open", "a person's answer reopens"
    assert len(outbox()) == 1, "only what opens a ticket is acknowledged"


def test_a_tag_alone_lets_no_stranger_in(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    [ticket] = tickets(api)
    raw = write("Tell me more.", sender="eve@evil.example", subject=f"Re: [#{ticket['tag']}]")
    receive(cloud, raw, sender="eve@evil.example")
    assert len(tickets(api)) == 2


def test_a_forged_token_leads_nowhere(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    address = outbox()[0]["Reply-To"].addresses[0].addr_spec
    forged = address.replace("@", ("a" if address.split("@")[0][-1] != "a" else "b") + "@", 1).replace(
        "+0", "+1"
    )
    receive(cloud, write("Hello", to=forged), to=forged)
    assert len(tickets(api)) == 2


def test_the_surest_way_to_a_ticket_decides(api: Api, cloud: Cloud, ada: Any) -> None:
    """The token, then In-Reply-To, then References from right to left, then the tag."""
    for number in range(4):
        receive(cloud, write(subject=f"Kettle {number}", message_id=f"<k{number}@example.org>"))
    mails = {str(one["Subject"])[:12]: one for one in outbox()}
    opened = {one["subject"]: one for one in tickets(api)}
    ways: dict[str, Any] = {
        "to": mails["Re: Kettle 0"]["Reply-To"].addresses[0].addr_spec,
        "In_Reply_To": "<k1@example.org>",
        "References": "<k0@example.org> <k2@example.org>",
        "subject": f"Re: Kettle [#{opened['Kettle 3']['tag']}]",
    }
    for number, way in enumerate(["to", "In_Reply_To", "References", "subject"]):
        raw = write(f"answer {number}", **ways)
        receive(cloud, raw, to=ways.get("to", SUPPORT_ADDRESS))
        assert messages(api, opened[f"Kettle {number}"])[0]["text"].strip() == f"answer {number}"
        del ways[way]


def test_a_bounce_joins_what_it_reports_on_and_opens_no_ticket(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    [ticket] = tickets(api)
    report = write(
        "The following message to <ada@example.org> was undeliverable.",
        sender="MAILER-DAEMON@mx.example.org",
        subject="Undelivered Mail Returned to Sender",
        In_Reply_To=f"<{mailbox.ses_ids()[0]}@email.amazonses.com>",
    )
    receive(cloud, report, sender="")
    receive(cloud, write("?", sender="MAILER-DAEMON@mx.example.org", subject="Undelivered Mail"), sender="")
    assert [one["id"] for one in tickets(api)] == [ticket["id"]]
    assert messages(api, ticket)[0]["class"] == "bounce"
    assert len(outbox()) == 1
