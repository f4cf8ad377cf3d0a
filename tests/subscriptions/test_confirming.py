"""The link in the mail: looking changes nothing, only the button grants, and a no stays a no."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.kernel import ids
from chalicelib.subscriptions import links
from chalicelib.subscriptions.links import Invitation
from chalicelib.subscriptions.model import VALID_FOR
from tests.api import Answer, Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.consent.statements import customer, effective, say, topic
from tests.subscriptions.signups import EMAIL, link, press, sign_up

NEWS = ("email", "news")


@pytest.fixture
def url(api: Api) -> str:
    """A customer who signed up."""
    topic(api, "news", double_opt_in=True, name="News & <b>more</b>")
    made = customer(api, emails=[EMAIL, "work@example.org"])
    sign_up(api)
    return made


@pytest.fixture
def path(cloud: Cloud, url: str) -> str:
    return link(cloud)


def _says(answer: Answer, words: str, status: int = 200) -> None:
    assert answer.status == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert words in answer.text


def _look(path: str) -> Answer:
    return Api(None).get(path)


def test_looking_changes_nothing(api: Api, cloud: Cloud, url: str, path: str) -> None:
    before = cloud.items()
    with counted() as calls:
        page = _look(path)
    assert calls == ["BatchGetItem"]
    _says(page, "Do you want “News &amp; &lt;b&gt;more&lt;/b&gt;” by e-mail?")
    assert '<form method="post">' in page.text
    assert cloud.items() == before
    assert effective(api, url) == {NEWS: "pending"}


def test_the_button_grants(api: Api, url: str, path: str) -> None:
    with counted() as calls:
        page = press(path)
    assert calls == ["BatchGetItem", "TransactWriteItems"]
    _says(page, "Thank you.")
    assert "<form" not in page.text
    [consent] = api.get(f"{url}/consents").ok()["statements"]
    assert (consent["state"], consent["source"]) == ("granted", "web form /signup")
    assert consent["confirmed_at"] == consent["occurred_at"]
    entry = api.get(f"{url}/consents/history").ok()["data"][0]
    assert entry["details"]["changes"]["state"] == {"from": "pending", "to": "granted"}
    assert entry["actor"]["id"] == "anonymous"


def test_pressing_twice_is_once(api: Api, url: str, path: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        pages = list(pool.map(press, [path] * 3))
    assert [page.status for page in pages] == [200] * 3
    _says(press(path), "You confirmed")
    _says(_look(path), "You confirmed")
    assert len(api.get(f"{url}/consents/history").ok()["data"]) == 2


def test_the_page_is_safe_and_for_everybody(path: str) -> None:
    page = _look(path)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert '<html lang="en" dir="ltr">' in page.text
    assert 'name="viewport"' in page.text
    assert "<script" not in page.text
    assert len(re.findall("<h1>", page.text)) == 1


def test_a_page_speaks_german(api: Api, cloud: Cloud) -> None:
    topic(api, "news", double_opt_in=True)
    sign_up(api, locale="de")
    page = _look(link(cloud))
    _says(page, "Möchten Sie „News“ per E-Mail?")
    assert '<html lang="de" dir="ltr">' in page.text


def test_this_was_not_me(api: Api, url: str, path: str) -> None:
    assert f'formaction="{path.removeprefix("/confirm/")}/decline"' in _look(path).text
    _says(press(f"{path}/decline"), "We will not send you")
    _says(press(f"{path}/decline"), "We will not send you")
    assert effective(api, url) == {NEWS: "denied"}
    _says(press(path), "We will not send you")
    assert effective(api, url) == {NEWS: "denied"}


def test_declining_after_confirming_withdraws(api: Api, url: str, path: str) -> None:
    press(path)
    press(f"{path}/decline")
    assert effective(api, url) == {NEWS: "withdrawn"}


def test_a_no_after_the_request_stays_a_no(api: Api, url: str, path: str) -> None:
    say(api, url, topic="news", state="denied")
    _says(_look(path), "We will not send you")
    _says(press(path), "We will not send you")
    assert effective(api, url) == {NEWS: "denied"}


def test_a_link_to_another_address_is_over(api: Api, cloud: Cloud, url: str, path: str) -> None:
    ask = {"topic": "news", "source": "call", "email": "work@example.org"}
    api.post(f"{url}/consents/confirmations", ask).ok()
    for answer in (_look(path), press(path), press(f"{path}/decline")):
        _says(answer, "no longer works", 410)
    assert effective(api, url) == {NEWS: "pending"}
    _says(press(link(cloud)), "Thank you.")


def test_an_old_link_is_over(api: Api, url: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    late = ids.now() + VALID_FOR
    monkeypatch.setattr(ids, "now", lambda: late)
    _says(_look(path), "no longer works", 410)
    _says(press(path), "no longer works", 410)
    assert effective(api, url) == {NEWS: "pending"}
    _says(press(f"{path}/decline"), "We will not send you")


def test_what_is_gone_is_over(api: Api, url: str, path: str) -> None:
    api.patch("/v1/topics/news", {"active": False}).ok()
    _says(press(path), "no longer works", 410)


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t[1:], lambda t: "A" + t[1:], lambda t: "%00"]
)
def test_a_forged_link_is_unknown(path: str, change: Any) -> None:
    forged = "/confirm/" + change(path.removeprefix("/confirm/"))
    for answer in (_look(forged), press(forged), press(f"{forged}/decline")):
        assert answer.status == 404
        assert "This link is not complete." in answer.text


def test_a_link_is_for_what_it_was_signed_for(cloud: Cloud) -> None:
    customer_id = ids.new_id("cus", ids.now())
    invitation = Invitation(customer_id, "news", links.address_hash(EMAIL), 1_900_000_000, "de")
    token = links.seal(invitation)
    assert links.unseal(token) == invitation
    assert len(token) < 250
    assert EMAIL not in token
    assert links.unseal(links.seal(invitation._replace(topic="a b"))) is None


@pytest.mark.parametrize("content", ["answer=yes", "{", "x" * 5000])
def test_what_a_form_sends_does_not_matter(url: str, path: str, content: str) -> None:
    _says(press(path, content), "Thank you.")
