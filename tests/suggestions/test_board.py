"""Suggestions are posted, moderated, read without a key, found before they are posted twice."""

from __future__ import annotations

from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.suggestions.boards import BOARD, PUBLIC, board, customer, posted, token, vote, votes


def test_staff_post_for_a_customer_who_has_voted_then(api: Api, cloud: Cloud) -> None:
    ada = customer(api, "Ada")
    one = posted(api, customer_id=ada)
    posted(api, "Open on Sundays")
    seen = PUBLIC.get(f"{BOARD}/{one}").ok()
    assert (seen["votes"], seen["status"], seen["answer"]) == (1, "under_review", None)
    assert ada not in str(seen)
    assert ada not in PUBLIC.get(BOARD).text
    assert board() == ["Looms in green", "Open on Sundays"]
    assert board(sort="newest") == ["Open on Sundays", "Looms in green"]
    assert board(status="planned") == []
    [mine] = api.get(f"/v1/suggestions?customer_id={ada}").ok()["data"]
    assert mine["id"] == one
    entry = api.get(f"/v1/customers/{ada}/timeline").ok()["data"][0]
    assert entry["type"] == "suggestion.posted"
    api.post("/v1/suggestions", {"title": "Looms"}).problem(422, "invalid")
    api.post("/v1/suggestions", {"title": "Looms", "text": "x" * 100_000}).problem(422, "invalid")


def test_a_response_becomes_a_suggestion_once(api: Api, cloud: Cloud) -> None:
    response = {"kind": "suggestion", "comment": "Please sell blue wool.", "email": "ada@example.org"}
    feedback_id = api.post("/v1/feedback", response).ok(202)["id"]
    cloud.pump()
    new = {"title": "Blue wool", "feedback_id": feedback_id}
    made = api.post("/v1/suggestions", new).ok(201)
    assert (made["text"], made["votes"]) == ("Please sell blue wool.", 1)
    assert made["customer_id"] == api.get(f"/v1/feedback/{feedback_id}").ok()["customer_id"]
    again = api.post("/v1/suggestions", new).problem(409, "already_posted")
    assert again["suggestion_id"] == made["id"]
    api.post("/v1/suggestions", {"title": "Nothing"}).problem(422, "invalid")


def test_what_comes_from_outside_waits(api: Api, cloud: Cloud) -> None:
    new = {"title": "<script>alert(1)</script>", "text": "=1+1"}
    made = PUBLIC.post(BOARD, new).ok(202)
    assert made["moderation"] == "pending"
    assert board() == board(sort="newest") == []
    PUBLIC.get(f"{BOARD}/{made['id']}").problem(404, "no_such_suggestion")
    vote(made["id"]).problem(404, "no_such_suggestion")
    [waiting] = api.get("/v1/suggestions?moderation=pending").ok()["data"]
    assert (waiting["source"], waiting["customer_id"]) == ("public", None)
    path = f"/v1/suggestions/{made['id']}"
    api.patch(path, {"moderation": "public", "title": "A harmless one"}).ok()
    assert board() == ["A harmless one"]
    api.patch(path, {"moderation": "rejected"}).ok()
    assert board() == []
    assert PUBLIC.get(f"{BOARD}/similar?q=harmless+one").ok()["data"] == []
    for _ in range(4):
        PUBLIC.post(BOARD, new).ok(202)
    PUBLIC.post(BOARD, new).problem(409, "too_many_votes")
    ada = customer(api, "Ada")
    theirs = PUBLIC.post(BOARD, {**new, "token": token(api, ada)}).ok(202)
    known = api.get(f"/v1/suggestions/{theirs['id']}").ok()
    assert (known["customer_id"], known["votes"], known["source"]) == (ada, 1, "customer")
    PUBLIC.post(BOARD, {**new, "token": "forged"}).problem(404, "no_such_link")
    assert cloud


def test_similar_ones_are_found_before(api: Api, cloud: Cloud) -> None:
    green = posted(api, "Sell green looms", "All of them are grey today, sadly.")
    posted(api, "Open on Sundays", "Working people come then.")
    posted(api, "Ship to Iceland", "There are many sheep.")
    with counted() as calls:
        found = PUBLIC.get(f"{BOARD}/similar?q=Green+loom,+please").ok()["data"]
    assert [one["id"] for one in found] == [green]
    assert len(calls) <= 11
    assert [one["title"] for one in PUBLIC.get(f"{BOARD}/similar?q=opening+sunday").ok()["data"]] == [
        "Open on Sundays"
    ]
    assert PUBLIC.get(f"{BOARD}/similar?q=xylophone").ok()["data"] == []
    PUBLIC.get(f"{BOARD}/similar?q=a").problem(422, "invalid")
    api.patch(f"/v1/suggestions/{green}", {"title": "Offer other colours", "text": "Not just grey."}).ok()
    assert PUBLIC.get(f"{BOARD}/similar?q=green+looms").ok()["data"] == []
    assert len(PUBLIC.get(f"{BOARD}/similar?q=other+colours").ok()["data"]) == 1


def test_changes_are_versioned_and_audited(api: Api, cloud: Cloud) -> None:
    one = posted(api)
    path = f"/v1/suggestions/{one}"
    vote(one).ok()
    cloud.pump()
    after = api.patch(path, {"status": "planned", "answer": "In spring."}, If_Match='"1"').ok()
    assert (after["version"], after["votes"], after["changes"]) == (2, 1, 1)
    api.patch(path, {"answer": None}, If_Match='"1"').problem(412, "stale")
    assert api.patch(path, {"status": "planned"}).ok()["version"] == 2
    assert api.patch(path, {"answer": None}).ok()["answer"] is None
    assert votes(api, one) == 1
    assert board(status="planned") == ["Looms in green"]
    trail = api.get(f"/v1/audit?entity_id={one}").ok()["data"]
    assert trail[0]["changes"] == {"answer": {"from": "In spring.", "to": None}}
