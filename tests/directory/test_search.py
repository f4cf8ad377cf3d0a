"""GET /v1/customers?q=: who is found, in which order, and by how many calls."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.directory import search as searching
from chalicelib.kernel import pages
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.directory.finding import found, page, register
from tests.memory import caller

ADA: dict[str, Any] = {
    "name": "Ada Lovelace",
    "company": "Analytical Engines Ltd.",
    "emails": ["ada.lovelace@example.org"],
    "phones": ["+49 30 1234567"],
    "handles": ["instagram:countess"],
    "external_ids": {"shop": "INV-4711"},
    "stage": "customer",
    "tags": ["vip", "chess"],
}
BOB = {"name": "Bob Müller", "emails": ["bob@example.net"], "tags": ["vip"]}


@pytest.mark.parametrize(
    "query",
    [
        "ada",
        "lovelace ada",
        "LOVE engi",
        "ada.lovelace@ex",
        "@example.org",
        "example.org",
        "(030) 123-45 67",
        "+49 30 123",
        "0049 301",
        "countess",
        "inv-4711",
        "4711 ada",
        "a love",
    ],
)
def test_found_by(api: Api, cloud: Cloud, query: str) -> None:
    ada, _ = register(api, cloud, ADA, BOB)
    assert page(api, q=query) == {
        "data": [api.get(f"/v1/customers/{ada}").ok()],
        "next_cursor": None,
        "partial": False,
    }


@pytest.mark.parametrize(
    "query", ["grace", "ada bob", "+49 30 999", "lovelaces", "@example.com", "!?", "o", "da"]
)
def test_not_found_by(api: Api, cloud: Cloud, query: str) -> None:
    register(api, cloud, ADA, BOB)
    if query != "lovelaces":  # which is one typo away
        assert found(api, q=query) == []


def test_exact_before_longer_and_recent_before_old(api: Api, cloud: Cloud) -> None:
    names = ["Ann Old", "Anna Old", "Annabel New", "Ann New", "Zed Ann"]
    old, anna, annabel, new, zed = register(api, cloud, *({"name": name} for name in names))
    assert found(api, q="ann") == [zed, new, old, annabel, anna]
    assert found(api, q="ann", limit=2) == [zed, new, old, annabel, anna]
    assert found(api, q="anna") == [anna, annabel]
    assert found(api, q="ann old") == [old, anna]
    assert found(api, q="an ol") == [anna, old]


def test_a_customer_with_several_words_that_match_comes_once(api: Api, cloud: Cloud) -> None:
    people = [{"name": f"Anna Annabel {n}", "emails": [f"anne{n}@annex.example"]} for n in range(5)]
    ids = register(api, cloud, *people)
    assert found(api, q="ann", limit=1) == ids[::-1]


@pytest.mark.parametrize(
    "query", ["lovelcae", "lovlace", "lovellace", "lovekace", "ada lovelcae", "engimes ada"]
)
def test_one_typo_is_forgiven(api: Api, cloud: Cloud, query: str) -> None:
    ada, _ = register(api, cloud, ADA, BOB)
    assert found(api, q=query) == [ada]


@pytest.mark.parametrize("query", ["lovelcea", "adx", "lxvelace", "4712", "ada.lovelacee@example.org"])
def test_other_typos_are_not(api: Api, cloud: Cloud, query: str) -> None:
    register(api, cloud, ADA, BOB)
    assert found(api, q=query) == []


def test_what_matches_literally_comes_without_what_is_similar(api: Api, cloud: Cloud) -> None:
    smith, smyth = register(api, cloud, {"name": "Smithe"}, {"name": "Smitke"})
    assert found(api, q="smithe") == [smith]
    assert found(api, q="smitme") == [smyth, smith]


def test_filters_narrow_a_search(api: Api, cloud: Cloud) -> None:
    ada, bob, other = register(api, cloud, ADA, BOB, {"name": "Ada Other", "stage": "former"})
    assert found(api, q="ada") == [other, ada]
    assert found(api, q="ada", tag="vip") == [ada]
    assert found(api, q="ada", stage="former") == [other]
    assert found(api, q="example", tag="vip") == [bob, ada]
    assert found(api, q="example", tag="vip", stage="lead") == [bob]
    made = api.get(f"/v1/customers/{bob}").ok()["created_at"]
    assert found(api, q="example", created_from=made) == [bob]
    assert found(api, q="example", created_to=made) == [ada]
    assert found(api, q="example", updated_to=made) == [ada]


def test_two_calls_and_a_third_for_typos(api: Api, cloud: Cloud) -> None:
    register(api, cloud, ADA, BOB)
    for query in ("ada", "lovelace ada", "example"):
        with counted() as calls:
            page(api, q=query)
        assert calls == ["Query", "BatchGetItem"], query
    with counted() as calls:
        page(api, q="lovelcae")
    assert calls == ["Query", "Query", "BatchGetItem"]
    with counted() as calls:
        page(api, q="bo")
        page(api, q="xyz")
    assert calls == ["Query", "BatchGetItem", "Query"], "a short word that nobody has costs one"


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a search read five postings at most."""
    monkeypatch.setattr(searching, "RANKED", 5)
    monkeypatch.setattr(searching, "MAX_EVALUATED", 5)
    monkeypatch.setattr(pages, "MAX_EVALUATED", 5)


@pytest.mark.usefixtures("small_windows")
def test_more_than_is_read_at_once_is_partial_and_goes_on(api: Api, cloud: Cloud) -> None:
    people = [
        {"name": f"Anna{'bel' * (n % 2)} Nr{n}", "company": "Ann" if n % 3 else None} for n in range(12)
    ]
    ids = register(api, cloud, *people)
    first = page(api, q="ann", limit=2)
    assert first["partial"]
    for limit in (1, 2, 3, 7):
        everyone = found(api, q="ann", limit=limit)
        assert sorted(everyone) == sorted(ids), "each once"
        assert sorted(found(api, q="ann nr", limit=limit)) == sorted(ids)
    assert sorted(found(api, q="ann nr", stage="lead")) == sorted(ids)
    assert not page(api, q="nr11")["partial"]
    assert sorted(found(api, q="annxbel", limit=2)) == sorted(ids[1::2]), "typos too"


@pytest.mark.usefixtures("small_windows")
def test_pages_are_stable_while_others_register(api: Api, cloud: Cloud) -> None:
    ids = register(api, cloud, *({"name": f"Anna {n}"} for n in range(8)))
    first = page(api, q="anna", limit=3)
    seen = [one["id"] for one in first["data"]]
    register(api, cloud, {"name": "Anna New"}, {"name": "Annabel"})
    api.delete(f"/v1/customers/{seen[0]}")
    cloud.pump()
    cursor = first["next_cursor"]
    while cursor:
        one = page(api, q="anna", limit=3, cursor=cursor)
        seen += [customer["id"] for customer in one["data"]]
        cursor = one["next_cursor"]
    assert len(set(seen)) == len(seen)
    assert set(ids) <= set(seen)


def test_what_the_index_says_wrongly_is_not_shown(api: Api, cloud: Cloud) -> None:
    ada, bob = register(api, cloud, ADA, BOB)
    api.patch(f"/v1/customers/{ada}", {"name": "Augusta King", "emails": None}).ok()
    api.delete(f"/v1/customers/{bob}")
    assert found(api, q="lovelace") == []
    assert found(api, q="müller") == []


def test_bad_queries(api: Api) -> None:
    api.get("/v1/customers?q=a+b+c+d+e+f+g+h+i").problem(422, "invalid")
    api.get(f"/v1/customers?q={'x' * 201}").problem(422, "invalid")
    api.get("/v1/customers?q=").problem(422, "invalid")
    api.get("/v1/customers?q=ada&email=ada@example.org").problem(422, "one_filter")
    api.get("/v1/customers?q=ada&sort=updated_at").problem(422, "one_filter")
    api.get("/v1/customers?email=ada@example.org&tag=vip").problem(422, "one_filter")
    caller("timeline:read").get("/v1/customers?q=ada").problem(403, "missing_scope")


def test_a_cursor_belongs_to_its_search(api: Api, cloud: Cloud) -> None:
    register(api, cloud, *({"name": f"Anna {n}"} for n in range(3)))
    cursor = page(api, q="anna", limit=1)["next_cursor"]
    api.get(f"/v1/customers?q=bob&limit=1&cursor={cursor}").problem(400, "invalid_cursor")
