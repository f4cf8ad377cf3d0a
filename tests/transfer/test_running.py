"""Imports while they run: by steps, through crashes and cancelling, beside what others change."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from chalicelib.kernel import commit as committing
from chalicelib.kernel.errors import Stale, Unavailable
from chalicelib.transfer import import_store as store
from chalicelib.transfer import running, slices, taking
from tests.api import Api
from tests.cloud import Cloud
from tests.privacy.people import erase
from tests.transfer.crashes import dies, dying_after_write
from tests.transfer.files import PEOPLE, begin, drive, profiles, results, rows, run, state, undo


def many(count: int) -> str:
    return "name,email\n" + "".join(f"Person {n},p{n}@example.org\n" for n in range(count))


def test_it_goes_by_steps_and_tells_its_progress(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "SLICE_ROWS", 4)
    monkeypatch.setattr(running, "STEP_SECONDS", -1)
    identifier = begin(api, cloud, many(10))
    seen = []
    while state(api, identifier)["state"] == "running":
        cloud.publish()
        cloud.work("JobsQueue", twice=True)
        seen.append(state(api, identifier))
    assert [one["rows"] for one in seen] == [4, 8, 10, 10]
    assert seen[0]["remaining"] is not None
    assert seen[0]["bytes_done"] < seen[1]["bytes_done"] < seen[1]["bytes_total"]
    cloud.pump(twice=True, seed=1, rounds=40)
    over = state(api, identifier)
    assert (over["state"], over["counts"]) == ("finished", {"created": 10})
    assert [one["row"] for one in rows(api, identifier)] == list(range(1, 11))
    assert len(profiles(cloud)) == 10


@pytest.mark.parametrize("fails", [1, 3, 5, 6, 9, 11, 12])
def test_a_crash_anywhere_doubles_nothing(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, fails: int
) -> None:
    monkeypatch.setattr(taking, "SLICE_ROWS", 40)
    api.post("/v1/customers", {"emails": ["p3@example.org"], "name": "Old"}).ok(201)
    identifier = begin(api, cloud, many(60))
    cloud.publish()
    with dying_after_write(fails):
        [message] = cloud.receive("JobsQueue")
        assert cloud.deliver("JobsQueue", [message])
    cloud.deliver("JobsQueue", [message])
    cloud.deliver("JobsQueue", [message])
    drive(identifier)
    assert state(api, identifier)["counts"] == {"created": 59, "updated": 1}
    assert len(profiles(cloud)) == 60
    events = [
        item for item in cloud.items() if item.get("type") in ("customer.registered", "customer.updated")
    ]
    assert len(events) == 61
    assert len(results(cloud, identifier)) == 60


def test_who_was_erased_before_a_slice_is_repeated_does_not_come_back(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With their history went what tells that their row was done."""
    identifier = begin(api, cloud, PEOPLE)
    cloud.publish()
    [message] = cloud.receive("JobsQueue")
    with monkeypatch.context() as patch:
        patch.setattr(running, "_checkpoint", dies)
        assert cloud.deliver("JobsQueue", [message])
    [ada] = api.get("/v1/customers?email=ada@example.org").ok()["data"]
    erase(api, cloud, ada["id"])
    assert cloud.deliver("JobsQueue", [message]) == set()
    drive(identifier)
    assert [one["code"] for one in rows(api, identifier)] == ["erased", None, "value_error"]
    assert [one["name"] for one in profiles(cloud).values()] == ["Bob"]


def test_a_slice_that_was_planned_keeps_its_end(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "SLICE_ROWS", 5)
    identifier = begin(api, cloud, many(12))
    with monkeypatch.context() as patch:
        patch.setattr(slices, "commit_all", dies)
        with pytest.raises(RuntimeError):
            drive(identifier)
    monkeypatch.setattr(taking, "SLICE_ROWS", 3)
    drive(identifier)
    assert state(api, identifier)["counts"] == {"created": 12}
    assert [one["row"] for one in rows(api, identifier)] == list(range(1, 13))
    assert len(store.get_part(identifier, "import", 0)) == 5
    assert len(profiles(cloud)) == 12


def test_a_slice_that_another_release_plans_meanwhile_is_read_anew(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = begin(api, cloud, many(6))
    keep = store.keep_plan

    def overtaken(job: str, kind: Any, number: int, attempt: int, plan: store.Plan) -> Any:
        last = len("Person 5,p5@example.org\n")
        keep(job, kind, number, attempt, store.Plan(end=plan.end - last, changes=plan.changes[:5]))
        return keep(job, kind, number, attempt, plan)

    with monkeypatch.context() as patch:
        patch.setattr(store, "keep_plan", overtaken)
        with pytest.raises(Stale):
            drive(identifier)
    drive(identifier)
    assert state(api, identifier)["counts"] == {"created": 6}
    assert len(profiles(cloud)) == 6


def test_cancelling_ends_it_with_its_slice(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "SLICE_ROWS", 4)
    identifier = begin(api, cloud, many(10))
    api.post(f"/v1/imports/{identifier}/cancel").ok()
    api.post(f"/v1/imports/{identifier}/cancel").ok()
    cloud.pump()
    found = state(api, identifier)
    assert (found["state"], found["rows"]) == ("cancelled", 0)
    assert undo(api, cloud, identifier)["undone"] == {}


def test_what_others_change_meanwhile_is_planned_anew(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}).ok(201)["id"]
    keep = store.keep_plan

    def meddling(job: str, kind: Any, number: int, attempt: int, changes: Any) -> Any:
        kept = keep(job, kind, number, attempt, changes)
        if attempt == 0:
            api.patch(f"/v1/customers/{ada}", {"company": "Engines"}).ok()
            api.post("/v1/customers", {"emails": ["bob@example.org"]}).ok(201)
        return kept

    monkeypatch.setattr(store, "keep_plan", meddling)
    found = run(api, cloud, "email,tags\nada@example.org,x\nbob@example.org,x\nbob@example.org,x\n")
    assert [one["outcome"] for one in rows(api, found["id"])] == ["updated", "updated", "unchanged"]
    after = api.get(f"/v1/customers/{ada}").ok()
    assert (after["company"], after["tags"], after["version"]) == ("Engines", ["x"], 3)
    assert len(profiles(cloud)) == 2


def test_what_is_never_left_alone_is_rejected_as_busy(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = api.post("/v1/customers", {"emails": ["ada@example.org"]}).ok(201)["id"]
    keep = store.keep_plan

    def meddling(job: str, kind: Any, number: int, attempt: int, changes: Any) -> Any:
        api.patch(f"/v1/customers/{ada}", {"company": f"Number {attempt}"}).ok()
        return keep(job, kind, number, attempt, changes)

    monkeypatch.setattr(store, "keep_plan", meddling)
    found = run(api, cloud, "email,tags\nada@example.org,x\nbob@example.org,x\n")
    assert [one["code"] or one["outcome"] for one in rows(api, found["id"])] == ["busy", "created"]


def test_a_busy_table_is_waited_for(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    write, numbers = committing._write, itertools.count(1)

    def throttled(*arguments: Any) -> Any:
        if next(numbers) in (2, 3):
            raise Unavailable("The database is busy; try again.")
        return write(*arguments)

    identifier = begin(api, cloud, PEOPLE)
    monkeypatch.setattr(slices, "PAUSES", (0.01, 0.01))
    monkeypatch.setattr(committing, "_write", throttled)
    drive(identifier)
    assert state(api, identifier)["counts"] == {"created": 2, "rejected": 1}
