"""Consents over HTTP: what was said holds, older news does not, and merging never allows more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.consent import service as consent
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.consent.statements import SAID, customer, effective, merge, say, topic
from tests.memory import caller

OFFERS = ("email", "offers")


def _id(url: str) -> str:
    return url.rpartition("/")[2]


@pytest.fixture
def url(api: Api) -> str:
    topic(api)
    return customer(api, emails=["ada@example.org"])


def test_scopes_are_checked(cloud: Cloud) -> None:
    nobody = "/v1/customers/cus_01J00000000000000000000000"
    Api(None).get(f"{nobody}/consents").problem(401, "unauthorized")
    reader = caller("consent:read")
    reader.post(f"{nobody}/consents", SAID).problem(403, "missing_scope")
    reader.get(f"{nobody}/consents").problem(404, "no_such_customer")


def test_what_was_said_holds(api: Api, url: str) -> None:
    given = say(api, url, evidence="“Yes, send me offers.”", occurred_at="2026-01-02T10:00:00+01:00")
    assert (given["state"], given["version"]) == ("granted", 1)
    assert given["occurred_at"] == "2026-01-02T09:00:00.000Z"
    answer = api.get(f"{url}/consents").ok()
    assert answer["statements"] == [given]
    assert answer["effective"] == [
        {"channel": "email", "topic": "offers", "state": "granted", "allowed": True}
    ]
    assert consent.allowed(_id(url), "email", "offers")
    assert not consent.allowed(_id(url), "sms", "offers"), "unknown is not granted"
    assert say(api, url, state="withdrawn")["version"] == 2
    assert not consent.allowed(_id(url), "email", "offers")


def test_a_statement_is_three_calls_and_the_question_one(api: Api, url: str) -> None:
    with counted() as calls:
        say(api, url)
    assert calls == ["GetItem", "BatchGetItem", "TransactWriteItems"]
    with counted() as calls:
        consent.allowed(_id(url), "email", "offers")
    assert calls == ["BatchGetItem"]


def test_the_same_again_changes_nothing(api: Api, cloud: Cloud, url: str) -> None:
    first = say(api, url)
    assert say(api, url) == first
    assert [one["type"] for one in api.get(f"{url}/consents/history").ok()["data"]] == ["consent.changed"]


def test_a_version_that_is_over_is_412(api: Api, url: str) -> None:
    assert say(api, url)["version"] == 1
    no = {"channel": "email", "topic": "offers", "state": "withdrawn", "source": "phone"}
    api.post(f"{url}/consents", no, If_Match='"7"').problem(412, "stale")
    assert api.post(f"{url}/consents", no, If_Match='"1"').ok()["version"] == 2


def test_older_news_is_kept_but_changes_nothing(api: Api, url: str) -> None:
    say(api, url, state="denied", occurred_at="2026-02-01T00:00:00Z")
    late = say(api, url, occurred_at="2026-01-01T00:00:00Z", evidence="paper form")
    assert (late["state"], late["version"]) == ("denied", 1)
    newest, oldest = api.get(f"{url}/consents/history").ok()["data"]
    assert (newest["type"], newest["data"]["state"]) == ("consent.changed", "denied")
    assert (oldest["type"], oldest["data"]["state"]) == ("consent.noted", "granted")
    assert oldest["details"]["evidence"] == "paper form"


def test_of_one_time_the_stricter_holds(api: Api, url: str) -> None:
    at = {"occurred_at": "2026-02-01T00:00:00Z"}
    say(api, url, state="denied", **at)
    assert say(api, url, **at)["state"] == "denied"
    say(api, url, topic="offers", channel="sms", **at)
    assert say(api, url, channel="sms", state="denied", **at)["state"] == "denied"


def test_history_says_who_what_and_where_and_nothing_private_is_published(
    api: Api, cloud: Cloud, url: str
) -> None:
    say(api, url, evidence="secret wording")
    say(api, url, state="withdrawn", source="phone")
    page = api.get(f"{url}/consents/history?limit=1").ok()
    assert page["data"][0]["details"] == {
        "basis": "consent", "source": "phone", "changes": {"state": {"from": "granted", "to": "withdrawn"}}
    }  # fmt: skip
    assert page["data"][0]["summary"] == "offers by email: withdrawn"
    rest = api.get(f"{url}/consents/history?limit=1&cursor={page['next_cursor']}").ok()["data"]
    assert [one["details"]["changes"]["state"]["to"] for one in rest] == ["granted"]
    published = str([item["data"] for item in cloud.items() if item.get("type", "").startswith("consent.")])
    assert "secret" not in published
    assert "web form" not in published


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": "nothing"},
        {"occurred_at": (datetime.now(UTC) + timedelta(days=1)).isoformat()},
        {"state": "pending"},
        {"channel": "pigeon"},
        {"basis": "because"},
        {"source": ""},
        {"evidence": "x" * 1001},
    ],
)
def test_what_is_wrong_is_refused(api: Api, url: str, wrong: dict[str, Any]) -> None:
    api.post(f"{url}/consents", SAID | wrong).problem(422, "invalid")
    assert effective(api, url) == {}


def test_statements_at_the_same_time_are_all_heard(api: Api, url: str) -> None:
    states = ["granted", "denied", "granted", "withdrawn"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: say(api, url, state=states[n], source=f"form {n}"), range(4)))
    said = [one["type"] for one in api.get(f"{url}/consents/history").ok()["data"]]
    assert len(said) == 4


def test_service_needs_no_consent_and_can_be_denied(api: Api, url: str) -> None:
    assert consent.allowed(_id(url), "phone", "service")
    say(api, url, channel="phone", topic="service", state="denied")
    assert not consent.allowed(_id(url), "phone", "service")
    assert consent.allowed(_id(url), "email", "service")


def test_a_grant_by_mail_waits_where_double_opt_in_is(api: Api, url: str) -> None:
    topic(api, "news", double_opt_in=True)
    assert say(api, url, topic="news")["state"] == "pending"
    assert say(api, url, topic="news", channel="sms")["state"] == "granted"
    assert not consent.allowed(_id(url), "email", "news")
    assert say(api, url, topic="news", state="denied")["state"] == "denied"


def test_an_ended_topic_allows_nothing(api: Api, url: str) -> None:
    say(api, url)
    api.patch("/v1/topics/offers", {"active": False}).ok()
    assert not consent.allowed(_id(url), "email", "offers")
    api.post(f"{url}/consents", SAID).problem(422, "invalid")


def test_the_strictest_of_merged_customers_holds(api: Api, cloud: Cloud, url: str) -> None:
    other = customer(api)
    say(api, url)
    say(api, url, channel="sms")
    say(api, other, state="denied")
    merge(api, url, other)
    assert effective(api, url) == effective(api, other) == {OFFERS: "denied", ("sms", "offers"): "granted"}
    group = [_id(url), _id(other)]
    assert not consent.allowed(group, "email", "offers")
    assert consent.allowed(group, "sms", "offers")


def test_somebody_merged_can_still_say_yes(api: Api, cloud: Cloud, url: str) -> None:
    other = customer(api)
    say(api, other, state="denied", occurred_at="2026-01-01T00:00:00Z")
    merge(api, url, other)
    assert say(api, other)["customer_id"] == _id(url), "the survivor speaks for both"
    assert effective(api, url) == {OFFERS: "granted"}
    stated = {one["customer_id"]: one["state"] for one in api.get(f"{url}/consents").ok()["statements"]}
    assert stated == {_id(url): "granted", _id(other): "denied"}
    api.post(f"{url}/merge/undo", {"merged_id": _id(other)}).ok()
    assert effective(api, url) == {OFFERS: "granted"}
    assert effective(api, other) == {OFFERS: "denied"}, "as before the merge"


def test_a_no_said_while_they_were_one_stays_with_each(api: Api, cloud: Cloud, url: str) -> None:
    other = customer(api)
    say(api, other)
    merge(api, url, other)
    say(api, url, state="withdrawn")
    say(api, url, topic="service", state="denied")
    api.post(f"{url}/merge/undo", {"merged_id": _id(other)}).ok()
    said = {OFFERS: "withdrawn", ("email", "service"): "denied"}
    assert effective(api, url) == effective(api, other) == said
    assert api.get(f"{other}/consents/history").ok()["data"][0]["data"]["state"] == "denied"


def test_whoever_is_about_to_call_can_ask(api: Api, cloud: Cloud, url: str) -> None:
    say(api, url, channel="phone")
    asked = f"{url}/consents/permission?channel=phone&topic=offers"
    with counted() as calls:
        answer = api.get(asked).ok()
    assert calls == ["GetItem", "BatchGetItem"]
    assert answer == {
        "customer_id": _id(url), "channel": "phone", "topic": "offers", "allowed": True
    }  # fmt: skip
    other = customer(api)
    say(api, other, channel="phone", state="denied")
    merge(api, url, other)
    assert api.get(asked).ok()["allowed"] is False
    assert api.get(f"{url}/consents/permission?channel=phone&topic=nothing").ok()["allowed"] is False
    nobody = asked.replace(_id(url), "cus_01J00000000000000000000000")
    api.get(nobody).problem(404, "no_such_customer")


def test_everything_is_exported_and_erased(
    api: Api, cloud: Cloud, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(api, url)
    say(api, url, channel="sms", state="denied")
    api.patch(f"{url}/preferences", {"interests": ["looms"]}).ok()
    kinds = [one["kind"] for one in consent.export_of(_id(url))]
    assert kinds == ["consent", "consent", "preferences"]
    monkeypatch.setattr(consent, "ERASED_AT_ONCE", 2)
    for expected in ({"consents": 2}, {"consents": 1}, {}):
        work = Work()
        assert consent.erase(work, _id(url)) == expected
        commit(work)
    assert [item for item in cloud.items() if item["sk"].startswith("PROFILE#")] == []
    assert api.get(url).ok()["name"] == "Ada"
