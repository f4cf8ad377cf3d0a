"""The pages behind the link: without scripts, in the language of the customer, and pressed twice."""

from __future__ import annotations

import re

from tests.api import Api
from tests.cloud import Cloud
from tests.portal.links import messages, press


def test_pages_answer_without_scripts(api: Api, cloud: Cloud, token: str, ticket: str, ada: str) -> None:
    api.patch(f"/v1/customers/{ada}", {"locale": "de-AT"}).ok()
    before = cloud.items()
    listed = Api(None).get(f"/my/{token}")
    one = Api(None).get(f"/my/{token}/{ticket}")
    assert cloud.items() == before, "looking changes nothing"
    for page in (listed, one):
        assert page.status == 200
        assert "script" not in page.text
        assert '<html lang="de" dir="ltr">' in page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert f'href="{token}/{ticket}"' in listed.text
    assert "wartet auf Ihre Antwort" in listed.text
    assert "Which &lt;kettle&gt;?" in one.text
    [once] = re.findall(r'name="once" value="(\w+)"', one.text)
    for _ in range(2):
        sent = press(f"/my/{token}/{ticket}", text=" Der rote. \r\nDanke. ", once=once, do="say")
        assert (sent.status, sent.headers["Location"]) == (303, f"{ticket}?sent=true")
    after = Api(None).get(f"/my/{token}/{ticket}?sent=true")
    assert 'role="status">Danke, es ist angekommen.' in after.text
    texts = [each["text"] for each in messages(token, ticket)]
    assert texts.count("Der rote. \nDanke.") == 1


def test_the_page_opens_solves_and_reopens(api: Api, token: str, ticket: str) -> None:
    wrong = press(f"/my/{token}", subject="", text="")
    assert (wrong.status, 'role="alert"' in wrong.text) == (422, True)
    new = press(f"/my/{token}", subject="Lid", text="Stuck.", once="1")
    assert re.fullmatch(rf"{token}/tkt_\w+\?sent=true", new.headers["Location"])
    assert press(f"/my/{token}", subject="Lid", text="Stuck.", once="1").headers["Location"] == token
    assert len(api.get("/v1/tickets").ok()["data"]) == 2
    for do, status in (("solve", "solved"), ("reopen", "open")):
        assert f'value="{do}"' in Api(None).get(f"/my/{token}/{ticket}").text
        assert press(f"/my/{token}/{ticket}", do=do).status == 303
        assert api.get(f"/v1/tickets/{ticket}").ok()["status"] == status
    assert press(f"/my/{token}/{ticket}", text=" ").status == 422


def test_a_page_that_is_none_says_so(token: str) -> None:
    for path in (f"/my/{token}/x", f"/my/{token}/tkt_01J00000000000000000000000", f"/my/{token}?after=x"):
        assert Api(None).get(path).status == 404
    assert Api(None).get(f"/my/{token}/x/y/z").status == 404
