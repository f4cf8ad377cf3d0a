"""The list of addresses that get no mail: by hand, by bounces, looked up and lifted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from chalicelib.mail import bouncing, erasure, suppression
from chalicelib.mail.bouncing import Failed
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox
from tests.memory import caller

BOB = "bob@example.net"
NOW = datetime.now(UTC)


def _soft(*days_ago: int, now: datetime = NOW) -> None:
    for days in days_ago:
        bouncing.note([Failed(BOB, "soft", now - timedelta(days=days))], now)


def _write(api: Api, cloud: Cloud) -> str:
    message = api.post("/v1/messages", {"email": BOB, "subject": "Hi", "text": "Hello."}).ok(201)
    cloud.pump()
    return str(api.get(f"/v1/messages/{message['id']}").ok()["status"])


def test_scopes(cloud: Cloud) -> None:
    Api(None).get("/v1/suppressions").problem(401, "unauthorized")
    caller("messages:write").get("/v1/suppressions").problem(403, "missing_scope")
    caller("suppressions:read").post("/v1/suppressions", {}).problem(403, "missing_scope")


def test_an_address_is_suppressed_and_lifted(api: Api, cloud: Cloud) -> None:
    made = api.post("/v1/suppressions", {"email": BOB, "note": "Asked by phone"}).ok(201)
    assert (made["reason"], made["until"]) == ("manual", None)
    assert made["source"].startswith("key_")
    assert api.get("/v1/suppressions?email=BOB@example.net").ok()["data"] == [made]
    assert api.get("/v1/suppressions").ok()["data"] == [made]
    assert BOB not in str(cloud.items())
    assert _write(api, cloud) == "suppressed"
    url = f"/v1/suppressions/{made['id']}/lift"
    api.post(url, {}).problem(422, "invalid")
    api.post(url, {"note": "Asked again"}).ok(204)
    api.post(url, {"note": "Asked again"}).problem(404, "no_such_suppression")
    assert api.get(f"/v1/suppressions?email={BOB}").ok()["data"] == []
    assert _write(api, cloud) == "sent"
    types = {item["type"] for item in cloud.items() if str(item.get("type")).startswith("suppression.")}
    assert types == {"suppression.added", "suppression.lifted"}


def test_soft_bounces_on_three_days_leave_an_address_alone_for_a_month(api: Api, cloud: Cloud) -> None:
    _soft(6, 3)
    assert suppression.of_address(BOB) is None
    assert api.get("/v1/suppressions").ok()["data"] == []
    assert _write(api, cloud) == "sent"
    _soft(3)
    assert suppression.of_address(BOB) is None
    _soft(0)
    [found] = api.get(f"/v1/suppressions?email={BOB}").ok()["data"]
    assert found["reason"] == "soft_bounces"
    until = datetime.fromisoformat(found["until"])
    assert abs(until - NOW - timedelta(days=30)) < timedelta(minutes=1)
    assert _write(api, cloud) == "suppressed"
    assert len(outbox()) == 1


def test_old_soft_bounces_are_forgotten(cloud: Cloud) -> None:
    _soft(12, 11)
    _soft(20)
    _soft(0, now=NOW + timedelta(days=5))
    assert suppression.of_address(BOB) is None


def test_who_is_erased_stays_suppressed_whatever_was_counted(cloud: Cloud) -> None:
    _soft(0)
    work = Work()
    assert erasure.suppress_erased(work, [BOB]) == 1
    commit(work)
    found = suppression.of_address(BOB)
    assert found is not None
    assert (found.reason, found.until) == ("erased", None)
