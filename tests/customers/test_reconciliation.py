"""Laws of merging: what was done is undone exactly, and what others changed since is theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.customers.merge_model import LISTS, PLAIN, Left, Profile
from chalicelib.customers.model import Customer, CustomerPatch, NewCustomer
from chalicelib.customers.parting import parted, restored
from chalicelib.customers.reconciliation import (
    STAGES,
    changes_of,
    compare,
    joined,
    pointing,
    value_of,
)
from tests.api import Api
from tests.cloud import Cloud

AT, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
BOOKKEEPING = {"version", "updated_at"}
SIDES = st.sampled_from(("survivor", "merged"))
ORGANISATIONS = [f"org_{'0' * 25}{number}" for number in range(2)]
KEYS = ("size", "shoe")


def _fields(owner: str, tell: Callable[[], str] = lambda: "") -> st.SearchStrategy[dict[str, Any]]:
    """Fields of a customer, whose identities nobody else has; `tell` makes those of one run different."""
    words = st.sampled_from(("x", "y", "z"))

    def own(form: str) -> st.SearchStrategy[list[str]]:
        numbers = st.lists(st.integers(0, 3), max_size=3, unique=True)
        return numbers.map(lambda found: [form.format(number=number, tell=tell()) for number in found])

    external = st.dictionaries(
        st.sampled_from(("shop", "erp")), st.sampled_from((f"{owner}1", f"{owner}2")), max_size=2
    )
    return st.fixed_dictionaries(
        {"name": st.just(owner), "stage": st.sampled_from(STAGES)},
        optional={
            "company": words,
            "organisation_id": st.sampled_from(ORGANISATIONS),
            "organisation_role": words,
            "locale": st.sampled_from(("en", "de")),
            "tags": st.lists(words, max_size=3, unique=True),
            "custom": st.dictionaries(st.sampled_from(KEYS), st.integers(0, 2), max_size=2),
            "emails": own(f"{owner}{{number}}{{tell}}@example.org"),
            "handles": own(f"x:{owner}{{number}}{{tell}}"),
            "external_ids": external.map(
                lambda ids: {source: value + tell() for source, value in ids.items()}
            ),
        },
    )


CHOICES = st.dictionaries(st.sampled_from((*PLAIN, *LISTS)), SIDES, max_size=4)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.just("new"),
        "company": st.sampled_from(("x", "new")),
        "stage": st.sampled_from(STAGES),
        "locale": st.just("fr"),
        "tags": st.lists(st.sampled_from(("x", "y", "new")), max_size=3, unique=True),
        "custom": st.dictionaries(st.sampled_from((*KEYS, "fresh")), st.integers(0, 3), max_size=2),
    },
)


def _customer(fields: dict[str, Any]) -> Profile:
    made = Customer.register(NewCustomer(**fields), at=AT, region="US")
    return Profile(**made.model_dump())


def _bare(customer: Customer) -> dict[str, Any]:
    return customer.model_dump(exclude=BOOKKEEPING)


def _undone(survivor: Profile, merged: Profile) -> tuple[Profile, Profile, list[Left]]:
    """Undo where every identity is still the merged one's."""
    after, left = parted(survivor, merged, set(merged.identities), at=LATER)
    holders = dict.fromkeys(merged.identities, merged.id)
    back, lost = restored(survivor, merged, holders, at=LATER)
    return after, back, left + lost


@given(_fields("a"), _fields("b"), CHOICES)
def test_undo_after_a_merge_is_as_if_nothing_was(ours: Any, theirs: Any, choices: Any) -> None:
    survivor, merged = _customer(ours), _customer(theirs)
    changes = changes_of(compare(survivor, merged, choices))
    together = joined(survivor, merged, changes, at=LATER)
    assert set(together.identities) >= set(survivor.identities)
    after, back, left = _undone(together, pointing(merged, survivor.id, changes, at=AT))
    assert left == []
    assert _bare(after) == _bare(survivor)
    assert _bare(back) == _bare(merged)


@given(_fields("a"), _fields("b"), CHOICES, CHANGES)
def test_what_changed_since_is_kept_and_the_rest_is_as_before(
    ours: Any, theirs: Any, choices: Any, since: Any
) -> None:
    survivor, merged = _customer(ours), _customer(theirs)
    changes = changes_of(compare(survivor, merged, choices))
    together = joined(survivor, merged, changes, at=LATER)
    changed = together.patched(CustomerPatch(**since), at=LATER, region="US")
    loser = pointing(merged, survivor.id, changes, at=AT)
    after, back, left = _undone(Profile(**changed.model_dump()), loser)
    assert _bare(back) == _bare(merged)
    named = {one.field for one in left}
    fields = [*PLAIN, "emails", "handles", *(f"custom.{key}" for key in (*KEYS, "fresh"))]
    for field in fields:
        touched = value_of(changed, field) != value_of(together, field)
        expected = changed if touched else survivor
        assert value_of(after, field) == value_of(expected, field), field
    touched_by_both = {one.field for one in changes if one.field in fields} & {
        field for field in fields if value_of(changed, field) != value_of(together, field)
    }
    assert named == touched_by_both
    new = set(changed.tags) - set(together.tags)
    assert new <= set(after.tags) <= set(survivor.tags) | new


def _state(cloud: Cloud) -> dict[tuple[str, str], Any]:
    skipped = {*BOOKKEEPING, "gsi2sk"}
    return {
        (item["pk"], item["sk"]): {name: value for name, value in item.items() if name not in skipped}
        for item in cloud.items()
        if item["pk"].startswith(("CUS#", "IDY#")) and not item["sk"].startswith(("EVT#", "WAS_"))
    }


@settings(
    max_examples=6,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(data=st.data())
def test_merges_undone_in_their_order_leave_the_table_as_it_was(api: Api, cloud: Cloud, data: Any) -> None:
    """Four customers merged as it comes, one into the other, and parted again; lists show it each time."""
    number = next(_runs)
    drawn = [data.draw(_fields(name, lambda: f"r{number}")) for name in "abcd"]
    bodies = [
        {**body, "organisation_id": None} for body in drawn
    ]  # which there is; test_members.py merges some
    made = [api.post("/v1/customers", body).ok(201)["id"] for body in bodies]
    standing, done = list(made), []
    for _ in range(data.draw(st.integers(1, 3))):
        survivor, merged = data.draw(st.permutations(standing))[:2]
        done.append((survivor, merged, _state(cloud), _listed(api, made)))
        body = {"merged_id": merged, "choices": data.draw(CHOICES)}
        api.post(f"/v1/customers/{survivor}/merge", body).ok()
        standing.remove(merged)
        assert _listed(api, made) == set(standing)
    for survivor, merged, state, listed in reversed(done):
        undone = api.post(f"/v1/customers/{survivor}/merge/undo", {"merged_id": merged}).ok()
        assert undone["left"] == []
        assert _state(cloud) == state
        assert _listed(api, made) == listed


_runs = count()


def _listed(api: Api, ours: list[str]) -> set[str]:
    found: set[str] = set()
    for sort in ("created_at", "updated_at"):
        page = api.get(f"/v1/customers?limit=100&sort={sort}").ok()["data"]
        found |= {one["id"] for one in page} & set(ours)
    return found


@pytest.mark.parametrize(
    ("ours", "theirs", "further"),
    [("lead", "prospect", "prospect"), ("former", "lead", "former"), ("former", "customer", "customer")],
)
def test_the_further_stage_is_proposed(ours: str, theirs: str, further: str) -> None:
    survivor, merged = _customer({"name": "a", "stage": ours}), _customer({"name": "b", "stage": theirs})
    for pair in ((survivor, merged), (merged, survivor)):
        (stage,) = [one for one in compare(*pair, {}) if one.field == "stage"]
        assert stage.proposed == further


@pytest.mark.parametrize(
    ("ours", "theirs", "choices", "role"),
    [
        ({}, {"organisation_id": ORGANISATIONS[0], "organisation_role": "buyer"}, {}, "buyer"),
        ({"organisation_id": ORGANISATIONS[0]}, {"organisation_role": "buyer"}, {}, None),
        (
            {"organisation_id": ORGANISATIONS[0]},
            {"organisation_id": ORGANISATIONS[0], "organisation_role": "buyer"},
            {},
            "buyer",
        ),
        (
            {"organisation_id": ORGANISATIONS[0], "organisation_role": "boss"},
            {"organisation_id": ORGANISATIONS[1], "organisation_role": "buyer"},
            {"organisation_id": "merged"},
            "buyer",
        ),
    ],
)
def test_a_role_comes_with_its_organisation(ours: Any, theirs: Any, choices: Any, role: str | None) -> None:
    pair = _customer({"name": "a", **ours}), _customer({"name": "b", **theirs})
    proposed = {one.field: one.proposed for one in compare(*pair, choices)}
    assert proposed.get("organisation_role") == role
