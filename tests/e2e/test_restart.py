"""Stop the cloud and start it: everything is still there, and works. This test runs last."""

from __future__ import annotations

from typing import Any

from tests.e2e.caller import Caller, fetch
from tests.e2e.clouds import OwnCloud
from tests.e2e.post import PNG, Post
from tests.e2e.test_mail_in import mail_of, messages, ticket_of
from tests.e2e.test_mail_out import status_of
from tests.e2e.waiting import eventually


def everything(api: Caller, post: Post, customer: Any, ticket: Any) -> dict[str, Any]:
    """What can be seen of a customer."""
    found = messages(api, ticket)
    [attachment] = found[-1]["attachments"]
    link = api.get(f"/v1/messages/{found[-1]['id']}/attachments/{attachment['id']}").ok()
    return {
        "customer": api.get(f"/v1/customers/{customer['id']}").ok(),
        "ticket": api.get(f"/v1/tickets/{ticket['id']}").ok(),
        "messages": found,
        "attachment": fetch(link["url"]).content,
        "timeline": api.data(f"/v1/customers/{customer['id']}/timeline"),
        "statistics": api.get("/v1/feedback/stats").ok(),
        "outbox": post.outbox(customer["emails"][0]),
    }


def test_it_is_all_there_after_a_restart(own_cloud: OwnCloud, api: Caller, post: Post, ada: Any) -> None:
    mail = mail_of(ada, "Before the night", "Please answer tomorrow.")
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="lamp.png")
    post.send(mail)
    ticket = ticket_of(api, ada)
    eventually(lambda: api.data(f"/v1/customers/{ada['id']}/timeline?type=mail.delivered"))
    before = everything(api, post, ada, ticket)
    assert before["attachment"] == PNG
    own_cloud.down()
    own_cloud.up()
    assert everything(api, post, ada, ticket) == before

    answer = api.post(f"/v1/tickets/{ticket['id']}/messages", {"text": "Good morning!"}).ok(201)
    post.receive(ada["emails"][0], count=2)
    eventually(lambda: status_of(api, answer) == "delivered")
