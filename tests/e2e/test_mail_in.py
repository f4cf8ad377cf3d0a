"""Mail that comes in: tickets, acknowledgements that thread, answers, machines, strangers."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from tests.e2e.caller import Caller, fetch
from tests.e2e.post import PNG, Post, Sent, address_of, write
from tests.e2e.waiting import eventually


def mail_of(customer: Any, subject: str, text: str, **more: Any) -> EmailMessage:
    return write(f"{customer['name']} <{customer['emails'][0]}>", subject, text, **more)


def ticket_of(api: Caller, customer: Any) -> Any:
    """The customer's only ticket, once it is there."""
    [ticket] = eventually(lambda: api.data(f"/v1/tickets?customer_id={customer['id']}"))
    return ticket


def messages(api: Caller, ticket: Any) -> list[Any]:
    return api.data(f"/v1/tickets/{ticket['id']}/messages")


def reply_address(sent: Sent) -> str:
    return parseaddr(sent.headers["reply-to"])[1]


def test_a_mail_with_html_and_attachment_becomes_a_ticket(api: Caller, post: Post, ada: Any) -> None:
    mail = mail_of(
        ada,
        "Kaputte Lampe – größer",
        "The shade has a crack.\n\nOn 20 Nov 2026, Harbour & Pine wrote:\n> Enjoy your lamp!\n",
        html="<p>The shade has a <b>crack</b>.<script>alert(1)</script></p>",
    )
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="Riß im Schirm.png")
    post.send(mail)
    ticket = ticket_of(api, ada)
    assert (ticket["subject"], ticket["status"], ticket["channel"]) == (mail["Subject"], "open", "email")
    message = messages(api, ticket)[-1]
    assert (message["direction"], message["class"]) == ("inbound", "human")
    assert message["text"].strip() == "The shade has a crack."
    assert "Enjoy your lamp" in message["elided"]
    html = api.get(f"/v1/messages/{message['id']}/content").ok()["html"]
    assert "<b>crack</b>" in html
    assert "alert" not in html
    [attachment] = message["attachments"]
    assert attachment["filename"] == "Riß im Schirm.png"
    link = api.get(f"/v1/messages/{message['id']}/attachments/{attachment['id']}").ok()
    assert fetch(link["url"]).content == PNG


def test_the_acknowledgement_threads_and_its_answer_comes_home(api: Caller, post: Post, ada: Any) -> None:
    mail = mail_of(ada, "Where is my order?", "It should be here.")
    post.send(mail)
    sent = post.receive(ada["emails"][0])
    ticket = ticket_of(api, ada)
    assert sent.headers["in-reply-to"] == mail["Message-ID"]
    assert sent.headers["references"].split()[-1] == mail["Message-ID"]
    assert sent.headers["auto-submitted"] == "auto-replied"
    assert f"[#{ticket['tag']}]" in sent.headers["subject"]

    api.patch(f"/v1/tickets/{ticket['id']}", {"status": "solved"}).ok()
    answer = mail_of(ada, "Re: Where is my order?", "It came today!", In_Reply_To=sent.headers["message-id"])
    post.send(answer, to=reply_address(sent))
    eventually(lambda: messages(api, ticket)[0]["text"].strip() == "It came today!")
    assert ticket_of(api, ada)["id"] == ticket["id"]
    assert api.get(f"/v1/tickets/{ticket['id']}").ok()["status"] == "open", "a person's answer reopens it"
    assert len(post.outbox(ada["emails"][0])) == 1, "an answer is not acknowledged again"


def test_an_out_of_office_changes_nothing(api: Caller, post: Post, ada: Any) -> None:
    post.send(mail_of(ada, "Opening hours", "When do you open?"))
    sent = post.receive(ada["emails"][0])
    ticket = ticket_of(api, ada)
    before = api.patch(f"/v1/tickets/{ticket['id']}", {"status": "pending"}).ok()
    away = mail_of(ada, "Automatic reply: Opening hours", "I am away.", Auto_Submitted="auto-replied")
    post.send(away, to=reply_address(sent))
    eventually(lambda: messages(api, ticket)[0]["class"] == "auto_reply")
    assert api.get(f"/v1/tickets/{ticket['id']}").ok() == before
    assert len(post.outbox(ada["emails"][0])) == 1


def test_a_stranger_becomes_a_lead(api: Caller, post: Post) -> None:
    address = address_of("noor")
    post.send(write(f"Noor de Vries <{address}>", "Delivery to Utrecht?", "Do you deliver?"))
    [lead] = eventually(lambda: api.data(f"/v1/customers?email={address}"))
    assert (lead["name"], lead["stage"]) == ("Noor de Vries", "lead")
    assert ticket_of(api, lead)["requester"] == {"address": address, "name": "Noor de Vries"}
    assert post.receive(address).headers["to"] == f"Noor de Vries <{address}>"
