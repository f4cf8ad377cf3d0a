"""One vote a person, exact whatever repeats, whoever votes at once, and however many one network casts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from chalicelib.suggestions import ballots, doubles, erasure, voting
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.suggestions.boards import board, customer, posted, token, vote, votes


def test_one_vote_a_network_and_one_a_customer(api: Api, cloud: Cloud) -> None:
    one = posted(api)
    vote(one, "192.0.2.2", voted=False).ok()
    with counted() as calls:
        assert vote(one).ok() == {"suggestion_id": one, "voted": True, "votes": 1}
    assert calls == ["BatchGetItem", "TransactWriteItems"]
    assert vote(one).ok()["votes"] == 1
    assert vote(one, "192.0.2.2").ok()["votes"] == 2
    ada = customer(api, "Ada")
    link = token(api, ada)
    assert vote(one, token=link).ok()["votes"] == 3
    assert vote(one, "192.0.2.9", token=link).ok()["votes"] == 3
    for_her = api.post(f"/v1/suggestions/{one}/votes", {"customer_id": ada})
    assert for_her.ok()["votes"] == 3
    assert vote(one, voted=False).ok()["votes"] == 2
    assert vote(one, voted=False).ok() == {"suggestion_id": one, "voted": False, "votes": 2}
    assert vote(one, token=link, voted=False).ok()["votes"] == 1
    assert votes(api, one) == 1
    vote(one, token=f"{link}x").problem(404, "no_such_link")
    vote("sug_01JAAAAAAAAAAAAAAAAAAAAAAA").problem(404, "no_such_suggestion")
    stored = str(cloud.items())
    assert "192.0.2" not in stored, "an address is never kept"


def test_a_merged_customer_is_one_person(api: Api, cloud: Cloud) -> None:
    one, ada, bea = posted(api), customer(api, "Ada"), customer(api, "Bea")
    assert vote(one, token=token(api, bea)).ok()["votes"] == 1
    api.post(f"/v1/customers/{ada}/merge", {"merged_id": bea}).ok()
    assert vote(one, token=token(api, ada)).ok()["votes"] == 1
    assert vote(one, token=token(api, ada), voted=False).ok()["votes"] == 0


def test_who_voted_twice_before_they_were_merged_counts_once(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubles, "AT_ONCE", 2)
    several = [posted(api, f"Looms in colour {number}") for number in range(5)]
    ada, bea, cleo = (customer(api, name) for name in ("Ada", "Bea", "Cleo"))
    for who, wanted in ((ada, several[:3]), (bea, several), (cleo, several[1:])):
        for one in wanted:
            api.post(f"/v1/suggestions/{one}/votes", {"customer_id": who}).ok()
    assert [votes(api, one) for one in several] == [2, 3, 3, 2, 2]
    api.post(f"/v1/customers/{bea}/merge", {"merged_id": cleo}).ok()
    api.post(f"/v1/customers/{ada}/merge", {"merged_id": bea}).ok()
    cloud.pump(twice=True, seed=1)
    assert [votes(api, one) for one in several] == [1, 1, 1, 1, 1]
    assert {one["votes"] for one in api.get("/v1/suggestions").ok()["data"]} == {1}
    api.post(f"/v1/customers/{ada}/merge/undo", {"merged_id": bea}).ok()
    cloud.pump(twice=True)
    assert [votes(api, one) for one in several] == [1, 1, 1, 1, 1], "what was taken back stays so"
    again = api.post(f"/v1/suggestions/{several[0]}/votes", {"customer_id": bea})
    assert again.ok()["votes"] == 2, "two again, each has a vote"


def test_votes_by_the_thousand_count_once(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    one = posted(api)
    for number in range(20):
        vote(one, f"2001:db8:0:7::{number:x}").ok()
    assert votes(api, one) == 1, "one subscriber has all addresses of their /64"
    vote(one, "2001:db8:0:8::1").ok()
    assert votes(api, one) == 2
    monkeypatch.setattr(voting, "VOTES_A_DAY", 2)
    others = [posted(api, f"Looms in colour {number}") for number in range(3)]
    vote(others[0]).ok()
    vote(others[1]).ok()
    vote(others[2]).problem(409, "too_many_votes")
    assert cloud


@given(st.ip_addresses())
def test_a_network_is_told_the_same_every_time(address: object) -> None:
    network = voting.network_of(str(address))
    assert network == voting.network_of(str(address))
    assert voting.network_of(f"::ffff:{address}") == network if "." in str(address) else True
    assert voting.network_of("unknown") == "unknown"


def test_votes_at_once_are_counted_exactly(api: Api, cloud: Cloud) -> None:
    one = posted(api)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: vote(one, f"192.0.2.{number % 10}"), range(40)))
    assert {answer.status for answer in answers} <= {200, 503}
    assert votes(api, one) == 10


def test_lists_follow_the_votes(api: Api, cloud: Cloud) -> None:
    few, many = posted(api, "Few want it"), posted(api, "Many want it")
    vote(few).ok()
    for number in range(3):
        vote(many, f"192.0.2.{number}").ok()
    cloud.pump(twice=True, seed=1)
    assert board() == ["Many want it", "Few want it"]
    for number in range(3):
        vote(many, f"192.0.2.{number}", voted=False).ok()
    cloud.pump(twice=True, seed=2)
    assert board() == board(status="under_review") == ["Few want it", "Many want it"]
    [first, _] = api.get("/v1/suggestions").ok()["data"]
    assert first["votes"] == 1


def test_what_is_decided_takes_no_votes(api: Api, cloud: Cloud) -> None:
    one = posted(api)
    vote(one).ok()
    api.patch(f"/v1/suggestions/{one}", {"status": "done"}).ok()
    vote(one, "192.0.2.2").problem(409, "voting_ended")
    assert vote(one).ok()["voted"], "who voted before did"
    assert cloud


def test_an_erased_vote_is_nobody_s_and_counts_on(api: Api, cloud: Cloud) -> None:
    ada = customer(api, "Ada")
    own, other = posted(api, customer_id=ada), posted(api, "Open on Sundays")
    vote(other, token=token(api, ada)).ok()
    kinds = [one["kind"] for one in erasure.export_of(ada)]
    assert kinds == ["suggestion", "vote", "vote"]
    for expected in ({"votes_anonymised": 2}, {"suggestions_anonymised": 1}, {}):
        work = Work()
        assert erasure.erase(work, ada) == expected
        commit(work)
    assert votes(api, own) == votes(api, other) == 1
    assert api.get(f"/v1/suggestions/{own}").ok()["customer_id"] is None
    left = [
        item for item in cloud.items() if item["pk"].startswith("SUG#") and not item["sk"].startswith("EVT#")
    ]
    assert ada not in str(left)
    assert {vote.voter[:5] for vote in map(ballots.Vote.of, ballots.cast_for(own, limit=9).items)} == {
        "gone#"
    }
