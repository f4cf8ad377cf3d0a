"""Articles proposed for a ticket."""

from __future__ import annotations

from tests.api import Api
from tests.cloud import Cloud
from tests.knowledge.articles import published


def test_articles_that_may_answer_a_ticket(api: Api, cloud: Cloud) -> None:
    published(api, cloud, "A lamp flickers", "A dimmer can make lamps flicker. Change the bulb.")
    published(api, cloud, "Refund limits", "Up to fifty a dimmer.", audience="internal")
    published(api, cloud, "Returns now and then", "Send it back.")
    published(api, cloud, "Lampe flackert", "Ein Dimmer lässt die Lampe flackern.", language="de")
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]

    def proposed(subject: str, text: str) -> list[tuple[str, list[str]]]:
        body = {"customer_id": ada, "channel": "phone", "subject": subject, "text": text}
        ticket = api.post("/v1/tickets", body).ok(201)["id"]
        found = api.get(f"/v1/tickets/{ticket}/articles").ok()["data"]
        return [(one["title"], one["words"]) for one in found]

    [(title, why)] = proposed("Two lamps", "They flicker when I change the light.")
    assert title == "A lamp flickers"
    assert {"flicker", "lamps"} <= set(why)
    assert [title for title, _ in proposed("Flickering light", "Yes, since Sunday.")] == ["A lamp flickers"]
    assert [title for title, _ in proposed("Meine Lampe", "Sie flackert, wenn ein Dimmer da ist.")] == [
        "Lampe flackert"
    ]
    assert [title for title, _ in proposed("Limits of a refund", "Up to what?")] == ["Refund limits"]
    assert proposed("Hello", "Good day") == []
    assert proposed("An offer", "Buy now!") == [], "one short word of a title says nothing"


def test_without_articles_there_is_nothing_to_propose(api: Api) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    body = {"customer_id": ada, "channel": "phone", "subject": "A", "text": "b"}
    ticket = api.post("/v1/tickets", body).ok(201)["id"]
    assert api.get(f"/v1/tickets/{ticket}/articles").ok() == {"data": []}
    other = ticket[:-1] + ("0" if ticket[-1] != "0" else "1")
    api.get(f"/v1/tickets/{other}/articles").problem(404, "no_such_ticket")
