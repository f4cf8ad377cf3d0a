"""Opens and clicks: off unless asked for, a person's only, each once; gone with whom they are about."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel import aws
from tests.api import Api
from tests.cloud import Cloud
from tests.consent.statements import customer, say, topic
from tests.mailbox import outbox
from tests.privacy.people import erase

QUEUE = "MailEventsQueue"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
SENT = datetime(2026, 11, 20, 10, tzinfo=UTC)
HTML = "<p>See <a href='https://shop.example/a'>a</a>.</p>"
_numbers = itertools.count(1)


@pytest.fixture
def tracking(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> None:
    from chalicelib.kernel.config import settings

    monkeypatch.setenv("RAPPORT_TRACKING_CONFIGURATION_SET", "rapport-test-tracking")
    settings.cache_clear()


@pytest.fixture
def ada(api: Api) -> str:
    topic(api, "news")
    url = customer(api, name="Ada", emails=["ada@example.org"])
    say(api, url, topic="news")
    return url.rpartition("/")[2]


def _send(api: Api, cloud: Cloud, ada: str, **more: Any) -> Any:
    new = {"customer_id": ada, "subject": "News", "text": "See a.", "html": HTML, **more}
    sent = api.post("/v1/messages", new).ok(201)
    cloud.pump()
    return sent


def _notice(message_id: str, *, after: float = 60, agent: str = FIREFOX, link: str | None = None) -> Any:
    """What SES tells of an open or a click, so many seconds after it took the mail."""
    at = (SENT + timedelta(seconds=after)).isoformat().replace("+00:00", "Z")
    details = {"timestamp": at, "userAgent": agent, "ipAddress": "192.0.2.7"}
    kind, section = ("Click", {"click": details | {"link": link}}) if link else ("Open", {"open": details})
    mail = {"messageId": "0100", "timestamp": SENT.isoformat(), "tags": {"message": [message_id]}}
    body = json.dumps({"eventType": kind, "mail": mail, **section})
    return {"MessageId": f"e{next(_numbers)}", "Body": body}


def _told(api: Api, message_id: str) -> tuple[bool, list[str]]:
    message = api.get(f"/v1/messages/{message_id}").ok()
    return message["opened_at"] is not None, [one["link"] for one in message["clicks"]]


@pytest.mark.parametrize("about", [None, "news", "service"])
def test_nothing_is_tracked_unless_the_stack_says_so(
    api: Api, cloud: Cloud, ada: str, about: str | None
) -> None:
    sent = _send(api, cloud, ada, **({"topic": about} if about else {}))
    assert sent["tracked"] is False
    assert cloud.deliver(QUEUE, [_notice(sent["id"])]) == set()
    assert _told(api, sent["id"]) == (False, [])
    new = {"customer_id": ada, "subject": "x", "text": "x", "track": True}
    [refused] = api.post("/v1/messages", new).problem(422, "invalid")["invalid_params"]
    assert (refused["name"], refused["code"]) == ("track", "not_tracked")


@pytest.mark.parametrize(
    ("about", "track", "tracked"),
    [
        (None, None, False),
        ("service", None, False),
        ("news", None, True),
        ("news", False, False),
        (None, True, True),
    ],
)
def test_a_mail_on_a_topic_is_tracked_and_another_one_when_asked(
    api: Api,
    cloud: Cloud,
    ada: str,
    tracking: None,
    monkeypatch: pytest.MonkeyPatch,
    about: str | None,
    track: bool | None,
    tracked: bool,
) -> None:
    used: list[str] = []
    send = aws.ses().send_raw_email

    def sending(**named: Any) -> Any:
        used.append(named["ConfigurationSetName"])
        return send(**named)

    monkeypatch.setattr(aws.ses(), "send_raw_email", sending)
    given = {"topic": about, "track": track}
    sent = _send(api, cloud, ada, **{name: value for name, value in given.items() if value is not None})
    assert sent["tracked"] is tracked
    assert used == ["rapport-test-tracking" if tracked else "rapport-test"]
    [mail] = outbox()
    assert ("ses:no-track" in str(mail)) is (tracked and about == "news"), "the links to leave are our own"


def test_opens_and_clicks_of_a_person_are_told_once(api: Api, cloud: Cloud, ada: str, tracking: None) -> None:
    sent = _send(api, cloud, ada, topic="news")
    a, b = "https://shop.example/a?for=ada", "https://shop.example/b"
    notices = [
        _notice(sent["id"], agent=GMAIL),
        _notice(sent["id"], after=90),
        _notice(sent["id"], after=91, link=a),
        _notice(sent["id"], after=95, link=a),
        _notice(sent["id"], after=99, link=b),
    ]
    assert cloud.deliver(QUEUE, [*notices, notices[0]]) == set()
    assert cloud.deliver(QUEUE, notices) == set()
    assert _told(api, sent["id"]) == (True, [a, b])
    entries = api.get(f"/v1/customers/{ada}/timeline").ok()["data"]
    told = [one for one in entries if one["type"] in ("mail.opened", "mail.clicked")]
    assert sorted(one["type"] for one in told) == ["mail.clicked", "mail.clicked", "mail.opened"]
    assert {one["summary"] for one in told if one["type"] == "mail.clicked"} == {a, b}
    published = [item["data"] for item in cloud.items() if item.get("type") == "mail.clicked"]
    assert "shop.example" not in str(published)
    assert "192.0.2.7" not in str(cloud.items())


@pytest.mark.parametrize(
    "notice",
    [
        {"after": 2},
        {"after": 2, "link": "https://shop.example/a"},
        {"agent": ""},
        {"agent": "Mozilla/5.0"},
        {"agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"agent": "Barracuda Sentinel (EE)"},
        {"agent": "python-requests/2.32", "link": "https://shop.example/a"},
        {"agent": "Microsoft Office Existence Discovery", "link": "https://shop.example/a"},
        {"agent": "YahooMailProxy; https://help.yahoo.com/"},
    ],
)
def test_what_machines_do_counts_for_nothing(
    api: Api, cloud: Cloud, ada: str, tracking: None, notice: Any
) -> None:
    sent = _send(api, cloud, ada, topic="news")
    assert cloud.deliver(QUEUE, [_notice(sent["id"], **notice)]) == set()
    assert _told(api, sent["id"]) == (False, [])


def test_seconds_count_from_the_delivery_where_it_is_known(
    api: Api, cloud: Cloud, ada: str, tracking: None
) -> None:
    sent = _send(api, cloud, ada, topic="news")
    at = (SENT + timedelta(minutes=9)).isoformat()
    mail = {"messageId": "0100", "timestamp": SENT.isoformat(), "tags": {"message": [sent["id"]]}}
    details = {"recipients": ["ada@example.org"], "timestamp": at}
    body = json.dumps({"eventType": "Delivery", "mail": mail, "delivery": details})
    cloud.deliver(QUEUE, [{"MessageId": "d", "Body": body}])
    cloud.deliver(QUEUE, [_notice(sent["id"], after=9 * 60 + 4)])
    assert _told(api, sent["id"]) == (False, [])
    cloud.deliver(QUEUE, [_notice(sent["id"], after=9 * 60 + 40)])
    assert _told(api, sent["id"]) == (True, [])


def test_many_links_at_once_are_a_scanners(api: Api, cloud: Cloud, ada: str, tracking: None) -> None:
    sent = _send(api, cloud, ada, topic="news")
    links = [f"https://shop.example/{number}" for number in range(8)]
    notices = [_notice(sent["id"], after=60 + place / 10, link=link) for place, link in enumerate(links)]
    assert cloud.deliver(QUEUE, notices) == set()
    assert _told(api, sent["id"]) == (False, links[:1]), "the first one cannot be told from a person's"


def test_a_storm_of_clicks_is_bounded(api: Api, cloud: Cloud, ada: str, tracking: None) -> None:
    sent = _send(api, cloud, ada, topic="news")
    for number in range(25):
        notice = _notice(
            sent["id"], after=60 + 10 * number, link=f"https://shop.example/{number}" + "x" * 900
        )
        cloud.deliver(QUEUE, [notice])
    _, links = _told(api, sent["id"])
    assert len(links) == 20
    assert max(map(len, links)) == 300


def test_it_goes_with_the_customer(api: Api, cloud: Cloud, ada: str, tracking: None) -> None:
    sent = _send(api, cloud, ada, topic="news")
    cloud.deliver(QUEUE, [_notice(sent["id"], link="https://shop.example/secret-of-ada")])
    assert "secret-of-ada" in str(cloud.items())
    erase(api, cloud, ada)
    assert "secret-of-ada" not in str(cloud.items())
    assert cloud.deliver(QUEUE, [_notice(sent["id"], after=900)]) == set()
    assert not [item for item in cloud.items() if item.get("type") == "mail.opened"]
