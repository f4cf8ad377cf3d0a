"""ETags, preconditions and cursors: each holds for the version or the query it was made for only."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.kernel.tokens import TAG_BYTES
from tests.api import Api
from tests.conftest import caller


@pytest.fixture
def url(api: Api) -> str:
    """A customer at version 2."""
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)
    api.patch(f"/v1/customers/{ada['id']}", {"company": "Engines"}).ok()
    return f"/v1/customers/{ada['id']}"


@pytest.mark.parametrize("given", ['"2"', 'W/"2"', "*", "2"])
def test_a_change_meant_for_this_version_is_made(api: Api, url: str, given: str) -> None:
    answer = api.patch(url, {"company": "Looms"}, If_Match=given)
    assert answer.ok()["version"] == 3
    assert answer.headers["ETag"] == '"3"'


@pytest.mark.parametrize("given", ['"1"', '"3"', 'W/"1"', '"x"', '"-2"', '"1", "3"', '"' + "9" * 400 + '"'])
def test_a_change_meant_for_another_version_is_412(api: Api, url: str, given: str) -> None:
    api.patch(url, {"company": "Looms"}, If_Match=given).problem(412, "stale")
    api.delete(url, If_Match=given).problem(412, "stale")
    assert api.get(url).ok()["version"] == 2


@pytest.mark.parametrize("given", ['"2"', 'W/"2"', '"1", "2"', '"1",W/"2" , "7"', "*"])
def test_who_has_this_version_is_told_304(api: Api, url: str, given: str) -> None:
    answer = api.get(url, If_None_Match=given)
    assert (answer.status, answer.text, answer.headers["ETag"]) == (304, "", '"2"')


@pytest.mark.parametrize("given", ['"1"', '"22"', "2", '""', '"1", "3"'])
def test_who_has_another_version_gets_this_one(api: Api, url: str, given: str) -> None:
    assert api.get(url, If_None_Match=given).ok()["version"] == 2


def test_without_if_match_changes_at_the_same_time_are_all_made_or_asked_again(api: Api, url: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: api.patch(url, {"custom": {f"n{n}": n}}), range(8)))
    done = {n for n, answer in enumerate(answers) if answer.status == 200}
    assert {answer.status for answer in answers} <= {200, 503}, "nobody who asked for no version is told 412"
    after = api.get(url).ok()
    assert after["custom"] == {f"n{n}": n for n in done}
    assert after["version"] == 2 + len(done)


@pytest.fixture
def cursor(api: Api) -> str:
    """The cursor of the first page of two leads a page."""
    for number in range(5):
        api.post("/v1/customers", {"name": f"C{number}"}).ok(201)
    return str(api.get("/v1/customers?limit=2&stage=lead").ok()["next_cursor"])


def test_a_cursor_goes_on_with_any_limit(api: Api, cursor: str) -> None:
    assert len(api.get(f"/v1/customers?limit=1&stage=lead&cursor={cursor}").ok()["data"]) == 1
    assert len(api.get(f"/v1/customers?limit=9&stage=lead&cursor={cursor}").ok()["data"]) == 3


@pytest.mark.parametrize(
    "query", ["", "stage=former", "sort=updated_at", "stage=lead&updated_from=2026-01-01T00:00:00Z"]
)
def test_a_cursor_of_another_query_is_400(api: Api, cursor: str, query: str) -> None:
    api.get(f"/v1/customers?{query}&cursor={cursor}".replace("?&", "?")).problem(400, "invalid_cursor")


def test_a_cursor_of_another_list_is_400(api: Api, cursor: str) -> None:
    api.get(f"/v1/staff?cursor={cursor}").problem(400, "invalid_cursor")


def test_a_cursor_of_another_customers_timeline_is_400(api: Api) -> None:
    urls = []
    for name in ("Ada", "Bob"):
        customer = api.post("/v1/customers", {"name": name}).ok(201)
        urls.append(f"/v1/customers/{customer['id']}/timeline?limit=1")
        api.patch(f"/v1/customers/{customer['id']}", {"company": "x"}).ok()
    cursor = api.get(urls[0]).ok()["next_cursor"]
    api.get(f"{urls[0]}&cursor={cursor}").ok()
    api.get(f"{urls[1]}&cursor={cursor}").problem(400, "invalid_cursor")


def test_a_forged_cursor_is_400(api: Api, cursor: str) -> None:
    swapped = "B" if cursor[-8] == "A" else "A"
    forged = [
        "",
        "x",
        "%%%",
        "AAAA",
        cursor[:-4],
        cursor[:-8] + swapped + cursor[-7:],
        "A" * 14,
        cursor + "AAAA",
    ]
    for text in forged:
        api.get(f"/v1/customers?stage=lead&cursor={text}").problem(400, "invalid_cursor")


def test_a_cursor_says_no_more_than_a_position(api: Api, cursor: str) -> None:
    last = api.get("/v1/customers?limit=2&stage=lead").ok()["data"][-1]["id"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert raw[TAG_BYTES:].decode() == last


def test_another_caller_may_go_on_with_a_cursor(api: Api, cursor: str) -> None:
    """It carries a position, no right: the scope is checked at every page."""
    caller("customers:read").get(f"/v1/customers?stage=lead&cursor={cursor}").ok()
    caller("staff:read").get(f"/v1/customers?stage=lead&cursor={cursor}").problem(403, "missing_scope")
