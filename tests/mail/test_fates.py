"""What becomes of a mail when SES refuses, says nothing, or is faster than we are."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.work import Work
from chalicelib.mail import sending, status_store, store
from tests.api import Api
from tests.cloud import Cloud
from tests.mail.senders import QUEUE, end_claim, error, says, types
from tests.mailbox import outbox, receive, write


@pytest.mark.parametrize(
    "answer",
    [
        ReadTimeoutError(endpoint_url="ses"),
        RuntimeError("the worker died"),
        error("ServiceUnavailable", 503),
    ],
)
def test_a_mail_of_unknown_fate_waits_until_its_claim_ends(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch, answer: Exception
) -> None:
    message_id, waking = queued()
    with monkeypatch.context() as patched:
        says(patched, answer)
        assert len(cloud.deliver(QUEUE, waking)) == 1
    assert len(cloud.deliver(QUEUE, waking)) == 1, "it may have been sent"
    assert outbox() == []
    end_claim(cloud, message_id)
    assert cloud.deliver(QUEUE, waking) == set()
    assert len(outbox()) == 1
    assert api.get(f"/v1/messages/{message_id}").ok()["status"] == "sent"


def test_a_mail_that_ses_refuses_fails_with_its_words(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id, waking = queued()
    says(monkeypatch, error("MessageRejected"))
    assert cloud.deliver(QUEUE, waking) == set()
    message = api.get(f"/v1/messages/{message_id}").ok()
    assert (message["status"], message["failure"]) == ("failed", "MessageRejected: because")
    assert types(cloud, message_id) == ["mail.queued", "mail.not_sent"]


def test_a_throttled_mail_is_free_to_be_sent_at_once(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id, waking = queued()
    with monkeypatch.context() as patched:
        says(patched, error("Throttling"))
        assert len(cloud.deliver(QUEUE, waking)) == 1
    assert cloud.deliver(QUEUE, waking) == set()
    assert len(outbox()) == 1
    assert api.get(f"/v1/messages/{message_id}").ok()["status"] == "sent"


def test_a_report_that_is_faster_than_us_loses_nothing(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    [ticket] = api.get("/v1/tickets").ok()["data"]
    reply = api.post(f"/v1/tickets/{ticket['id']}/messages", {"text": "Done."}).ok(201)
    send = sending._sent

    def delivered_first(work: Work, message: Any, ses_message_id: str) -> None:
        early = Work()
        status_store.raise_status(early, message.id, "delivered")
        commit(early)
        send(work, message, ses_message_id)

    monkeypatch.setattr(sending, "_sent", delivered_first)
    cloud.pump()
    message = api.get(f"/v1/messages/{reply['id']}").ok()
    assert message["status"] == "delivered"
    assert message["sent_at"]
    answered = outbox()[1]["X-SES-MESSAGE-TAGS"]
    assert reply["id"] in answered
    receive(cloud, write("Thanks", In_Reply_To=f"<{store.get(reply['id']).ses_message_id}@amazonses.com>"))
    assert [one["id"] for one in api.get("/v1/tickets").ok()["data"]] == [ticket["id"]]


def test_a_mail_that_was_sent_but_not_noted_is_known_by_its_report(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id, waking = queued()
    with monkeypatch.context() as patched:
        patched.setattr(sending, "_sent", lambda *_: (_ for _ in ()).throw(RuntimeError("died")))
        assert len(cloud.deliver(QUEUE, waking)) == 1
    early = Work()
    status_store.raise_status(early, message_id, "delivered")
    commit(early)
    end_claim(cloud, message_id)
    assert cloud.deliver(QUEUE, waking) == set()
    assert len(outbox()) == 1, "the report proved that it went out"


@pytest.mark.parametrize("written", [False, True])
def test_a_table_that_does_not_answer_is_asked_again_and_the_mail_sent_once(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    """`written`: the table did write, and only its answer was lost."""
    message_id, waking = queued()
    failures = iter([True, True, False])

    def commit_badly(work: Work) -> None:
        fails = next(failures, False)
        if written or not fails:
            commit(work)
        if fails:
            raise Unavailable("No answer.")

    monkeypatch.setattr(sending, "commit", commit_badly)
    assert cloud.deliver(QUEUE, waking) == set()
    assert len(outbox()) == 1
    assert api.get(f"/v1/messages/{message_id}").ok()["status"] == "sent"
    assert types(cloud, message_id) == ["mail.queued", "mail.sent"]
