"""The pages at /ideas: read by anybody, changed by buttons only, whatever somebody types."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.api import Answer, Api
from tests.cloud import Cloud
from tests.suggestions.boards import PUBLIC, board, customer, posted, token, votes


def send(path: str, **form: str) -> Answer:
    return PUBLIC.post(path, urlencode(form), Content_Type="application/x-www-form-urlencoded")


def test_people_look_search_and_post(api: Api, cloud: Cloud) -> None:
    assert "There are no ideas here yet." in PUBLIC.get("/ideas").text
    one = posted(api, "Sell green looms", "All are grey.\n<b>Sadly</b>")
    shown = PUBLIC.get("/ideas")
    assert shown.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Sell green looms" in shown.text
    assert "Under review" in shown.text
    assert "Ideen für Shop" in PUBLIC.get("/ideas", Accept_Language="de-AT,en;q=0.5").text
    assert "Is it one of these?" in PUBLIC.get("/ideas?q=green+loom").text
    nothing = PUBLIC.get("/ideas?q=xylophone").text
    assert 'name="title" minlength="5" maxlength="120" required value="xylophone"' in nothing
    assert "&lt;b&gt;Sadly" in PUBLIC.get(f"/ideas/{one}").text
    assert PUBLIC.get("/ideas/none").status == 404
    asked = send("/ideas", title="Sell green looms, please", text="I like them")
    assert "Mine is another one" in asked.text
    assert api.get("/v1/suggestions?moderation=pending").ok()["data"] == []
    sent = send("/ideas", title="Sell green looms, please", text="<script>", anyway="yes")
    assert "Thank you." in sent.text
    [waiting] = api.get("/v1/suggestions?moderation=pending").ok()["data"]
    assert waiting["text"] == "<script>"
    wrong = send("/ideas", title="Hm", text="A long story")
    assert wrong.status == 422
    assert "A long story" in wrong.text
    for _ in range(4):
        send("/ideas", title="Again and again", text="Please", anyway="yes")
    assert send("/ideas", title="Again and again", text="Please", anyway="yes").status == 409
    assert board() == ["Sell green looms"]
    assert cloud


def test_only_buttons_vote(api: Api, cloud: Cloud) -> None:
    one = posted(api)
    for _ in range(3):
        assert "Votes: 0" in PUBLIC.get(f"/ideas/{one}").text
    assert "Your vote is counted." in send(f"/ideas/{one}", do="vote").text
    assert "Votes: 1" in send(f"/ideas/{one}", do="vote").text
    assert "Votes: 0" in send(f"/ideas/{one}", do="unvote").text
    link = token(api, customer(api, "Ada"))
    page = PUBLIC.get(f"/ideas/{one}?token={link}").text
    assert "Mail me when" in page
    assert f'name="token" value="{link}"' in page
    send(f"/ideas/{one}", do="vote", token=link)
    send(f"/ideas/{one}", do="vote", token="over")
    assert votes(api, one) == 2, "a link that is over is nobody's: the network's vote"
    other = posted(api, "Green looms")
    api.post(f"/v1/suggestions/{one}/merge", {"into": other}).ok()
    moved = PUBLIC.get(f"/ideas/{one}")
    assert (moved.status, moved.headers["Location"].endswith(f"/ideas/{other}")) == (301, True)
    cloud.pump()
    assert "Votes: 2" in send(f"/ideas/{one}", do="vote").text
    api.patch(f"/v1/suggestions/{other}", {"status": "declined", "answer": "Grey\nit is."}).ok()
    declined = PUBLIC.get(f"/ideas/{other}").text
    assert "Answer from Shop" in declined
    assert "Grey<br>" in declined
    assert '<button class="yes"' not in declined
    assert send(f"/ideas/{other}", do="unvote").status == 409
    assert send("/ideas/none", do="vote").status == 404


def test_the_list_has_pages(api: Api, cloud: Cloud, monkeypatch: object) -> None:
    for number in range(27):
        posted(api, f"Looms in colour {number}")
    first = PUBLIC.get("/ideas").text
    following = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    _, _, query = following.partition("?")
    assert PUBLIC.get(f"/ideas?{query}").text.count('class="row"') == 2
    assert PUBLIC.get("/ideas?after=forged").text.count('class="row"') == 25
    assert cloud
