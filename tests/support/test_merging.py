"""Tickets merged, split and linked: what is shown, where mails go, what can be undone."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write
from tests.support.lists import messages, tickets

NOBODY = "tkt_01J00000000000000000000000"


def _mail(cloud: Cloud, api: Api, subject: str, text: str = "It leaks.", **more: Any) -> Any:
    """A ticket that Ada's mail opened, with the address that its answers come from."""
    receive(cloud, write(text, subject=subject, **more))
    ticket = tickets(api)[0]
    return ticket | {"reply_to": outbox()[-1]["Reply-To"].addresses[0].addr_spec}


def _texts(api: Api, ticket: Any) -> list[str]:
    return [one["text"].strip() for one in messages(api, ticket)]


def _merge(api: Api, target: Any, source: Any, verb: str = "merge") -> Any:
    return api.post(f"/v1/tickets/{target['id']}/{verb}", {"from_id": source["id"]})


def test_a_merged_ticket_goes_on_in_the_other(api: Api, cloud: Cloud) -> None:
    kettle = _mail(cloud, api, "Kettle", "one")
    again = _mail(cloud, api, "Kettle again", "two")
    merged = _merge(api, kettle, again).ok()
    assert merged["merged_ids"] == [again["id"]]
    source = api.get(f"/v1/tickets/{again['id']}").ok()
    assert (source["status"], source["merged_into"]) == ("closed", kettle["id"])
    assert [text for text in _texts(api, kettle) if len(text) == 3] == ["two", "one"]
    receive(cloud, write("three", subject="Re: Kettle again"), to=again["reply_to"])
    after = api.get(f"/v1/tickets/{kettle['id']}").ok()
    assert _texts(api, kettle)[0] == "three"
    assert api.get(f"/v1/tickets/{again['id']}").ok()["status"] == "closed"
    assert after["status"] == "open"
    url = f"/v1/tickets/{again['id']}"
    api.patch(url, {"status": "open"}).problem(409, "merged")
    assert api.post(f"{url}/messages", {"text": "x"}).problem(409, "merged")["ticket_id"] == kettle["id"]


def test_messages_of_merged_tickets_page_together(api: Api, cloud: Cloud, ada: Any) -> None:
    made = []
    for name in ("a", "b", "c"):
        body = {"customer_id": ada["id"], "channel": "phone", "subject": name, "text": name}
        made.append(api.post("/v1/tickets", body).ok(201))
    for source in made[1:]:
        _merge(api, made[0], source).ok()
    seen, cursor = [], ""
    for _ in range(9):
        page = api.get(f"/v1/tickets/{made[0]['id']}/messages?limit=1{cursor}").ok()
        seen += [one["text"] for one in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ["c", "b", "a"]
    with counted() as calls:
        messages(api, made[1])
    assert calls == ["Query"]


def test_merges_are_flat_and_undone_in_parts(api: Api, cloud: Cloud, ada: Any) -> None:
    body = {"customer_id": ada["id"], "channel": "phone", "text": "x"}
    first, second, third = (api.post("/v1/tickets", body | {"subject": one}).ok(201) for one in "abc")
    api.patch(f"/v1/tickets/{second['id']}", {"status": "pending"}).ok()
    _merge(api, second, third).ok()
    assert _merge(api, first, second).ok()["merged_ids"] == [second["id"], third["id"]]
    assert api.get(f"/v1/tickets/{third['id']}").ok()["merged_into"] == first["id"]
    _merge(api, first, second).problem(409, "already_merged")
    _merge(api, second, first).problem(409, "merged")
    _merge(api, third, first).problem(409, "merged")
    _merge(api, first, first).problem(422, "invalid")
    _merge(api, first, {"id": NOBODY}).problem(404, "no_such_ticket")

    assert _merge(api, first, second, "merge/undo").ok()["merged_ids"] == []
    back = api.get(f"/v1/tickets/{second['id']}").ok()
    assert (back["status"], back["merged_into"], back["merged_ids"]) == ("pending", None, [third["id"]])
    assert api.get(f"/v1/tickets/{third['id']}").ok()["merged_into"] == second["id"]
    assert len(messages(api, second)) == 2
    assert len(messages(api, first)) == 1
    _merge(api, first, second, "merge/undo").problem(409, "not_merged")


def test_no_more_than_twenty_are_merged_into_one(api: Api, ada: Any) -> None:
    body = {"customer_id": ada["id"], "channel": "phone", "text": "x", "subject": "x"}
    first, *others = (api.post("/v1/tickets", body).ok(201) for _ in range(22))
    for source in others[:20]:
        _merge(api, first, source).ok()
    _merge(api, first, others[20]).problem(409, "too_many_merged")
    assert len(messages(api, first)) == 21


def test_a_merge_outlives_its_target(api: Api, cloud: Cloud, ada: Any) -> None:
    """A pointer to a ticket that was erased with its customer is not followed."""
    again = _mail(cloud, api, "Kettle again", "two")
    bob = api.post("/v1/customers", {"name": "Bob"}).ok(201)["id"]
    body = {"customer_id": bob, "channel": "phone", "subject": "Bob's", "text": "x"}
    theirs = api.post("/v1/tickets", body).ok(201)
    _merge(api, theirs, again).ok()
    api.post(f"/v1/customers/{bob}/erasure", {"confirm": bob}).ok(201)
    cloud.pump()
    api.get(f"/v1/tickets/{theirs['id']}").problem(404, "no_such_ticket")
    assert not [item for item in cloud.items() if theirs["id"] in item["pk"]]
    receive(cloud, write("three", subject="Re: Kettle again"), to=again["reply_to"])
    after = api.get(f"/v1/tickets/{again['id']}").ok()
    assert (after["status"], after["merged_into"]) == ("open", None)


def _split(api: Api, ticket: Any, ids: list[str], **more: Any) -> Any:
    return api.post(f"/v1/tickets/{ticket['id']}/split", {"message_ids": ids, "subject": "Toaster"} | more)


def test_a_split_takes_messages_their_files_and_their_answers(api: Api, cloud: Cloud) -> None:
    kettle = _mail(cloud, api, "Kettle", "kettle")
    toaster = write("toaster", subject="Re: Kettle", message_id="<toaster@example.org>", attachment=b"png")
    receive(cloud, toaster, to=kettle["reply_to"])
    moved = messages(api, kettle)[0]
    new = _split(api, kettle, [moved["id"]]).ok(201)
    assert (new["subject"], new["customer_id"]) == ("Toaster", kettle["customer_id"])
    assert new["requester"]["address"] == "ada@example.org"
    assert _texts(api, new) == ["toaster"]
    assert "toaster" not in _texts(api, kettle)
    assert {one["ticket_id"] for one in new["links"]} == {kettle["id"]}
    [attachment] = messages(api, new)[0]["attachments"]
    link = api.get(f"/v1/messages/{moved['id']}/attachments/{attachment['id']}").ok()["url"]
    assert f"attachments/{new['id']}/" in link

    again = write(
        "more", subject="Re: Kettle", In_Reply_To="<toaster@example.org>", References="<toaster@example.org>"
    )
    receive(cloud, again, to=kettle["reply_to"])
    assert _texts(api, new)[0] == "more", "what answers a moved mail goes where it went"
    receive(cloud, write("boil", subject="Re: Kettle"), to=kettle["reply_to"])
    assert _texts(api, kettle)[0] == "boil"
    api.post(f"/v1/tickets/{new['id']}/messages", {"text": "Toasted."}).ok(201)
    cloud.pump()
    assert "<toaster@example.org>" in outbox()[-1]["References"]


def test_an_answer_of_ours_that_was_split_off_takes_its_answers_along(api: Api, cloud: Cloud) -> None:
    from tests.mailbox import ses_ids

    kettle = _mail(cloud, api, "Kettle", "kettle")
    api.post(f"/v1/tickets/{kettle['id']}/messages", {"text": "And the toaster?"}).ok(201)
    cloud.pump()
    ours = next(one for one in messages(api, kettle) if one["text"] == "And the toaster?")
    new = _split(api, kettle, [ours["id"]]).ok(201)
    reference = f"<{ses_ids()[-1]}@email.amazonses.com>"
    receive(cloud, write("Fine", subject="Re: x", In_Reply_To=reference), to=kettle["reply_to"])
    assert _texts(api, new)[0] == "Fine"


def test_what_was_split_off_is_erased_with_its_files(api: Api, cloud: Cloud) -> None:
    kettle = _mail(cloud, api, "Kettle", "kettle")
    receive(cloud, write("x", attachment=b"png"), to=kettle["reply_to"])
    new = _split(api, kettle, [messages(api, kettle)[0]["id"]]).ok(201)

    def files() -> list[str]:
        found = boto3.client("s3").list_objects_v2(Bucket=cloud["MailBucket"], Prefix="attachments/")
        return [one["Key"] for one in found.get("Contents", [])]

    assert {one.split("/")[1] for one in files()} == {kettle["id"], new["id"]}
    ada = kettle["customer_id"]
    api.post(f"/v1/customers/{ada}/erasure", {"confirm": ada}).ok(201)
    cloud.pump(rounds=40)
    assert files() == []
    assert not [item for item in cloud.items() if item["pk"].startswith(("TKT#", "THREAD#", "THR#"))]


def test_what_cannot_be_split_is_refused(api: Api, cloud: Cloud, ada: Any) -> None:
    body = {"customer_id": ada["id"], "channel": "phone", "subject": "x", "text": "x"}
    one, other = (api.post("/v1/tickets", body).ok(201) for _ in range(2))
    [message] = messages(api, one)
    before = cloud.items()
    assert (
        _split(api, other, [message["id"]]).problem(422, "invalid")["invalid_params"][0]["code"]
        == "not_in_ticket"
    )
    _split(api, other, []).problem(422, "invalid")
    _split(api, {"id": NOBODY}, [message["id"]]).problem(404, "no_such_ticket")
    assert cloud.items() == before
    _merge(api, one, other).ok()
    _split(api, other, [messages(api, other)[0]["id"]]).problem(409, "merged")


@pytest.mark.parametrize(
    ("kind", "reverse"),
    [("related", "related"), ("parent", "child"), ("child", "parent"), ("duplicate_of", "duplicated_by")],
)
def test_links_are_seen_from_both_ends(api: Api, ada: Any, kind: str, reverse: str) -> None:
    body = {"customer_id": ada["id"], "channel": "phone", "subject": "x", "text": "x"}
    one, other = (api.post("/v1/tickets", body).ok(201) for _ in range(2))
    url = f"/v1/tickets/{one['id']}/links"
    api.post(url, {"ticket_id": other["id"]}).ok()
    linked = api.post(url, {"ticket_id": other["id"], "kind": kind}).ok()
    assert linked["links"] == [{"ticket_id": other["id"], "kind": kind}]
    theirs = api.get(f"/v1/tickets/{other['id']}").ok()
    assert theirs["links"] == [{"ticket_id": one["id"], "kind": reverse}]
    api.delete(f"{url}/{other['id']}").ok(204)
    assert api.get(f"/v1/tickets/{other['id']}").ok()["links"] == []
    api.delete(f"{url}/{other['id']}").problem(404, "no_such_link")
    for wrong in (one["id"], NOBODY):
        api.post(url, {"ticket_id": wrong}).problem(422, "invalid")
