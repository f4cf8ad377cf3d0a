"""A client that openapi-python-client generates takes the tour of the README."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients import generated
from tests.clients.generated import Client
from tests.e2e.clouds import Cloud
from tests.e2e.post import Post, address_of, write
from tests.e2e.waiting import eventually


@pytest.fixture
def client(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    generated.make(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    made = Client(cloud.addresses["api_url"], cloud.addresses["api_key"])
    yield made
    made.close()


def test_a_generated_client_takes_the_tour(client: Client, post: Post) -> None:
    assert client.call("about.read_health").status == "ok"
    email = address_of("ada")
    ada = _register(client, email)
    ticket = _write(client, post, ada, email)
    _answer(client, post, ticket, email)
    survey = email.replace("@", "-").replace(".", "-")
    _ask(client, ada, survey)
    _tell(client, ada)


def _register(client: Client, email: str) -> Any:
    body = {"name": "Ada Byron", "emails": [email], "stage": "customer"}
    made = client.ask("customers.register_customer", body=body)
    assert made.status_code == 201
    assert made.headers["ETag"] == f'"{made.parsed.version}"'
    taken = client.ask("customers.register_customer", body=body)
    assert (taken.status_code, taken.parsed.code) == (409, "identity_taken")
    assert taken.parsed["customer_id"] == made.parsed.id, "what more a problem says is kept"
    [found] = client.call("customers.list_customers", email=email).data
    assert (found.id, found.name) == (made.parsed.id, "Ada Byron")
    return found


def _write(client: Client, post: Post, ada: Any, email: str) -> Any:
    mail = write(f"Ada Byron <{email}>", "My lamp flickers", "It has flickered since Monday.")
    mail.add_attachment(b"Lamp Fyr, No. 4711", maintype="text", subtype="plain", filename="receipt.txt")
    post.send(mail)

    def opened() -> Any:
        return client.call("tickets.list_tickets", customer_id=ada.id).data

    [ticket] = eventually(opened)
    assert (ticket.subject, ticket.status, ticket.channel) == ("My lamp flickers", "open", "email")
    messages = client.call("tickets.list_ticket_messages", ticket.id).data
    [came] = [one for one in messages if one.direction == "inbound"]
    assert came.text.strip() == "It has flickered since Monday."
    assert [one.filename for one in came.attachments] == ["receipt.txt"]
    return ticket


def _answer(client: Client, post: Post, ticket: Any, email: str) -> None:
    body = {"text": "Please try another bulb, Ada.", "status": "pending"}
    assert client.call("tickets.reply_to_ticket", ticket.id, body=body).status == "queued"

    def delivered() -> bool:
        [newest] = client.call("tickets.list_ticket_messages", ticket.id, limit=1).data
        return bool(newest.status == "delivered")

    eventually(delivered)
    assert "another bulb" in post.receive(email, 2).text
    assert client.call("tickets.read_ticket", ticket.id).status == "pending"


def _ask(client: Client, ada: Any, survey: str) -> None:
    said = {"customer_id": ada.id, "survey": survey[:50], "kind": "nps", "score": 9, "comment": "In a day."}
    given = client.call("feedback.give_feedback", body=said)

    def counted() -> bool:
        found = client.ask("feedback.read_feedback", given.id)
        assert found.status_code == 200
        assert (found.parsed.status, found.parsed.score) == ("received", 9)
        figures = client.call("feedback.read_feedback_statistics", survey=survey[:50])
        assert (figures.responses, figures.nps.promoters, figures.nps.score) == (1, 1, 100.0)
        return True

    eventually(counted)


def _tell(client: Client, ada: Any) -> None:
    call = {"channel": "phone", "direction": "inbound", "summary": "Asked which bulb fits."}
    assert client.call("timeline.log_interaction", ada.id, body=call).type_ == "interaction.logged"
    entries = client.call("timeline.read_timeline", ada.id, limit=50).data
    assert entries[0].summary == "Asked which bulb fits."
    assert entries[-1].type_ == "customer.registered"
    told = {one.type_ for one in entries}
    assert told >= {"ticket.opened", "mail.received", "mail.sent", "feedback.received", "ticket.changed"}
