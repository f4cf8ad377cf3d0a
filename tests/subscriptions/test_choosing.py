"""The links below a campaign's mail: looking changes nothing, one click leaves, the page chooses."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.api import Answer, Api
from tests.cloud import Cloud
from tests.consent.statements import customer, effective, merge, say, topic
from tests.mailbox import outbox, sent_bytes

NEWS, OFFERS = ("email", "news"), ("email", "offers")
BASE = "https://api.shop.example"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def url(api: Api) -> str:
    """A customer who allows news, not offers."""
    topic(api, "news", name="News & <b>more</b>")
    topic(api, "offers")
    made = customer(api, emails=["ada@example.org"], locale="de-AT")
    say(api, made, topic="news")
    return made


def _mail(api: Api, cloud: Cloud, url: str, **more: Any) -> Any:
    body = {"customer_id": url.rpartition("/")[2], "subject": "Hi", "text": "Hello.", "topic": "news", **more}
    api.post("/v1/messages", body).ok(201)
    cloud.pump()
    return outbox()[-1]


@pytest.fixture
def path(api: Api, cloud: Cloud, url: str) -> str:
    """The path of the link to unsubscribe."""
    return str(_mail(api, cloud, url)["List-Unsubscribe"]).strip("<>").removeprefix(BASE)


def _press(path: str, **fields: Any) -> Answer:
    return Api(None).post(path, urlencode(fields, doseq=True), Content_Type=FORM)


def test_a_campaign_can_be_left_by_one_click(api: Api, cloud: Cloud, url: str) -> None:
    mail = _mail(api, cloud, url, html="<html><body><p>Hi</p></body></html>")
    raw = sent_bytes()[-1]
    [line] = re.findall(rb"(?m)^List-Unsubscribe: (.*?)\r?$", raw)
    assert re.fullmatch(rb"<https://api\.shop\.example/unsubscribe/[A-Za-z0-9_-]+>", line), (
        "unfolded, not encoded"
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = line.decode().strip("<>")
    text, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
    assert f"Abmelden: {link}" in text
    assert f'<a href="{link}">Abmelden</a>' in html
    assert html.index(link) < html.index("</body>")
    assert link.replace("unsubscribe", "preferences") in text


def test_an_answer_has_no_such_link(api: Api, cloud: Cloud, url: str) -> None:
    for about in (None, "service"):
        assert _mail(api, cloud, url, topic=about)["List-Unsubscribe"] is None


def test_a_template_places_the_link_itself(api: Api, cloud: Cloud, url: str) -> None:
    says = {"en": {"subject": "x", "text": "Bye: {{ unsubscribe_url }} or {{ preferences_url }}"}}
    made = api.post("/v1/templates", {"key": "t", "name": "T", "contents": says}).ok(201)
    api.post(f"/v1/templates/{made['id']}/publish", {}).ok()
    body = {"customer_id": url.rpartition("/")[2], "template": "t", "topic": "news"}
    message = api.post("/v1/messages", body).ok(201)
    cloud.pump()
    text = outbox()[-1].get_content()
    assert re.fullmatch(rf"Bye: {BASE}/unsubscribe/(\S+) or {BASE}/preferences/\1\s*", text)
    assert BASE not in api.get(f"/v1/messages/{message['id']}/content").ok()["text"], (
        "it is the reader's alone"
    )


def test_looking_changes_nothing(api: Api, cloud: Cloud, url: str, path: str) -> None:
    before = cloud.items()
    page = Api(None).get(path)
    assert page.status == 200
    assert "„News &amp; &lt;b&gt;more&lt;/b&gt;“ abbestellen?" in page.text
    assert Api(None).get(path.replace("unsubscribe", "preferences")).status == 200
    assert cloud.items() == before


def test_one_click_leaves_once(api: Api, url: str, path: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        pages = list(pool.map(lambda _: _press(path, **{"List-Unsubscribe": "One-Click"}), range(3)))
    assert {page.status for page in pages} == {200}
    assert "nicht mehr per E-Mail" in _press(path).text
    assert effective(api, url) == {NEWS: "withdrawn"}
    history = api.get(f"{url}/consents/history").ok()["data"]
    assert len(history) == 2
    assert history[0]["details"]["source"] == "unsubscribe link"
    assert "msg_" in history[0]["details"]["evidence"]
    assert history[0]["actor"]["id"] == "anonymous"


def test_leaving_holds_for_whom_they_were_merged_into(api: Api, url: str, path: str) -> None:
    survivor = customer(api, emails=["other@example.org"])
    merge(api, survivor, url)
    _press(path)
    assert effective(api, survivor)[NEWS] == "withdrawn"


@pytest.mark.parametrize("path", ["/unsubscribe/x", "/preferences/x", "/unsubscribe/eHh4"])
def test_a_forged_link_is_none(api: Api, path: str) -> None:
    for answer in (Api(None).get(path), _press(path)):
        assert answer.status == 404
        assert "This link is not complete." in answer.text


def test_who_is_gone_gets_no_error(api: Api, cloud: Cloud, url: str, path: str) -> None:
    gone = url.rpartition("/")[2]
    api.post(f"{url}/erasure", {"confirm": gone}).ok(201)
    cloud.pump()
    assert _press(path).status == 200
    assert Api(None).get(path.replace("unsubscribe", "preferences")).status == 404


@pytest.fixture
def preferences(path: str) -> str:
    return path.replace("unsubscribe", "preferences")


def test_the_page_shows_what_holds(api: Api, url: str, preferences: str) -> None:
    say(api, url, topic="offers", channel="sms")
    page = Api(None).get(preferences).text
    assert '<html lang="de" dir="ltr">' in page
    assert re.findall(r'name="on" value="([^"]+)"( checked)?', page) == [
        ("email:news", " checked"),
        ("email:offers", ""),
        ("sms:offers", " checked"),
    ]
    assert '<option value="de" lang="de" selected>' in page
    assert "script" not in page


def test_each_box_is_a_choice(api: Api, url: str, preferences: str) -> None:
    shown = ["email:news", "email:offers"]
    page = _press(preferences, shown=shown, on=["email:offers"], language="fr")
    assert 'role="status">Enregistré.' in page.text
    assert effective(api, url) == {NEWS: "withdrawn", OFFERS: "granted"}
    assert api.get(url).ok()["locale"] == "fr"
    before = api.get(f"{url}/consents/history").ok()
    _press(preferences, shown=shown, on=["email:offers"], language="fr")
    assert api.get(f"{url}/consents/history").ok() == before, "the same again changes nothing"


def test_a_box_that_was_not_shown_stays(api: Api, url: str, preferences: str) -> None:
    _press(preferences, shown=["email:offers"])
    assert effective(api, url) == {NEWS: "granted"}
    _press(preferences, shown=["email:nothing", "fax:news", "x"], on=["email:nothing", "sms:news"])
    assert effective(api, url) == {NEWS: "granted"}


def test_everything_can_be_left_at_once(api: Api, url: str, preferences: str) -> None:
    say(api, url, topic="offers", channel="sms")
    _press(preferences, nothing="yes", on=["email:news"], shown=["email:news"])
    assert set(effective(api, url).values()) == {"withdrawn"}


def test_a_topic_with_double_opt_in_is_asked_about_by_mail(
    api: Api, cloud: Cloud, url: str, preferences: str
) -> None:
    topic(api, "letters", double_opt_in=True)
    page = _press(preferences, shown=["email:letters"], on=["email:letters"])
    assert "wartet, bis Sie es mit der E-Mail bestätigen" in page.text
    assert effective(api, url)["email", "letters"] == "pending"
    cloud.pump()
    assert f"{BASE}/confirm/" in outbox()[-1].get_content()
    _press(preferences, shown=["email:letters"])
    _press(preferences, shown=["email:letters"], on=["email:letters"])
    assert effective(api, url)["email", "letters"] == "withdrawn", (
        "asked not long ago: that link still grants"
    )


def test_a_form_of_another_kind_is_refused(preferences: str) -> None:
    assert (
        Api(None).post(preferences, "&".join(f"a{n}=1" for n in range(3_000)), Content_Type=FORM).status
        == 400
    )
