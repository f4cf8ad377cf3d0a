"""What anybody reads without a key: articles, lists, search; and that the index follows the articles."""

from __future__ import annotations

from chalicelib.kernel.commit import commit, commit_all
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.work import Work
from chalicelib.knowledge import index_store, indexing
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.knowledge.articles import PUBLIC, draft, published, titles


def test_an_article_in_the_readers_language(api: Api, cloud: Cloud) -> None:
    made = published(api, cloud, "Returns", "# How\n\nBack.", section="Orders", tags=["refund"])
    german = {"texts": {"de": {"title": "Rückgabe", "markdown": "Zurück."}}, "status": "published"}
    api.patch(f"/v1/articles/{made['id']}", german).ok()
    path = f"/v1/public/articles/{made['slug']}"
    read = PUBLIC.get(f"{path}?language=de-at").ok()
    assert (read["language"], read["languages"], read["title"]) == ("de", ["de", "en"], "Rückgabe")
    assert (read["html"], read["markdown"]) == ("<p>Zurück.</p>\n", "Zurück.")
    assert (read["section"], read["tags"]) == ("Orders", ["refund"])
    assert PUBLIC.get(f"{path}?language=it").ok()["language"] == "en", "the one it was written in"
    assert PUBLIC.get(path).ok()["html"] == "<h2>How</h2>\n<p>Back.</p>\n"


def test_caches_may_keep_what_is_public(api: Api, cloud: Cloud) -> None:
    made = published(api, cloud, "Returns")
    for path in (
        f"/v1/public/articles/{made['slug']}",
        "/v1/public/articles?q=returns",
        "/v1/public/sections",
        "/help",
    ):
        first = PUBLIC.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=60"
        again = PUBLIC.get(path, If_None_Match=first.headers["ETag"])
        assert (again.status, again.text) == (304, "")
        assert again.headers["ETag"] == first.headers["ETag"]
    api.patch(f"/v1/articles/{made['id']}", {"tags": ["new"]}).ok()
    path = f"/v1/public/articles/{made['slug']}"
    assert PUBLIC.get(path, If_None_Match=first.headers["ETag"]).status == 200
    missing = PUBLIC.get("/v1/public/articles/nothing")
    assert missing.headers["Cache-Control"] != "public, max-age=60"


def test_internal_articles_are_for_staff(api: Api, cloud: Cloud) -> None:
    made = published(api, cloud, "Refund limits", audience="internal", section="Secret")
    PUBLIC.get(f"/v1/public/articles/{made['slug']}").problem(404, "no_such_article")
    PUBLIC.post(f"/v1/public/articles/{made['slug']}/votes", {"helpful": True}).problem(
        404, "no_such_article"
    )
    assert titles("q=refund") == []
    assert PUBLIC.get("/v1/public/sections").ok()["data"] == []
    assert titles("q=refund", api, "/v1/articles/search") == ["Refund limits"]
    api.patch(f"/v1/articles/{made['id']}", {"audience": "public"}).ok()
    cloud.pump()
    assert titles("q=refund") == ["Refund limits"]


def test_search_follows_the_articles(api: Api, cloud: Cloud) -> None:
    made = published(api, cloud, "Returns", "Send the lamp back.")
    path = f"/v1/articles/{made['id']}"
    assert titles("q=back+LAM") == ["Returns"]
    assert titles("q=retrun") == ["Returns"], "a typo is forgiven"
    api.patch(path, {"texts": {"en": {"title": "Refunds", "markdown": "Money."}}}).ok()
    cloud.pump()
    assert titles("q=lamp") == ["Returns"], "the draft does not count"
    api.patch(path, {"status": "published"}).ok()
    cloud.pump(twice=True)
    assert titles("q=lamp") == []
    assert titles("q=money") == ["Refunds"]
    api.patch(path, {"status": "archived"}).ok()
    cloud.pump()
    assert titles() == []


def test_a_query_that_no_article_has_whole_gets_the_nearest(api: Api, cloud: Cloud) -> None:
    published(api, cloud, "Reset a password", "Choose a new one.")
    published(api, cloud, "Returns", "Send it.")
    published(api, cloud, "Sizes", "Measure it.")
    found = PUBLIC.get("/v1/public/articles?q=how+can+i+reset+my+password").ok()
    assert (found["nearest"], [one["title"] for one in found["data"]]) == (True, ["Reset a password"])
    none = PUBLIC.get("/v1/public/articles?q=xylophone").ok()
    assert (none["nearest"], none["data"]) == (False, [])


def test_lists_by_language_section_and_page(api: Api, cloud: Cloud) -> None:
    for title, section in (("B", "Orders"), ("A", "Orders"), ("C", None), ("D", "Lamps")):
        published(api, cloud, f"{title} article", section=section)
    published(api, cloud, "Ein Artikel", language="de", section="Lampen")
    assert titles() == ["D article", "A article", "B article", "C article"]
    assert titles("section=Orders") == ["A article", "B article"]
    assert titles("language=de-CH") == ["Ein Artikel"]
    assert titles("language=fr") == titles(), "else the language with most articles"
    page = PUBLIC.get("/v1/public/articles?q=article&limit=3").ok()
    rest = PUBLIC.get(f"/v1/public/articles?q=article&limit=3&cursor={page['next_cursor']}").ok()
    assert len({one["slug"] for one in page["data"] + rest["data"]}) == 4
    assert rest["next_cursor"] is None
    sections = PUBLIC.get("/v1/public/sections").ok()
    assert sections["language"] == "en"
    assert [(one["section"], one["articles"]) for one in sections["data"]] == [
        ("Lamps", 1),
        ("Orders", 2),
        (None, 1),
    ]


def test_calls_of_readers(api: Api, cloud: Cloud) -> None:
    made = published(api, cloud, "Returns")
    index_store.forget()
    for path, wanted in (
        ("/v1/public/articles?q=returns", ["Query", "GetObject"]),
        ("/v1/public/articles?q=returns", ["Query"]),
        (f"/v1/public/articles/{made['slug']}", ["GetItem"]),
        ("/help", ["Query"]),
    ):
        with counted() as calls:
            assert PUBLIC.get(path).status == 200
        assert calls == wanted


def test_two_articles_indexed_at_once_are_both_found(api: Api, cloud: Cloud) -> None:
    """Given two steps that read the same index, the second fails with Stale and comes again."""
    made = [draft(api, title) for title in ("First", "Second")]
    for one in made:
        api.patch(f"/v1/articles/{one['id']}", {"status": "published"}).ok()
    works = [Work(), Work()]
    for work, one in zip(works, made, strict=True):
        indexing.step(work, one["id"], 2)
    index_store.forget()
    first, second = (commit_all([work])[0] for work in works)
    assert first is None
    assert isinstance(second, Stale)
    assert titles() == ["First"], "the object of the one who failed is not the one that is read"
    again = Work()
    indexing.step(again, made[1]["id"], 2)
    commit(again)
    assert titles() == ["First", "Second"]


def test_a_step_that_changes_nothing_writes_nothing(api: Api, cloud: Cloud) -> None:
    made = published(api, cloud, "Returns")
    work = Work()
    indexing.step(work, made["id"], 2)
    assert work.writes == []
    assert indexing.all_anew() == 1
    assert titles() == ["Returns"]


def test_old_indexes_do_not_pile_up(api: Api, cloud: Cloud) -> None:
    import boto3

    made = published(api, cloud, "Returns")
    for number in range(5):
        api.patch(f"/v1/articles/{made['id']}", {"tags": [str(number)]}).ok()
        cloud.pump()
    found = boto3.client("s3").list_object_versions(Bucket=cloud["MailBucket"], Prefix="articles/index/")
    assert len(found["Versions"]) == 2
    assert not found.get("DeleteMarkers")
