"""Merges that cannot be: of the same, the gone, the merged elsewhere, too many, at once, and in a circle."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from chalicelib.customers import merge as merging
from chalicelib.customers import service as customers
from chalicelib.customers.merge_model import MergeRequest
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.work import Work
from tests.api import Api
from tests.cloud import Cloud
from tests.customers.merging import made, merge, undo


def test_what_cannot_be_merged_is_said_and_nothing_is_written(
    api: Api, cloud: Cloud, ada: str, adele: str
) -> None:
    third, gone = made(api, {"name": "Third"}), made(api, {"name": "Gone"})
    api.delete(f"/v1/customers/{gone}")
    undo(api, ada, adele).problem(409, "not_merged")
    merge(api, ada, adele).ok()
    before = cloud.items()
    merge(api, ada, ada).problem(422, "invalid")
    merge(api, ada, gone).problem(404, "no_such_customer")
    merge(api, gone, ada).problem(404, "no_such_customer")
    assert merge(api, ada, adele).problem(409, "already_merged")["customer_id"] == ada
    merge(api, adele, ada).problem(409, "already_merged")
    assert merge(api, third, adele).problem(409, "merged_elsewhere")["customer_id"] == ada
    merge(api, ada, third, versions={"survivor": 1}).problem(409, "changed_meanwhile")
    merge(api, ada, third, choices={"custom.none": "merged"}).problem(422, "invalid")
    merge(api, ada, third, choices={"id": "merged"}).problem(422, "invalid")
    undo(api, third, adele).problem(409, "merged_elsewhere")
    undo(api, ada, gone).problem(404, "no_such_customer")
    undo(api, ada, ada).problem(422, "invalid")
    assert cloud.items() == before


def test_at_once_one_merge_wins(api: Api, ada: str, adele: str) -> None:
    third = made(api, {"name": "Third"})
    pairs = [(ada, adele), (adele, ada), (third, adele), (ada, adele)]
    with ThreadPoolExecutor(4) as pool:
        statuses = [answer.status for answer in pool.map(lambda pair: merge(api, *pair), pairs)]
    assert set(statuses) <= {200, 409}
    assert statuses.count(200) in (1, 2), "third may take in who has just taken in another"
    groups = {tuple(customers.group_of(one)) for one in (ada, adele, third)}
    assert sorted(one for group in groups for one in group) == sorted((ada, adele, third))


def test_at_most_twenty_are_one(api: Api, ada: str) -> None:
    for number in range(20):
        merge(api, ada, made(api, {"name": f"N{number}"})).ok()
    merge(api, ada, made(api, {"name": "One more"})).problem(409, "too_many_merged")


def test_a_customer_who_would_have_too_many_identities_is_not_merged(api: Api, ada: str) -> None:
    other = made(api, {"emails": [f"a{number}@example.org" for number in range(20)]})
    merge(api, ada, other).problem(422, "too_many")


def test_a_circle_of_three_ends_in_one_customer(api: Api, ada: str, adele: str) -> None:
    third = made(api, {"name": "Third", "emails": ["third@example.org"]})
    merge(api, ada, adele).ok()
    assert merge(api, adele, third).ok()["id"] == ada, "the old id acts on the survivor"
    assert merge(api, third, ada).problem(409, "already_merged")["customer_id"] == ada
    for one in (ada, adele, third):
        assert api.get(f"/v1/customers/{one}").ok()["merged_ids"] == [adele, third]


def test_of_a_circle_that_is_closed_at_once_one_merge_is_done(api: Api, ada: str, adele: str) -> None:
    """Each was decided on when nobody was merged yet."""
    third = made(api, {"name": "Third", "emails": ["third@example.org"]})
    works = [Work(), Work(), Work()]
    for work, (survivor, merged) in zip(works, [(ada, adele), (adele, third), (third, ada)], strict=True):
        merging.merge(work, survivor, MergeRequest(merged_id=merged))
    done, *overtaken = commit_all(works)
    assert done is None
    assert [type(error) for error in overtaken] == [Stale, Stale]
    assert [customers.group_of(one) for one in (ada, adele, third)] == [[ada, adele], [ada, adele], [third]]
