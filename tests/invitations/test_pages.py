"""The pages of a survey: steps, languages, and whatever is sent that should not be: a clear page each."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.invitations import links, store
from chalicelib.kernel import ids
from tests.api import Api
from tests.cloud import Cloud
from tests.invitations.inviting import customer, fields, invite, look, path, send, title
from tests.surveys.making import SPEED, published

PUBLIC = "/surveys/delivery"
THANKS = "Thank you. Your answer has arrived."
ALREADY = "We have your answer already. Thank you."


def _responses(api: Api, cloud: Cloud) -> list[dict[str, Any]]:
    cloud.pump()
    found: list[dict[str, Any]] = api.get("/v1/feedback").ok()["data"]
    return found


def test_a_question_that_depends_on_the_score_is_asked_in_a_second_step(api: Api, cloud: Cloud) -> None:
    published(api, public=True)
    first = look(PUBLIC)
    assert fields(first).offered == {"score", "speed", "comment"}
    assert "Continue" in first.text
    second = send(PUBLIC, first, score=2, speed=5, comment="Long wait")
    assert (second.status, "There is one more thing to ask." in second.text) == (200, True)
    assert fields(second).offered == {"score", "reason", "speed", "comment"}
    assert fields(second).chosen == {"score": "2", "speed": "5"}
    assert "Long wait" in second.text, "nothing typed is lost"
    assert _responses(api, cloud) == []
    third = send(PUBLIC, second, score=2, speed=5, comment="Long wait")
    assert (third.status, 'aria-describedby="reason-wrong"' in third.text) == (422, True)
    assert title(send(PUBLIC, third, score=9, reason="late", comment="Long wait")) == THANKS
    (stored,) = _responses(api, cloud)
    assert (stored["score"], stored["answers"]) == (9, {}), "an answer that applies no more is dropped"
    assert (stored["invited"], stored["channel"], stored["survey_version"]) == (False, "web", 1)


def test_what_is_sent_wrong_is_said_and_nothing_is_recorded(api: Api, cloud: Cloud) -> None:
    published(api, public=True)
    page = look(PUBLIC + "?score=99")
    assert fields(page).chosen == {}
    hostile: list[dict[str, Any]] = [
        {},
        {"score": 11},
        {"score": "９"},
        {"score": "1e1"},
        {"score": 9, "speed": 7},
        {"score": 9, "speed": "<b>"},
        {"score": 9, "comment": "x" * 5001},
        {"score": 9, "comment": "a\x00b"},
        {"score": 9, "comment": "x" * 100_000},
    ]
    for sent in hostile:
        answer = send(PUBLIC, page, **sent)
        assert (answer.status, 'role="alert"' in answer.text) == (422, True), sent
        assert "<b>" not in answer.text
    assert send(PUBLIC, page, score=9, colour="red", version=1).status == 200, "what nobody asks is dropped"
    (stored,) = _responses(api, cloud)
    assert stored["answers"] == {}


def test_scripts_and_formulas_are_words(api: Api, cloud: Cloud) -> None:
    text = {"id": "more", "type": "text", "text": {"en": "More <i>?</i>"}}
    published(
        api, public=True, questions=[text, SPEED | {"required": True}], texts={"en": {"title": "<b>Hi"}}
    )
    said = '"><script>alert(1)</script>\n=HYPERLINK("http://x")'
    answer = send(PUBLIC, look(PUBLIC), score=9, more=said, comment=said)
    assert answer.status == 422
    assert "<script" not in answer.text
    assert "<b>Hi" not in answer.text
    assert "<i>" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert title(send(PUBLIC, answer, score=9, speed=3, more=said, comment=said)) == THANKS
    (stored,) = _responses(api, cloud)
    assert (stored["comment"], stored["answers"]["more"]) == (said, said)


def test_a_form_counts_once(api: Api, cloud: Cloud) -> None:
    published(api, public=True)
    page = look(PUBLIC)
    assert title(send(PUBLIC, page, score=9)) == THANKS
    assert title(send(PUBLIC, page, score=9)) == ALREADY
    cloud.pump(twice=True)
    assert title(send(PUBLIC, page, score=0, reason="late", shown=["reason"])) == ALREADY, "stored or not"
    assert [one["score"] for one in _responses(api, cloud)] == [9]


def test_an_old_a_forged_and_another_surveys_form_are_shown_anew(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(api, public=True)
    published(api, public=True, key="visit")
    others = fields(look("/surveys/visit")).hidden
    once = dict(others)["once"]
    old = links.form_token("delivery", ids.now() - timedelta(days=2))
    for token in (once, once[:-1], "", "x" * 400, old):
        page = send(PUBLIC, Api(None).get("/help"), score=9, shown="speed", once=token, language="de")
        assert (page.status, "noch einmal" in page.text) == (422, True)
    assert title(send(PUBLIC, page, score=9)).startswith("Vielen Dank")
    assert len(_responses(api, cloud)) == 1


def test_one_address_answers_so_often_a_day(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    published(api, public=True)
    monkeypatch.setattr(store, "MOST_OF_VISITOR", 2)
    answers = [send(PUBLIC, look(PUBLIC), score=9).status for _ in range(3)]
    assert answers == [200, 200, 429]
    assert len(_responses(api, cloud)) == 2
    assert "192.0.2.1" not in str(cloud.items())


def test_tokens_that_open_nothing_say_why(api: Api, cloud: Cloud) -> None:
    published(api)
    ada = customer(api)
    (invitation,) = invite(api, cloud, ada)
    link = path()
    form = dict(fields(look(link)).hidden)
    over = links.path(invitation["id"], ids.now() - timedelta(seconds=1))
    nobody = links.path("inv_01J00000000000000000000000", ids.now() + timedelta(days=1))
    said = {
        link[:-2]: (404, "This link is not complete."),
        "/s/x": (404, "This link is not complete."),
        "/s/" + links.form_token("delivery", ids.now()): (404, "This link is not complete."),
        over: (410, "This link no longer works."),
        nobody: (404, "There is nothing here any more."),
        PUBLIC: (404, "There is nothing here any more."),
        "/surveys/Nobodys": (404, "There is nothing here any more."),
    }
    for where, expected in said.items():
        for answer in (look(where), send(where, look(link), score=9)):
            assert (answer.status, title(answer)) == expected, where
    assert form["version"] == "1"
    page = look(link)
    api.patch("/v1/surveys/delivery", {"state": "paused"}).ok()
    for answer in (look(link), send(link, page, score=9)):
        assert (answer.status, title(answer)) == (410, "This survey takes no answers now.")
    api.patch("/v1/surveys/delivery", {"state": "active", "ends_at": ids.stamp(ids.now())}).ok()
    assert title(send(link, page, score=9)) == "This survey takes no answers now."
    later = ids.stamp(ids.now() + timedelta(days=1))
    api.patch("/v1/surveys/delivery", {"ends_at": None, "starts_at": later}).ok()
    assert title(look(link)) == "This survey has not started yet."
    api.patch("/v1/surveys/delivery", {"starts_at": None}).ok()
    assert _responses(api, cloud) == []
    assert title(send(link, page, score=9)) == THANKS


def test_a_page_answers_the_version_that_it_showed(api: Api, cloud: Cloud) -> None:
    published(api, public=True)
    page = look(PUBLIC)
    api.patch("/v1/surveys/delivery", {"questions": []}).ok()
    api.post("/v1/surveys/delivery/publish").ok()
    assert title(send(PUBLIC, page, score=9, speed=4)) == THANKS
    assert title(send(PUBLIC, look(PUBLIC), score=9, version=77)) == THANKS
    assert [one["survey_version"] for one in _responses(api, cloud)] == [2, 1]


def test_languages_fall_back(api: Api) -> None:
    published(api, public=True)
    german = look(PUBLIC, Accept_Language="de-CH,fr;q=0.5")
    assert (title(german), 'lang="de"' in german.text) == ("Ihre Lieferung", True)
    assert "Wie wahrscheinlich empfehlen Sie Shop weiter?" in german.text
    assert "Anything to add?" in german.text, "what German lacks is said in the default language"
    low = look(PUBLIC + "?score=1&language=de").text
    assert "Was ging schief?" in low
    assert "It was broken" in low
    assert title(look(PUBLIC, Accept_Language="fr")) == "Your delivery"
    assert title(look(PUBLIC + "?language=<b>")) == "Your delivery"


def test_every_field_has_a_label_and_every_group_a_legend(api: Api) -> None:
    published(api, public=True)
    text = look(PUBLIC + "?score=1").text
    assert text.count("<fieldset") == text.count("<legend>") == 3
    for name in re.findall(r'<textarea id="(\w+)"', text):
        assert f'<label class="line" for="{name}">' in text
    radios = re.findall(r"<label[^>]*><input type=\"radio\"", text)
    assert len(radios) == text.count('type="radio"')
    assert 'name="viewport"' in text
    assert "<script" not in text


def test_a_snippet_is_links_alone(api: Api, cloud: Cloud) -> None:
    api.post("/v1/surveys", {"key": "d", "name": "D", "kind": "csat", "texts": {"en": {"title": "D"}}}).ok(
        201
    )
    api.get("/v1/surveys/d/snippet").problem(409, "not_public")
    api.patch("/v1/surveys/d", {"public": True}).ok()
    api.get("/v1/surveys/d/snippet").problem(409, "not_published")
    api.post("/v1/surveys/d/publish").ok()
    made = api.get("/v1/surveys/d/snippet?language=en").ok()
    assert made["url"] == "https://api.shop.example/surveys/d?language=en"
    found = re.findall(
        r'href="https://api.shop.example(/surveys/d\?score=(\d)&amp;language=en)"', made["html"]
    )
    assert [int(score) for _, score in found] == [1, 2, 3, 4, 5]
    assert not re.search("<(script|iframe|form|img|style)", made["html"])
    where = found[3][0].replace("&amp;", "&")
    assert fields(look(where)).chosen == {"score": "4"}
