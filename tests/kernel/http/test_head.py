"""Link scanners ask by HEAD: every public page and resource answers as to a GET, without its body."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from chalicelib.features import FEATURES
from chalicelib.kernel.http.application import serving
from tests.api import Answer, Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.consent.statements import customer, say, topic
from tests.mailbox import outbox
from tests.portal.links import made

ROUTES = [route for module in FEATURES for route in import_module(module).routes.table]
PUBLIC = sorted(route.path for route in ROUTES if route.method == "GET" and route.scope is None)
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem", "SendMessage"}


def _head(path: str, **headers: str) -> Answer:
    return Api(None).call("HEAD", path, None, headers)


def _same(path: str) -> Answer:
    """The answer to a HEAD, after asserting that a GET has the same and that neither writes."""
    got = Api(None).get(path)
    with counted() as calls:
        answer = _head(path)
    assert not WRITES & set(calls), path
    assert (answer.status, answer.text) == (got.status, ""), path
    assert answer.headers == got.headers, path
    return answer


@pytest.mark.usefixtures("cloud")
def test_every_public_resource_answers_head_as_get() -> None:
    assert len(PUBLIC) > 15
    for path in PUBLIC:
        _same(re.sub(r"\{\w+\}", "01J00000000000000000000000", path))


def test_the_links_of_a_mail_are_scanned_without_effect(api: Api, cloud: Cloud) -> None:
    topic(api, "news")
    url = customer(api, emails=["ada@example.org"])
    say(api, url, topic="news")
    mail = {"customer_id": url.rpartition("/")[2], "subject": "Hi", "text": "Hello.", "topic": "news"}
    api.post("/v1/messages", mail).ok(201)
    cloud.pump()
    leave = str(outbox()[-1]["List-Unsubscribe"]).strip("<>").removeprefix("https://api.shop.example")
    before = cloud.items()
    for path in (leave, leave.replace("unsubscribe", "preferences")):
        assert _same(path).status == 200
    assert cloud.items() == before
    mine = f"/my/{made(api, url.rpartition('/')[2])}"
    assert _same(mine).headers["Content-Type"].startswith("text/html")


def test_head_is_for_what_is_public(api: Api) -> None:
    api.call("HEAD", "/v1/customers", None, {}).problem(405, "method_not_allowed")


def test_a_head_is_served_by_the_feature_of_its_get() -> None:
    listed = serving(FEATURES)
    assert listed["HEAD /my"] == listed["GET /my"]
    assert "HEAD /v1/customers" not in listed
