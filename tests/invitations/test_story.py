"""From the invitation to the statistics: the mail, its link, the page, the response."""

from __future__ import annotations

from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.invitations.inviting import (
    LINK,
    body_of,
    customer,
    fields,
    invite,
    look,
    mailed,
    path,
    send,
    title,
)
from tests.mailbox import outbox
from tests.surveys.making import published


def test_from_the_invitation_to_the_statistics(api: Api, cloud: Cloud) -> None:
    published(api)
    ada = customer(api, locale="de-AT")
    (invitation,) = invite(api, cloud, ada)
    assert (invitation["state"], invitation["language"], invitation["occasion"]) == ("sent", "de", "api")
    mail = outbox()[-1]
    assert mail["To"] == "Ada <ada@example.org>"
    assert mail["Subject"] == "Ihre Lieferung"
    assert [int(score) for _, score in LINK.findall(mailed())] == list(range(11))
    assert body_of("html").count("?score=") == 11
    kept_ = api.get(f"/v1/messages/{invitation['message_ids'][0]}/content").ok()
    assert path() not in str(kept_), "who reads the mail here does not speak for its reader"

    where = path() + "?score=3&utm_source=mail"
    with counted() as calls:
        page = look(where)
    assert (page.status, title(page)) == (200, "Ihre Lieferung")
    assert set(calls) <= {"GetItem"}
    assert fields(page).chosen == {"score": "3"}
    assert fields(page).offered == {"score", "reason", "speed", "comment"}, "a low score is asked why"
    assert 'lang="de"' in page.text
    assert api.get(f"/v1/invitations/{invitation['id']}").ok()["state"] == "sent", "looking changes nothing"

    done = send(where, page, score=3, reason="late", speed=2, comment="<script>alert(1)</script>")
    assert (done.status, title(done)) == (200, "Vielen Dank. Ihre Antwort ist angekommen.")
    cloud.pump(twice=True)
    (stored,) = api.get("/v1/feedback").ok()["data"]
    assert (stored["score"], stored["answers"]) == (3, {"reason": "late", "speed": 2})
    assert (stored["customer_id"], stored["channel"], stored["language"]) == (ada, "email", "de")
    assert (stored["invited"], stored["invitation_id"]) == (True, invitation["id"])
    assert stored["comment"] == "<script>alert(1)</script>"
    answered = api.get(f"/v1/invitations/{invitation['id']}").ok()
    assert (answered["state"], answered["feedback_id"]) == ("answered", stored["id"])
    stats = api.get("/v1/feedback/stats?survey=delivery").ok()
    assert stats["invitations"] == {"invited": 1, "answered": 1, "rate": 100.0}
    assert (stats["responses"], stats["nps"]["detractors"]) == (1, 1)

    again = send(where, page, score=10)
    assert (again.status, title(again)) == (200, "Ihre Antwort haben wir schon. Vielen Dank.")
    assert title(look(where)) == "Ihre Antwort haben wir schon. Vielen Dank."
    cloud.pump()
    assert api.get("/v1/feedback/stats?survey=delivery").ok()["responses"] == 1
    types = [one["type"] for one in api.get(f"/v1/customers/{ada}/timeline").ok()["data"]]
    assert {"invitation.sent", "feedback.received"} <= set(types)


def test_an_answer_is_one_transaction_and_the_worker_reads_a_batch_at_once(api: Api, cloud: Cloud) -> None:
    published(api, public=True)
    pages = [look("/surveys/delivery") for _ in range(3)]
    with counted() as calls:
        assert send("/surveys/delivery", pages[0], score=9).status == 200
    assert calls == ["GetItem", "TransactWriteItems"]
    for page in pages[1:]:
        assert title(send("/surveys/delivery", page, score=9)).startswith("Thank you")
    cloud.publish()
    batch = cloud.receive("FeedbackQueue")
    with counted() as calls:
        assert cloud.deliver("FeedbackQueue", batch) == set()
    assert calls == ["BatchGetItem", "TransactWriteItems"]
    assert cloud.deliver("FeedbackQueue", batch) == set()
    assert api.get("/v1/feedback/stats").ok()["responses"] == 3
