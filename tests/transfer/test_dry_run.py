"""A dry run tells what the real run would do, whatever its rows say of each other, in whichever slices."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.customers import upsert
from chalicelib.customers.definitions import Definitions
from chalicelib.customers.known import Row
from chalicelib.customers.model import NewCustomer
from chalicelib.customers.row_rules import Rules
from chalicelib.kernel import ids
from chalicelib.transfer import rehearsal, running, taking
from chalicelib.transfer.import_model import Import, Progress
from tests.api import Api
from tests.cloud import Cloud
from tests.transfer.files import begin, drive, profiles, results, rows, run, state

NOW = ids.now()
NOBODY = "stf_01J00000000000000000000000"
TOLD = ("row", "outcome", "code", "param", "changed")


def told(cloud: Cloud, identifier: str) -> list[list[str]]:
    return [[one[name] for name in TOLD] for one in results(cloud, identifier)]


def rehearsed(api: Api, cloud: Cloud, content: str, **setup: Any) -> list[list[str]]:
    """What a dry run tells of a file, which is what the real run then tells too."""
    identifiers = []
    for dry_run in (True, False):
        identifiers.append(begin(api, cloud, content, dry_run=dry_run, **setup))
        drive(identifiers[-1])
    dry, real = identifiers
    assert told(cloud, dry) == told(cloud, real)
    assert state(api, dry)["counts"] == state(api, real)["counts"]
    assert state(api, dry)["partial"] is False
    return told(cloud, real)


def small_slices(patch: pytest.MonkeyPatch, size: int, *, steps: bool = False) -> None:
    patch.setattr(taking, "SLICE_ROWS", size)
    if steps:
        patch.setattr(running, "STEP_SECONDS", -1)


@pytest.mark.parametrize("steps", [False, True])
def test_later_slices_see_earlier_ones(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, steps: bool
) -> None:
    small_slices(monkeypatch, 1, steps=steps)
    api.post("/v1/customers", {"emails": ["old@example.org"]}).ok(201)
    content = (
        "name,email,phone,external_id\n"
        "Ada,ada@example.org,+442079460958,1\n"  # created
        ",old@example.org,+442079460959,\n"  # gives whom the table has a number
        "Ada,ada@example.org,,\n"  # unchanged
        ",ada@example.org,,2\n"  # another id of one source
        "Old,,+442079460959,\n"  # updated, found by what an earlier row added
        ",old@example.org,+442079460958,\n"  # ambiguous
        "Old,old@example.org,,\n"  # unchanged
    )
    outcomes = [one[1] for one in rehearsed(api, cloud, content)]
    assert outcomes == ["created", "updated", "unchanged", "rejected", "updated", "rejected", "unchanged"]


def test_who_is_not_on_the_staff_and_what_is_no_organisation_is_rejected_before_others_build_on_it(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = api.post("/v1/staff", {"name": "Grace", "email": "grace@shop.example"}).ok(201)["id"]
    content = (
        "email,owner,organisation_id,name\n"
        f"a@example.org,{NOBODY},,Ada\n"
        "a@example.org,,,Ada\n"
        "a@example.org,,,Ada\n"
        f"b@example.org,{grace},org_01J00000000000000000000000,Bob\n"
        f"b@example.org,{grace},,Bob\n"
    )
    found = rehearsed(api, cloud, content)
    assert [one[1] for one in found] == ["rejected", "created", "unchanged", "rejected", "created"]
    assert [one[2:4] for one in found if one[2]] == [
        ["unknown_staff", "owner"],
        ["unknown_organisation", "organisation_id"],
    ]
    assert len(profiles(cloud)) == 2


def test_a_crash_between_slices_forgets_nothing(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_slices(monkeypatch, 1)
    note, taken = rehearsal.Rehearsal.note, []

    def dies(self: Any, number: int, changes: Any) -> None:
        note(self, number, changes)
        taken.append(number)
        if len(taken) == 2:
            raise RuntimeError("the worker dies")

    identifier = begin(api, cloud, "email\na@example.org\nb@example.org\na@example.org\n", dry_run=True)
    monkeypatch.setattr(rehearsal.Rehearsal, "note", dies)
    with pytest.raises(RuntimeError):
        drive(identifier)
    drive(identifier)
    assert [one["outcome"] for one in rows(api, identifier)] == ["created", "created", "unchanged"]
    assert not profiles(cloud)


def test_what_is_too_much_to_remember_is_told(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_slices(monkeypatch, 1)
    monkeypatch.setattr(rehearsal, "MOST", 2)
    content = "email\na@example.org\nb@example.org\na@example.org\nb@example.org\n"
    found = run(api, cloud, content, dry_run=True)
    assert found["partial"] is True
    assert [one["outcome"] for one in rows(api, found["id"])] == [
        "created",
        "created",
        "unchanged",
        "created",
    ]


def test_two_texts_of_one_hash_are_told_apart(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_slices(monkeypatch, 1)
    monkeypatch.setattr(rehearsal.Rehearsal, "_hash", lambda *_: 7)
    found = run(api, cloud, "email\na@example.org\nb@example.org\n", dry_run=True)
    assert found["counts"] == {"created": 2}


EMAILS = st.sampled_from(["a@example.org", "B@example.org", "b@example.org", "old@example.org"])
PHONES = st.sampled_from(["+442079460958", "+442079460959"])
ROW = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Ada", "Bob"]),
        "emails": st.lists(EMAILS, max_size=2),
        "phones": st.lists(PHONES, max_size=1),
        "tags": st.lists(st.sampled_from("xyz"), max_size=2),
        "external_ids": st.dictionaries(st.just("erp"), st.sampled_from("12"), max_size=1),
        "owner": st.just(NOBODY),
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    given_rows=st.lists(ROW, max_size=10),
    size=st.integers(1, 4),
    steps=st.booleans(),
    mode=st.sampled_from(["create", "update", "upsert"]),
    match=st.sampled_from([None, "email", "external_id"]),
)
def test_slices_plan_what_one_slice_would(
    api: Api, cloud: Cloud, given_rows: Any, size: int, steps: bool, mode: Any, match: Any
) -> None:
    if not profiles(cloud):
        api.post("/v1/customers", {"emails": ["old@example.org"], "external_ids": {"erp": "2"}}).ok(201)
    read = [Row(number, NewCustomer.model_validate(row)) for number, row in enumerate(given_rows, 1)]
    rules = Rules(
        NOW, lambda row: ids.derived_id("cus", NOW, str(row)), Definitions(), mode=mode, match=match
    )
    job = Import(id=ids.new_id("imp", NOW), version=1, state="running", created_at=NOW, updated_at=NOW)
    planned, rehearsing = [], rehearsal.Rehearsal(job := _at(job, 0))
    for number, first in enumerate(range(0, len(read), size)):
        changes = upsert.plan(read[first : first + size], rules, rehearsing)
        rehearsing.note(number, changes)
        planned += changes
        if steps:
            rehearsing.keep(number + 1)
            rehearsing = rehearsal.Rehearsal(_at(job, number + 1))
    assert planned == upsert.plan(read, rules)


def _at(job: Import, slices: int) -> Import:
    progress = Progress(slices=slices, slice_at=NOW, started_at=NOW)
    return job.model_copy(update={"progress": progress})
