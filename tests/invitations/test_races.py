"""At the same time: many who send one link; and erasure, with answers stored and on their way."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from chalicelib.kernel import table
from chalicelib.privacy.keepers import KEEPERS
from tests.api import Api
from tests.cloud import Cloud
from tests.invitations.inviting import customer, invite, look, path, send, title
from tests.privacy.people import erase
from tests.surveys.making import published


def test_one_link_sent_many_times_at_once_counts_once(api: Api, cloud: Cloud) -> None:
    published(api, questions=[])
    invite(api, cloud, customer(api))
    where = path()
    page = look(where)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda score: title(send(where, page, score=score)), range(8)))
    assert answers.count("Thank you. Your answer has arrived.") == 1
    assert answers.count("We have your answer already. Thank you.") == 7
    cloud.pump(twice=True, seed=3)
    stats = api.get("/v1/feedback/stats?survey=delivery").ok()
    assert (stats["responses"], stats["invitations"]["answered"]) == (1, 1)


def test_half_a_batch_of_poison_takes_nothing_with_it(api: Api, cloud: Cloud) -> None:
    published(api, questions=[], public=True)
    for score in (2, 9):
        send("/surveys/delivery", look("/surveys/delivery"), score=score)
    cloud.publish()
    good = cloud.receive("FeedbackQueue")
    body = json.loads(good[0]["Body"])
    poison = []
    for place, name in enumerate((None, 7, "x" * 5000, "fbk_", {"a": 1}, "fbk_01J00000000000000000000000")):
        body["detail"]["data"]["feedback_id"] = name
        poison.append({"MessageId": f"p{place}", "Body": json.dumps(body)})
    poison.append({"MessageId": "p9", "Body": '{"detail-type": "survey.answered", "detail": []}'})
    failed = cloud.deliver("FeedbackQueue", [*poison, *good])
    assert failed == {"p0", "p1", "p2", "p3", "p4", "p9"}, "an id that nobody handed in is as good as done"
    assert api.get("/v1/feedback/stats?survey=delivery").ok()["responses"] == 2


def test_erasing_takes_invitations_and_answers_on_their_way(api: Api, cloud: Cloud) -> None:
    published(api, questions=[], inviting={"pause_days": 0})
    ada, bo = customer(api, "Ada"), customer(api, "Bo")
    invite(api, cloud, bo)
    invite(api, cloud, ada)
    invite(api, cloud, ada)
    where = path()
    assert send(where, look(where), score=2, comment="zanzibar").status == 200
    told = [one for keeper in KEEPERS if keeper.records for one in keeper.records(ada)]
    kinds = [one.get("kind") for one in told]
    assert (kinds.count("invitation"), kinds.count("submission")) == (2, 1)

    certificate = erase(api, cloud, ada)
    assert certificate["removed"]["invitations"] == 3, "two, and the note when they were asked last"
    left = str(cloud.items())
    assert "zanzibar" not in left
    assert f"INV#CUS#{ada}" not in left
    assert title(look(where)) == "There is nothing here any more."
    assert len(api.get(f"/v1/invitations?customer_id={bo}").ok()["data"]) == 1
    cloud.pump(twice=True)
    assert [one for one in cloud.items() if one["sk"] == "SUBMISSION" and "submission" in one] == []
    assert api.get("/v1/feedback/stats?survey=delivery").ok()["invitations"]["invited"] == 3


def test_what_was_stored_before_the_erasure_keeps_what_is_counted(api: Api, cloud: Cloud) -> None:
    published(api)
    ada = customer(api)
    invite(api, cloud, ada)
    where = path()
    page = send(where, look(where), score=2)
    assert send(where, page, score=2, reason="late", speed=1).status == 200
    cloud.pump()
    before = api.get("/v1/feedback/stats?survey=delivery").ok()
    (stored,) = api.get("/v1/feedback").ok()["data"]
    erase(api, cloud, ada)
    left = api.get(f"/v1/feedback/{stored['id']}").ok()
    assert (left["score"], left["invited"], left["answers"], left["invitation_id"]) == (2, True, {}, None)
    assert api.get("/v1/feedback/stats?survey=delivery").ok() == before
    assert table.is_live(left)
