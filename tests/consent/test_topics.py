"""Topics: the business's own list of what there is to allow."""

from __future__ import annotations

import pytest

from chalicelib.consent import topics
from tests.api import Api
from tests.cloud import Cloud
from tests.consent.statements import topic
from tests.memory import caller


def test_scopes_are_checked(cloud: Cloud) -> None:
    Api(None).get("/v1/topics").problem(401, "unauthorized")
    caller("consent:read").post("/v1/topics", {"id": "x", "name": "X"}).problem(403, "missing_scope")


def test_a_topic_is_added_read_changed_and_ended(api: Api) -> None:
    made = api.post("/v1/topics", {"id": "news", "name": "News"})
    assert made.headers["Location"].endswith("/v1/topics/news")
    assert made.ok(201)["double_opt_in"] is True, "the safe way unless told otherwise"
    assert api.get("/v1/topics/news").ok() == made.json
    changed = api.patch("/v1/topics/news", {"name": "Our news", "active": False}, If_Match='"1"').ok()
    assert (changed["version"], changed["name"], changed["active"]) == (2, "Our news", False)
    assert api.patch("/v1/topics/news", {"active": False}).ok()["version"] == 2, "nothing changed"
    api.patch("/v1/topics/news", {"name": "Late"}, If_Match='"1"').problem(412, "stale")


def test_an_id_is_taken_once(api: Api) -> None:
    topic(api)
    for known in ("offers", "service"):
        api.post("/v1/topics", {"id": known, "name": "X"}).problem(409, "topic_exists")
    api.get("/v1/topics/service").problem(404, "no_such_topic")


@pytest.mark.parametrize("bad", ["", "A", "1a", "a b", "a#b", "x" * 41])
def test_an_id_is_a_short_plain_word(api: Api, bad: str) -> None:
    api.post("/v1/topics", {"id": bad, "name": "X"}).problem(422, "invalid")


def test_topics_are_listed_by_id_up_to_their_number(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "MOST", 3)
    for name in ("b", "c", "a"):
        topic(api, name)
    api.post("/v1/topics", {"id": "d", "name": "D"}).problem(409, "too_many_topics")
    first = api.get("/v1/topics?limit=2").ok()
    assert [one["id"] for one in first["data"]] == ["a", "b"]
    rest = api.get(f"/v1/topics?limit=2&cursor={first['next_cursor']}").ok()
    assert ([one["id"] for one in rest["data"]], rest["next_cursor"]) == (["c"], None)
