"""Asking by mail: who is asked, in which language, how often, and what it changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import Conflict
from chalicelib.subscriptions.model import asked_once_more
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.consent.statements import customer, effective, merge, say, topic
from tests.mailbox import outbox
from tests.memory import caller
from tests.subscriptions.signups import EMAIL, link, sign_up

NEWS = ("email", "news")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _topic(api: Api) -> None:
    topic(api, "news", double_opt_in=True)


def test_scopes_are_checked(api: Api) -> None:
    Api(None).post("/v1/subscriptions", {}).problem(401, "unauthorized")
    body = {"email": EMAIL, "topic": "news", "source": "form"}
    caller("consent:read").post("/v1/subscriptions", body).problem(403, "missing_scope")


def test_who_is_new_becomes_a_lead_and_is_asked(api: Api, cloud: Cloud) -> None:
    asked = sign_up(api, name="Ada", locale="de-AT", evidence="“Ja, gerne.”")
    assert (asked["consent"]["state"], asked["consent"]["evidence"]) == ("pending", "“Ja, gerne.”")
    lead = api.get(f"/v1/customers/{asked['customer_id']}").ok()
    assert (lead["stage"], lead["name"], lead["locale"]) == ("lead", "Ada", "de-AT")
    link(cloud)
    [mail] = outbox()
    assert mail["To"] == EMAIL
    assert mail["Subject"] == "Bitte bestätigen: News"
    assert "Ada" not in mail.as_string(), "anybody may have typed the name"
    assert api.get(f"/v1/messages/{asked['message_id']}").ok()["status"] == "sent"


def test_who_is_known_is_asked_in_their_language(api: Api, cloud: Cloud) -> None:
    url = customer(api, emails=[EMAIL], locale="fr-FR")
    with counted() as calls:
        asked = sign_up(api, email="ADA@example.org")
    calls.remove("GetParameter")
    assert calls == ["GetItem", "GetItem", "BatchGetItem", "GetItem", "TransactWriteItems"]
    assert asked["customer_id"] == url.rpartition("/")[2]
    link(cloud)
    assert outbox()[0]["Subject"] == "Please confirm: News", "of those that we have"


def test_a_customer_is_asked_at_one_of_their_addresses(api: Api, cloud: Cloud) -> None:
    url = customer(api, emails=[EMAIL, "work@example.org"])
    ask = {"topic": "news", "source": "phone call"}
    problem = api.post(f"{url}/consents/confirmations", {**ask, "email": "eve@example.org"})
    assert problem.problem(422, "invalid")["invalid_params"][0]["code"] == "not_theirs"
    api.post(f"{url}/consents/confirmations", {**ask, "email": "WORK@example.org"}).ok()
    link(cloud)
    assert outbox()[0]["To"] == "WORK@example.org"
    assert effective(api, url) == {NEWS: "pending"}
    api.post(f"{customer(api)}/consents/confirmations", ask).problem(422, "no_address")


@pytest.mark.parametrize(
    "wrong", [{"topic": "nothing"}, {"topic": "service"}, {"email": "x"}, {"source": ""}]
)
def test_what_is_wrong_is_refused(api: Api, wrong: dict[str, Any]) -> None:
    body = {"email": EMAIL, "topic": "news", "source": "form"} | wrong
    api.post("/v1/subscriptions", body).problem(422, "invalid")
    assert api.get(f"/v1/customers?email={EMAIL}").ok()["data"] == []


def test_an_address_is_asked_once_an_hour(api: Api, cloud: Cloud) -> None:
    sign_up(api)
    again = api.post("/v1/subscriptions", {"email": EMAIL.upper(), "topic": "news", "source": "form"})
    problem = again.problem(409, "asked_recently")
    assert 3500 < problem["retry_after"] <= 3601
    assert again.headers["Retry-After"] == str(problem["retry_after"])
    topic(api, "offers", double_opt_in=True)
    sign_up(api, topic="offers")
    cloud.pump()
    assert len(outbox()) == 2


def test_who_agreed_is_not_asked_again(api: Api, cloud: Cloud) -> None:
    first = sign_up(api)
    Api(None).post(link(cloud))
    again = sign_up(api)
    assert (again["consent"]["state"], again["message_id"]) == ("granted", None)
    assert again["customer_id"] == first["customer_id"]


def test_one_click_suffices_where_double_opt_in_is_not(api: Api, cloud: Cloud) -> None:
    topic(api, "offers")
    asked = sign_up(api, topic="offers")
    assert (asked["consent"]["state"], asked["message_id"]) == ("granted", None)


def test_who_said_no_is_asked_even_there(api: Api, cloud: Cloud) -> None:
    topic(api, "offers")
    url = customer(api, emails=[EMAIL])
    say(api, url, state="denied")
    assert sign_up(api, topic="offers")["consent"]["state"] == "pending"
    assert link(cloud)


def test_taking_it_down_again_keeps_the_link_alive(api: Api, cloud: Cloud) -> None:
    url = customer(api, emails=[EMAIL])
    sign_up(api)
    path = link(cloud)
    assert say(api, url, topic="news")["state"] == "pending"
    Api(None).post(path)
    assert effective(api, url) == {NEWS: "granted"}


def test_a_grant_of_whom_they_were_merged_with_is_not_lost(api: Api, cloud: Cloud) -> None:
    url, other = customer(api, emails=[EMAIL]), customer(api)
    topic(api, "offers")
    say(api, other)
    merge(api, url, other)
    api.patch("/v1/topics/offers", {"double_opt_in": True}).ok()
    asked = api.post(f"{url}/consents/confirmations", {"topic": "offers", "source": "call"}).ok()
    assert (asked["consent"]["state"], asked["message_id"]) == ("granted", None)


def _times(*minutes_ago: int) -> list[datetime]:
    return [NOW - timedelta(minutes=one) for one in minutes_ago]


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ((), 0),
        ((61,), 0),
        ((59,), 60),
        ((60,), 0),
        ((1400, 1300, 1200, 1100), 0),
        ((1400, 1300, 1200, 1100, 1000), 40 * 60),
        ((1441, 1300, 1200, 1100, 1000), 0),
        ((1400, 1300, 1200, 1100, 30), 40 * 60),
    ],
)
def test_how_often(asked: tuple[int, ...], wait: int) -> None:
    if not wait:
        assert asked_once_more(_times(*asked), NOW)[-1] == NOW
        return
    with pytest.raises(Conflict) as refused:
        asked_once_more(_times(*asked), NOW)
    assert refused.value.extra["retry_after"] == wait + 1


@given(st.lists(st.integers(1, 600), max_size=60))
def test_never_more_than_five_a_day_nor_two_an_hour(pauses: list[int]) -> None:
    now = NOW
    asked: list[datetime] = []
    mailed: list[datetime] = []
    for minutes in pauses:
        now += timedelta(minutes=minutes)
        try:
            asked = asked_once_more(asked, now)
        except Conflict:
            continue
        mailed.append(now)
        assert len([at for at in mailed if at > now - timedelta(days=1)]) <= 5
        assert len([at for at in mailed if at > now - timedelta(hours=1)]) == 1
        assert len(asked) <= 5
