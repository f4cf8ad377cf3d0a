"""What opens a ticket is acknowledged: not machines, not twice, and not without end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import arrive, outbox, receive, write
from tests.stack import MAIL_DOMAIN
from tests.support.lists import messages, tickets


def test_the_acknowledgement_threads_and_asks_for_no_answer(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    [sent] = outbox()
    [ticket] = tickets(api)
    assert sent["To"] == "Ada Lovelace <ada@example.org>"
    assert sent["In-Reply-To"] == "<first@example.org>"
    assert sent["References"].split()[-1] == "<first@example.org>"
    assert sent["References"].split()[0].endswith(f"@{MAIL_DOMAIN}>")
    assert sent["Auto-Submitted"] == "auto-replied"
    assert sent["Precedence"] == "auto_reply"
    assert f"[#{ticket['tag']}]" in sent["Subject"]
    assert sent["Reply-To"].addresses[0].username.startswith("support+")
    assert len(sent["Reply-To"].addresses[0].username) <= 64


def test_an_out_of_office_changes_nothing(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    [ticket] = tickets(api)
    api.patch(f"/v1/tickets/{ticket['id']}", {"status": "pending"}).ok()
    before = api.get(f"/v1/tickets/{ticket['id']}").ok()
    reply_to = outbox()[0]["Reply-To"].addresses[0].addr_spec
    away = write("I am away.", to=reply_to, subject="Out of office", Auto_Submitted="auto-replied")
    receive(cloud, away, to=reply_to)
    assert api.get(f"/v1/tickets/{ticket['id']}").ok() == before
    newest = messages(api, ticket)[0]
    assert (newest["class"], newest["text"].strip()) == ("auto_reply", "I am away.")
    assert len(outbox()) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-generated"},
        {"List_Id": "<news.example.org>"},
        {"Precedence": "bulk"},
        {"subject": "Automatische Antwort: Urlaub"},
    ],
)
def test_machines_are_filed_but_not_answered(api: Api, cloud: Cloud, headers: Any) -> None:
    receive(cloud, write(sender="robot@example.net", **headers), sender="robot@example.net")
    [ticket] = tickets(api)
    assert ticket["customer_id"] is None
    assert outbox() == []


def test_acknowledgements_to_one_address_are_capped(api: Api, cloud: Cloud, ada: Any) -> None:
    for number in range(13):
        arrive(cloud, write(subject=f"Question {number}"))
    arrive(cloud, write(subject="Re: Question 1"))
    cloud.pump(rounds=20)
    assert len(tickets(api)) == 14
    assert len(outbox()) == 10


def test_a_second_mail_with_the_same_subject_is_not_acknowledged(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    receive(cloud, write("And another thing"))
    assert len(tickets(api)) == 2
    assert len(outbox()) == 1
