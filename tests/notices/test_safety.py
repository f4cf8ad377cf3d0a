"""Notices start no loop, break out of nothing, and go with their ticket."""

from __future__ import annotations

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write
from tests.notices.desk import answer, assign, notices, text_of
from tests.privacy.people import erase


def test_an_answer_to_a_notice_opens_and_joins_no_ticket(
    api: Api, cloud: Cloud, ticket: str, sam: str
) -> None:
    assign(api, ticket, sam)
    cloud.pump()
    [notice] = notices()
    tag = api.get(ticket).ok()["tag"]
    mail = write("Done.", sender="Sam <sam@shop.example>", to=notice["From"], subject=f"Re: [#{tag}] Kettle")
    receive(cloud, mail, to="support+notices@shop.example", sender="sam@shop.example")
    away = write("Away.", sender="Sam <sam@shop.example>", Auto_Submitted="auto-replied")
    receive(cloud, away, to="Support+Notices@shop.example", sender="sam@shop.example")
    assert len(api.get("/v1/tickets").ok()["data"]) == 1
    assert len(api.get(f"{ticket}/messages").ok()["data"]) == 2
    assert len(api.get("/v1/customers").ok()["data"]) == 1, "no lead is made of staff"
    filed = api.get("/v1/messages?class=own_loop").ok()["data"]
    assert [one["signals"] for one in filed] == [["answers_notice"]] * 2
    assert len(outbox()) == 2, "nor is it acknowledged"
    both = ["support+notices@shop.example", "support@shop.example"]
    receive(cloud, write("To both.", sender="Bob <bob@example.org>"), to=both, sender="bob@example.org")
    assert len(api.get("/v1/tickets").ok()["data"]) == 2, "who also wrote to a mailbox is heard"


def test_a_notice_that_comes_back_to_us_ends_there(api: Api, cloud: Cloud, ticket: str) -> None:
    body = {"name": "Box", "email": "support@shop.example"}
    box = api.post("/v1/staff", body).ok(201)["id"]
    assign(api, ticket, box)
    cloud.pump()
    [notice] = notices()
    receive(cloud, notice.as_bytes(), sender="support+notices@shop.example")
    assert len(api.get("/v1/tickets").ok()["data"]) == 1
    assert len(notices()) == 1


def test_the_business_says_where_tickets_are_opened(api: Api, cloud: Cloud, ticket: str, sam: str) -> None:
    for bad in ("desk/{ticket_id}", "https://desk.example", "https://desk.example/{x}{ticket_id}"):
        api.patch("/v1/support/settings", {"ticket_url": bad}).problem(422, "invalid")
    api.patch("/v1/support/settings", {"ticket_url": "https://desk.example/t/{ticket_id}"}).ok()
    assign(api, ticket, sam)
    cloud.pump()
    assert f"Open it: https://desk.example/t/{ticket.rpartition('/')[2]}\n" in text_of(notices()[0])


def test_a_subject_breaks_out_of_nothing(api: Api, cloud: Cloud, sam: str) -> None:
    receive(cloud, write(subject="{name} %s Hi").replace(b"%s", b"=?utf-8?q?=0D=0ABcc:_eve@example.org?="))
    [one] = api.get("/v1/tickets").ok()["data"]
    assign(api, f"/v1/tickets/{one['id']}", sam)
    cloud.pump()
    [notice] = notices()
    assert notice["Bcc"] is None
    assert "{name}" in text_of(notice)


def test_notices_are_erased_with_their_ticket(api: Api, cloud: Cloud, ticket: str, sam: str) -> None:
    ada = api.get(ticket).ok()["customer_id"]
    assign(api, ticket, sam)
    answer(cloud, "zanzibar")
    assert [item for item in cloud.items() if item.get("about")]
    timeline = api.get(f"/v1/customers/{ada}/timeline?limit=100").ok()["data"]
    queued = [one for one in timeline if one["type"] == "mail.queued"]
    assert len(queued) == 1, "it is no mail to the customer"
    assert erase(api, cloud, ada)["removed"]["notices"] == 2
    assert "zanzibar" not in str(cloud.items())
    assert "Broken kettle" not in str(cloud.items())
