"""Who voted and agreed is told of each new status, once, and can leave by one click."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.suggestions import telling
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox
from tests.suggestions.boards import customer, posted, token, vote


@pytest.fixture
def topic(api: Api) -> str:
    new = {"id": "ideas", "name": "Ideas you voted for", "double_opt_in": False}
    return str(api.post("/v1/topics", new).ok(201)["id"])


def test_voters_who_agreed_are_told_once(
    api: Api, cloud: Cloud, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "TOGETHER", 2)
    one = posted(api)
    for name in ("Ada", "Bea", "Cem", "Dan", "Eve"):
        link = token(api, customer(api, name, locale="de" if name == "Ada" else "en"))
        vote(one, token=link, tell_me=name != "Eve").ok()
    vote(one).ok()
    cloud.pump()
    api.patch(f"/v1/suggestions/{one}", {"status": "planned", "answer": "In spring."}).ok()
    cloud.pump(twice=True, seed=4)
    mails = {str(mail["To"]).partition(" ")[0]: mail for mail in outbox()}
    assert sorted(mails) == ["Ada", "Bea", "Cem", "Dan"]
    assert len(outbox()) == 4
    assert mails["Ada"]["Subject"] == "Geplant: Looms in green"
    body = mails["Bea"].get_content()
    assert "It is now: Planned." in body
    assert "In spring." in body
    assert f"https://api.shop.example/ideas/{one}" in body
    assert mails["Bea"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = re.search(r"/unsubscribe/[^>\s]+", str(mails["Bea"]["List-Unsubscribe"]))
    assert leave
    Api(None).post(leave[0], "List-Unsubscribe=One-Click", Content_Type="application/x-www-form-urlencoded")
    api.patch(f"/v1/suggestions/{one}", {"answer": "In May."}).ok()
    cloud.pump()
    assert len(outbox()) == 4, "only a status is news"
    api.patch(f"/v1/suggestions/{one}", {"status": "started"}).ok()
    cloud.pump(twice=True)
    told = [str(mail["To"]).partition(" ")[0] for mail in outbox()[4:]]
    assert sorted(told) == ["Ada", "Cem", "Dan"]
    assert not [item for item in cloud.items() if item["sk"] == "TELLING"]


def test_without_the_topic_nobody_is_told(api: Api, cloud: Cloud) -> None:
    one = posted(api)
    vote(one, token=token(api, customer(api, "Ada")), tell_me=True).ok()
    api.patch(f"/v1/suggestions/{one}", {"status": "planned"}).ok()
    cloud.pump()
    assert outbox() == []


def test_a_person_who_was_merged_is_told_once(api: Api, cloud: Cloud, topic: str) -> None:
    one, ada, bea = posted(api), customer(api, "Ada"), customer(api, "Bea")
    for person in (ada, bea):
        vote(one, token=token(api, person), tell_me=True).ok()
    api.post(f"/v1/customers/{ada}/merge", {"merged_id": bea}).ok()
    api.patch(f"/v1/suggestions/{one}", {"status": "planned"}).ok()
    cloud.pump(twice=True)
    assert [str(mail["To"]) for mail in outbox()] == ["Ada <ada@example.org>"]


def test_a_newer_change_ends_the_telling_of_the_one_before(api: Api, cloud: Cloud, topic: str) -> None:
    one = posted(api)
    vote(one, token=token(api, customer(api, "Ada")), tell_me=True).ok()
    cloud.pump()
    api.patch(f"/v1/suggestions/{one}", {"status": "planned"}).ok()
    api.patch(f"/v1/suggestions/{one}", {"status": "done"}).ok()
    cloud.pump(twice=True)
    subjects: list[Any] = [mail["Subject"] for mail in outbox()]
    assert subjects == ["Done: Looms in green"]
