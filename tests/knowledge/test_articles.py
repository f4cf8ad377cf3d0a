"""Articles as staff handle them: writing, versions, publishing, rolling back, deleting."""

from __future__ import annotations

import pytest

from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.knowledge.articles import PUBLIC, draft, published, titles
from tests.memory import caller


def test_scopes_are_checked(api: Api) -> None:
    made = draft(api, "A lamp")
    path = f"/v1/articles/{made['id']}"
    for call in (PUBLIC.get, PUBLIC.patch, PUBLIC.delete):
        call(path).problem(401, "unauthorized")
    caller("articles:read").patch(path, {"tags": []}).problem(403, "missing_scope")
    caller("articles:write").get(path).problem(403, "missing_scope")
    caller("articles:read").get(path).ok()


def test_an_article_begins_as_a_draft_that_nobody_sees(api: Api, cloud: Cloud) -> None:
    made = draft(api, "Zurückgeben: so geht’s", language="de-at", section="Orders", tags=["refund", "refund"])
    assert made["slug"] == "zuruckgeben-so-gehts"
    assert made["titles"] == {"de-AT": "Zurückgeben: so geht’s"}
    assert (made["status"], made["default_language"], made["tags"]) == ("draft", "de-AT", ["refund"])
    assert api.get(f"/v1/articles/{made['id']}").ok() == made
    cloud.pump()
    PUBLIC.get(f"/v1/public/articles/{made['slug']}").problem(404, "no_such_article")
    assert titles() == []


def test_bad_articles_are_refused(api: Api) -> None:
    def refused(code: str, body: object) -> None:
        problem = api.post("/v1/articles", body).problem(422, "invalid")
        assert [one["code"] for one in problem["invalid_params"]] == [code]

    text = {"title": "A", "markdown": "b"}
    refused("too_short", {"texts": {}})
    refused("string_pattern_mismatch", {"texts": {"english": text}})
    refused("no_slug", {"texts": {"zh": {"title": "退货", "markdown": "b"}}})
    refused("string_too_long", {"texts": {"en": {"title": "A", "markdown": "b" * 100_001}}})
    refused("string_pattern_mismatch", {"texts": {"en": text}, "slug": "A b"})
    many = {"texts": {"en": {"title": "A", "markdown": "[" * 9000}}}
    api.post("/v1/articles", many).problem(422, "too_complex")


def test_an_address_belongs_to_one_article(api: Api) -> None:
    first, second = draft(api, "Returns"), draft(api, "Sending back")
    body = {"texts": {"en": {"title": "Returns", "markdown": "b"}}}
    assert api.post("/v1/articles", body).problem(409, "slug_taken")["article_id"] == first["id"]
    path = f"/v1/articles/{second['id']}"
    api.patch(path, {"slug": "returns"}).problem(409, "slug_taken")
    assert api.patch(path, {"slug": "send-back"}).ok()["slug"] == "send-back"
    assert draft(api, "Sending back")["slug"] == "sending-back", "what was left is free"
    api.patch(path, {"status": "published"}).ok()
    api.patch(path, {"slug": "other"}).problem(409, "slug_is_public")
    api.patch(path, {"status": "draft", "slug": "other"}).problem(409, "slug_is_public")


def test_each_change_of_a_text_is_a_version(api: Api) -> None:
    made = draft(api, "Returns", "One.")
    path = f"/v1/articles/{made['id']}"
    german = {"title": "Rückgabe", "markdown": "Eins."}
    second = api.patch(path, {"texts": {"de": german}, "note": "German"}).ok()
    assert (second["latest_version"], set(second["titles"])) == (2, {"en", "de"})
    third = api.patch(path, {"texts": {"en": {"markdown": "Two."}}}).ok()
    assert (third["latest_version"], third["titles"]["en"]) == (3, "Returns")
    again = api.patch(path, {"texts": {"en": {"markdown": "Two."}}}).ok()
    assert (again["version"], again["latest_version"]) == (third["version"], 3), "nothing changed"
    assert api.patch(path, {"tags": ["a"]}).ok()["latest_version"] == 3
    listed = api.get(f"{path}/versions?limit=2").ok()
    assert [(one["number"], one["note"]) for one in listed["data"]] == [(3, None), (2, "German")]
    rest = api.get(f"{path}/versions?limit=2&cursor={listed['next_cursor']}").ok()
    assert [one["number"] for one in rest["data"]] == [1]
    first = api.get(f"{path}/versions/1").ok()
    assert (first["markdown"], first["html"], first["language"]) == ("One.", "<p>One.</p>\n", "en")
    assert api.get(f"{path}/versions/3?language=de-CH").ok()["title"] == "Rückgabe"
    api.get(f"{path}/versions/4").problem(404, "no_such_version")
    api.get(f"{path}/versions/x").problem(404, "not_found")


def test_languages_come_and_go(api: Api) -> None:
    path = f"/v1/articles/{draft(api, 'Returns')['id']}"
    missing = api.patch(path, {"texts": {"de": {"title": "Rückgabe"}}}).problem(422, "invalid")
    assert missing["invalid_params"][0]["code"] == "missing"
    last = api.patch(path, {"texts": {"en": None}}).problem(422, "invalid")
    assert last["invalid_params"][0]["code"] == "language_count"
    api.patch(path, {"texts": {"de": {"title": "Rückgabe", "markdown": "b"}}}).ok()
    gone = api.patch(path, {"texts": {"en": None}}).problem(422, "invalid")
    assert gone["invalid_params"][0]["code"] == "no_such_language", "it is the one to fall back to"
    after = api.patch(path, {"texts": {"en": None}, "default_language": "de"}).ok()
    assert after["titles"] == {"de": "Rückgabe"}


def test_publishing_and_rolling_back(api: Api, cloud: Cloud) -> None:
    made = published(api, cloud, "Returns", "Within ten days.")
    path, shown = f"/v1/articles/{made['id']}", f"/v1/public/articles/{made['slug']}"
    assert (made["status"], made["published_version"]) == ("published", 1)
    api.patch(path, {"texts": {"en": {"markdown": "Within thirty days."}}}).ok()
    assert PUBLIC.get(shown).ok()["markdown"] == "Within ten days.", "the new version is a draft"
    api.patch(path, {"status": "published"}).ok()
    assert PUBLIC.get(shown).ok()["markdown"] == "Within thirty days."
    back = api.patch(path, {"status": "published", "published_version": 1}).ok()
    assert (back["published_version"], back["latest_version"]) == (1, 2)
    assert PUBLIC.get(shown).ok()["markdown"] == "Within ten days."
    at_once = api.patch(path, {"texts": {"en": {"markdown": "Whenever."}}, "status": "published"}).ok()
    assert at_once["published_version"] == 3
    assert PUBLIC.get(shown).ok()["markdown"] == "Whenever."
    api.patch(path, {"status": "published", "published_version": 9}).problem(404, "no_such_version")
    api.patch(path, {"published_version": 1}).problem(422, "invalid")
    for status in ("archived", "draft"):
        assert api.patch(path, {"status": status}).ok()["published_version"] is None
        PUBLIC.get(shown).problem(404, "no_such_article")


def test_changes_ask_for_the_version_they_are_meant_for(api: Api) -> None:
    made = draft(api, "Returns")
    path = f"/v1/articles/{made['id']}"
    assert api.get(path, If_None_Match='"1"').status == 304
    api.patch(path, {"tags": ["a"]}, If_Match='"1"').ok()
    api.patch(path, {"tags": ["b"]}, If_Match='"1"').problem(412, "stale")
    api.delete(path, If_Match='"1"').problem(412, "stale")


def test_changes_are_audited(api: Api) -> None:
    made = draft(api, "Returns")
    api.patch(f"/v1/articles/{made['id']}", {"status": "published"}).ok()
    trail = api.get(f"/v1/audit?entity_id={made['id']}").ok()["data"]
    assert [one["type"] for one in trail] == ["article.changed", "article.created"]


def test_lists_and_their_filters(api: Api, cloud: Cloud) -> None:
    published(api, cloud, "Returns", section="Orders", tags=["refund"])
    draft(api, "Rückgabe", language="de", section="Orders")
    draft(api, "Sizes")

    def listed(query: str) -> list[str]:
        return [next(iter(one["titles"].values())) for one in api.get(f"/v1/articles?{query}").ok()["data"]]

    assert listed("") == ["Sizes", "Rückgabe", "Returns"]
    assert listed("status=draft") == ["Sizes", "Rückgabe"]
    assert listed("section=Orders") == ["Rückgabe", "Returns"]
    assert listed("section=Orders&status=published") == ["Returns"]
    assert listed("language=de") == ["Rückgabe"]
    assert listed("tag=refund&language=en") == ["Returns"]


def test_deleting_takes_everything_along(api: Api, cloud: Cloud) -> None:
    made = published(api, cloud, "Returns", "Unmistakable.")
    path = f"/v1/articles/{made['id']}"
    PUBLIC.post(f"/v1/public/articles/{made['slug']}/votes", {"helpful": True}).ok(204)
    api.delete(path).problem(409, "article_is_published")
    api.patch(path, {"status": "archived"}).ok()
    api.delete(path).ok(204)
    api.get(path).problem(404, "no_such_article")
    cloud.pump(twice=True)
    left = [item["sk"][:4] for item in cloud.items() if item["pk"] == f"ART#{made['id']}"]
    assert set(left) == {"EVT#"}
    draft(api, "Returns")


def test_calls(api: Api, cloud: Cloud) -> None:
    with counted() as calls:
        made = draft(api, "Returns")
    assert calls == ["PutObject", "TransactWriteItems"]
    path = f"/v1/articles/{made['id']}"
    with counted() as calls:
        api.patch(path, {"tags": ["a"]}).ok()
    assert calls == ["GetItem", "TransactWriteItems"]
    for url, wanted in (
        (path, ["GetItem"]),
        ("/v1/articles", ["Query", "BatchGetItem"]),
        (f"{path}/versions/1", ["GetItem", "GetObject"]),
    ):
        with counted() as calls:
            api.get(url).ok()
        assert calls == wanted


@pytest.mark.parametrize("field", ["slug", "audience", "status", "default_language"])
def test_what_must_be_there_cannot_be_removed(api: Api, field: str) -> None:
    api.patch(f"/v1/articles/{draft(api, 'A')['id']}", {field: None}).problem(422, "invalid")
