"""Links to one's own tickets: mailed on request without telling who is known, made by staff, and refused."""

from __future__ import annotations

import re

import pytest

from chalicelib.kernel import tokens
from chalicelib.portal import model
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import outbox
from tests.memory import caller
from tests.portal.links import ask, base, made, mailed_path
from tests.privacy.people import erase


@pytest.fixture
def ada(api: Api) -> str:
    body = {"name": "Ada", "emails": ["Ada@example.org", "second@example.org"], "locale": "de-AT"}
    identifier: str = api.post("/v1/customers", body).ok(201)["id"]
    return identifier


def test_a_customer_gets_one_mail_and_a_stranger_none(cloud: Cloud, ada: str) -> None:
    tokens.key("portal")  # read once a process
    for email in ("second@example.org", "stranger@example.org"):
        with counted() as calls:
            answer = ask(email)
        assert (answer.status, answer.text) == (202, "")
        assert calls == ["BatchGetItem", "TransactWriteItems"], "neither words nor work tell who is known"
    cloud.pump(twice=True, seed=3)
    [mail] = outbox()
    assert mail["To"] == "second@example.org"
    assert mail["Subject"] == "Ihre Anfragen bei Shop"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert not [item for item in cloud.items() if "stranger" in str(item)], "the address is forgotten"


def test_the_link_is_its_readers_alone(api: Api, cloud: Cloud, ada: str) -> None:
    token = mailed_path(cloud).rpartition("/")[2]
    assert token not in str(cloud.items())
    entry = api.get(f"/v1/customers/{ada}/timeline").ok()["data"][-2]
    assert "/my/" not in str(entry)
    assert api.get(base(token)).ok()["data"] == []


def test_an_address_is_mailed_five_times_a_day_and_nothing_tells(cloud: Cloud, ada: str) -> None:
    for _ in range(model.MOST_TO_ADDRESS + 2):
        assert ask().status == 202
    cloud.pump()
    assert len(outbox()) == model.MOST_TO_ADDRESS


def test_a_visitor_asks_so_often(cloud: Cloud) -> None:
    for number in range(model.MOST_OF_VISITOR):
        assert ask(f"nobody{number}@example.org").status == 202
    assert ask("another@example.org").problem(409, "too_many_requests")["retry_after"]


def test_what_is_no_address_is_refused(api: Api) -> None:
    for email in ("nobody", "a@b\r\nBcc: eve@example.org", ""):
        ask(email).problem(422, "invalid")


def test_staff_make_a_link_with_a_scope_of_its_own(api: Api, ada: str) -> None:
    answer = api.post(f"/v1/customers/{ada}/portal-links", {"valid_days": 1}).ok(201)
    assert answer["url"].startswith("https://api.shop.example/my/")
    url = f"/v1/customers/{ada}/portal-links"
    caller("tickets:write", "customers:write").post(url, {}).problem(403, "missing_scope")
    api.post(url, {"valid_days": 31}).problem(422, "invalid")
    api.post("/v1/customers/cus_01J00000000000000000000000/portal-links", {}).problem(404, "no_such_customer")
    [event] = [
        one
        for one in api.get(f"/v1/customers/{ada}/timeline").ok()["data"]
        if one["type"] == "portal.link_made"
    ]
    assert event["actor"]["id"].startswith("key_")


def _sealed(payload: str, purpose: tokens.Purpose = "portal") -> str:
    return tokens.seal(purpose, payload)


def test_a_forged_or_expired_token_opens_nothing(api: Api, ada: str) -> None:
    good = made(api, ada)
    ulid = ada.removeprefix("cus_")
    which = "01J00000000000000000000000"
    refused = {
        "x": (404, "no_such_link"),
        good[:-1]: (404, "no_such_link"),
        good[:-2] + ("aa" if good[-2:] != "aa" else "bb"): (404, "no_such_link"),
        _sealed(f"{ulid} {which} 9999999999", "preferences"): (404, "no_such_link"),
        _sealed(f"{ulid} {which} 9999999999 x"): (404, "no_such_link"),
        _sealed(f"{ulid} {which} 1"): (403, "link_expired"),
        _sealed(f"{ulid} {which} 9999999999"): (403, "link_revoked"),
        _sealed(f"{which} {which} 9999999999"): (404, "no_such_customer"),
    }
    for token, (status, code) in refused.items():
        Api(None).get(base(token)).problem(status, code)
        Api(None).post(base(token), {"subject": "x", "text": "x"}).problem(status, code)
        page = Api(None).get(f"/my/{token}")
        assert page.status == (404 if code == "no_such_link" else 410)
        assert 'href="../my"' in page.text
        assert Api(None).post(f"/my/{token}", "subject=x&text=x").status == page.status
    assert Api(None).get(base(good)).status == 200


def test_who_was_erased_has_no_link(api: Api, cloud: Cloud, ada: str) -> None:
    path = mailed_path(cloud)
    erase(api, cloud, ada)
    Api(None).get(base(path.rpartition("/")[2])).problem(404, "no_such_customer")
    page = Api(None).get(path, Accept_Language="de")
    assert (page.status, "Hier ist nichts mehr." in page.text) == (410, True)


def test_a_stranger_learns_nothing_by_the_page(cloud: Cloud, ada: str) -> None:
    entrance = Api(None).get("/my", Accept_Language="fr-CA, en")
    assert "Voir vos demandes" in entrance.text
    assert re.search(r'<label[^>]* for="email">', entrance.text)
    pages = {Api(None).post("/my", f"email={email}").text for email in ("ada@example.org", "x@example.org")}
    assert len(pages) == 1
    cloud.pump()
    assert len(outbox()) == 1


def test_one_link_is_revoked_and_the_others_work_on(api: Api, cloud: Cloud, ada: str) -> None:
    mailed = mailed_path(cloud).rpartition("/")[2]
    leaked, kept = made(api, ada), made(api, ada, valid_days=1)
    url = f"/v1/customers/{ada}/portal-links"
    newest, second, oldest = api.get(url).ok()["data"]
    assert [one["how"] for one in (newest, second, oldest)] == ["made", "made", "mailed"]
    assert set(newest) == {"id", "how", "created_at", "expires_at"}, "neither addresses nor tokens"
    assert api.get(f"{url}?limit=1").ok()["data"] == [newest]
    with counted() as calls:
        Api(None).get(base(leaked)).ok()
    assert calls == ["BatchGetItem", "Query"], "a token is checked by one call"
    api.delete(f"{url}/{second['id']}").ok(204)
    Api(None).get(base(leaked)).problem(403, "link_revoked")
    page = Api(None).get(f"/my/{leaked}")
    assert (page.status, 'href="../my"' in page.text) == (410, True)
    for token in (kept, mailed):
        Api(None).get(base(token)).ok()
    assert [one["id"] for one in api.get(url).ok()["data"]] == [newest["id"], oldest["id"]]
    api.delete(f"{url}/{second['id']}").problem(404, "no_such_link")
    entry = api.get(f"/v1/customers/{ada}/timeline").ok()["data"][0]
    assert (entry["type"], entry["data"]["link_id"]) == ("portal.link_revoked", second["id"])
    assert entry["type"] in str(api.get(f"/v1/audit?entity_id={ada}").ok()["data"])
    caller("customers:write").delete(f"{url}/{newest['id']}").problem(403, "missing_scope")


def test_links_of_a_merged_customer_are_listed_and_revoked_with_whom_goes_on(api: Api, ada: str) -> None:
    twin = api.post("/v1/customers", {"name": "Ada L."}).ok(201)["id"]
    token = made(api, twin)
    api.post(f"/v1/customers/{ada}/merge", {"merged_id": twin}).ok()
    Api(None).get(base(token)).ok()
    url = f"/v1/customers/{ada}/portal-links"
    [link] = api.get(url).ok()["data"]
    api.delete(f"{url}/{link['id']}").ok(204)
    Api(None).get(base(token)).problem(403, "link_revoked")
    assert api.get(url).ok()["data"] == []
    api.get("/v1/customers/cus_01J00000000000000000000000/portal-links").problem(404, "no_such_customer")
    api.delete(f"/v1/customers/cus_01J00000000000000000000000/portal-links/{link['id']}").problem(
        404, "no_such_link"
    )
