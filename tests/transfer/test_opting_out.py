"""Columns of opt-outs: they take consent by e-mail back, and nothing about an import ever gives any."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.transfer import opting_out
from chalicelib.transfer.opt_out_texts import says_no
from chalicelib.transfer.proposing import propose
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.consent.statements import customer, effective, merge, say, topic
from tests.transfer.files import begin, drive, profiles, rows, run, state, undo, upload

ADA = {"emails": ["ada@example.org"]}
FILE = "email,Email Opt Out\nada@example.org,Yes\nbo@example.org,No\n"


def said(api: Api, url: str) -> dict[str, str]:
    return {name: one for (channel, name), one in effective(api, url).items() if channel == "email"}


def url_of(api: Api, address: str) -> str:
    [found] = api.get(f"/v1/customers?email={address}").ok()["data"]
    return f"/v1/customers/{found['id']}"


@pytest.mark.parametrize(
    "column",
    [
        "Unsubscribed from all email", "Email Opt Out", "HasOptedOutOfEmail", "UNSUB_TIME",
        "Opt-out", "opted_out", "Unsubscribed",
    ],
)  # fmt: skip
def test_columns_of_opt_outs_are_known(column: str) -> None:
    [found] = propose([column], [[]])
    assert found.field == "opt_out"


@pytest.mark.parametrize("column", ["Opt-in", "HasOptedInOfEmail", "Subscribed to all email", "OPTIN_TIME"])
def test_what_is_spelled_like_them_is_none(column: str) -> None:
    [found] = propose([column], [[]])
    assert found.field == "ignore"


@pytest.mark.parametrize(
    "value", [True, 1, "1", "x", "X", "yes", "TRUE", "Ja", "2024-05-01 10:00:00", "5/1/24"]
)
def test_a_yes_is_known(value: Any) -> None:
    assert says_no(value)


@pytest.mark.parametrize("value", [False, None, 0, "0", "", "no", "False", "nein", "Subscribed"])
def test_a_no_is_known(value: Any) -> None:
    assert not says_no(value)


def test_what_is_neither_rejects_the_row(api: Api, cloud: Cloud) -> None:
    with pytest.raises(Invalid):
        says_no("perhaps")
    topic(api)
    found = run(api, cloud, "email,Opt-out\nada@example.org,perhaps\n")
    [row] = rows(api, found["id"])
    assert (row["outcome"], row["code"], row["param"]) == ("rejected", "invalid_opt_out", "opt_out")


def test_what_was_allowed_is_withdrawn_and_what_nobody_spoke_of_denied(api: Api, cloud: Cloud) -> None:
    for name in ("offers", "news"):
        topic(api, name)
    ada = customer(api, **ADA)
    say(api, ada)
    say(api, ada, channel="sms")
    found = run(api, cloud, FILE)
    assert found["counts"] == {"unchanged": 1, "created": 1}
    assert found["opted_out"] == 1
    assert [one["opted_out"] for one in rows(api, found["id"])] == [True, False]
    assert said(api, ada) == {"offers": "withdrawn", "news": "denied"}
    assert effective(api, ada)["sms", "offers"] == "granted"
    assert said(api, url_of(api, "bo@example.org")) == {}
    [offers] = [
        one
        for one in api.get(f"{ada}/consents").ok()["statements"]
        if (one["channel"], one["topic"]) == ("email", "offers")
    ]
    assert (offers["source"], offers["evidence"]) == ("import", found["id"])
    [event] = [
        one
        for one in cloud.items()
        if one.get("type") == "consent.changed" and one["data"]["state"] == "withdrawn"
    ]
    assert event["bulk"] is True
    assert event["actor"]["id"].startswith("key_")


def test_only_the_topics_that_are_named(api: Api, cloud: Cloud) -> None:
    for name in ("offers", "news"):
        topic(api, name)
    ada = customer(api, **ADA)
    run(api, cloud, FILE, opt_out_topics=["offers", "service"])
    assert said(api, ada) == {"offers": "denied", "service": "denied"}


def test_a_no_in_the_file_raises_nothing(api: Api, cloud: Cloud) -> None:
    topic(api)
    ada, bo = customer(api, **ADA), customer(api, emails=["bo@example.org"])
    say(api, bo, state="denied")
    say(api, ada)
    run(api, cloud, FILE.replace("Yes", "No"))
    assert (said(api, ada), said(api, bo)) == ({"offers": "granted"}, {"offers": "denied"})


def test_a_denial_is_not_made_less(api: Api, cloud: Cloud) -> None:
    topic(api)
    ada = customer(api, **ADA)
    say(api, ada, state="denied")
    run(api, cloud, FILE)
    [statement] = api.get(f"{ada}/consents").ok()["statements"]
    assert (statement["state"], statement["version"]) == ("denied", 1)


def test_it_holds_for_each_of_a_group_when_they_are_parted(api: Api, cloud: Cloud) -> None:
    topic(api)
    ada, bo = customer(api, **ADA), customer(api, emails=["bo@example.org"])
    say(api, bo)
    merge(api, ada, bo)
    run(api, cloud, "email,Opt-out\nbo@example.org,x\n")
    assert said(api, ada) == {"offers": "withdrawn"}
    api.post(f"{ada}/merge/undo", {"merged_id": bo.rpartition("/")[2]}).ok()
    assert said(api, ada) == said(api, bo) == {"offers": "withdrawn"}


def test_a_repeat_of_the_slice_changes_nothing_and_a_later_yes_stands(api: Api, cloud: Cloud) -> None:
    topic(api)
    ada = customer(api, **ADA)
    drive(begin(api, cloud, FILE), twice=True)
    [statement] = api.get(f"{ada}/consents").ok()["statements"]
    assert statement["version"] == 1
    say(api, ada)
    from chalicelib.transfer import import_store as store

    [imported] = api.get("/v1/imports").ok()["data"]
    job = store.get(imported["id"])
    assert job.progress is not None
    past = job.model_copy(
        update={"progress": job.progress.model_copy(update={"slice_at": job.progress.started_at})}
    )
    opting_out.take_back(past, store.get_part(job.id, "import", 0))
    assert said(api, ada) == {"offers": "granted"}


def test_undoing_leaves_what_was_taken_back_and_says_so(api: Api, cloud: Cloud) -> None:
    topic(api)
    ada = customer(api, **ADA)
    bo = customer(api, emails=["bo@example.org"])
    for one in (ada, bo):
        say(api, one)
    content = "email,name,Opt-out\nada@example.org,Ada King,1\nbo@example.org,,1\ncleo@example.org,,1\n"
    found = run(api, cloud, content)
    assert found["counts"] == {"updated": 1, "unchanged": 1, "created": 1}
    after = undo(api, cloud, found["id"])
    assert after["undone"] == {"reverted": 1, "left": 1, "deleted": 1}
    assert after["opted_out"] == 3
    assert said(api, ada) == said(api, bo) == {"offers": "withdrawn"}
    told = {one["row"]: one for one in rows(api, found["id"], "&of=undo")}
    assert [told[row]["code"] for row in (1, 2, 3)] == ["opt_out_stays", "opt_out_stays", None]
    assert told[1]["reason"] == told[2]["reason"] == "The consent that it took back stays so."
    assert len(profiles(cloud)) == 2


def test_a_dry_run_tells_and_takes_nothing_back(api: Api, cloud: Cloud) -> None:
    topic(api)
    ada = customer(api, **ADA)
    say(api, ada)
    found = run(api, cloud, FILE, dry_run=True)
    assert found["opted_out"] == 1
    assert said(api, ada) == {"offers": "granted"}


def test_a_file_without_opt_outs_asks_nothing_more(api: Api, cloud: Cloud) -> None:
    topic(api)
    identifier = begin(api, cloud, FILE.replace("Yes", "No"))
    with counted() as calls:
        drive(identifier)
    other = begin(api, cloud, "email\nada@example.org\nbo@example.org\n")
    with counted() as plain:
        drive(other)
    assert len(calls) == len(plain) + 1, "the transaction of the first one's rows"
    assert state(api, identifier)["opted_out"] == 0


def test_there_must_be_a_topic_to_opt_out_of(api: Api, cloud: Cloud) -> None:
    identifier = upload(api, cloud, FILE)
    api.post(f"/v1/imports/{identifier}/analyse", {}).ok()
    url, setup = (
        f"/v1/imports/{identifier}/start",
        {"mapping": {"email": "email", "Email Opt Out": "opt_out"}},
    )
    assert api.post(url, setup).problem(422, "invalid")["invalid_params"][0]["code"] == "no_topic"
    told = api.post(url, {**setup, "opt_out_topics": ["offers"]}).problem(422, "invalid")
    assert told["invalid_params"][0]["code"] == "unknown_topic"
    for number in range(21):
        topic(api, f"t{number}")
    told = api.post(url, setup).problem(422, "invalid")
    assert told["invalid_params"][0]["code"] == "too_many"
    api.post(url, {**setup, "opt_out_topics": ["t0"]}).ok()
