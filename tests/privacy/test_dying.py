"""A worker that dies after every single write still erases everything, and counts it exactly."""

from __future__ import annotations

import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.privacy.dying import dying
from tests.privacy.people import somebody, traces, wake

REMOVED = {
    "archives": 1,
    "attachments": 1,
    "events": 23,
    "followups": 2,
    "identities": 4,
    "messages": 6,
    "profiles": 2,
    "raw_mails": 1,
    "responses_reduced": 2,
    "suppressions": 2,
    "texts": 4,
    "thread_keys": 6,
    "tickets": 2,
}
"""Of the person that people.py makes, counted by hand: thread keys are two tags, the mail's own id, and SES's
ids of what was sent: acknowledgement, answer, news. Each profile's end is an event too. Projections of
the person, which other workers may have made or not, are counted beside these."""

WRITES = ("TransactWriteItems", "DeleteObjects")


def _work_and_die(cloud: Cloud, writes: tuple[str, ...]) -> int:
    """Deliver the jobs' messages to workers that die after each write, until all are done; the deaths."""
    deaths = 0
    while cloud.publish():
        for message in cloud.receive("JobsQueue"):
            with dying(*writes):
                while cloud.deliver("JobsQueue", [message]):
                    deaths += 1
    return deaths


@pytest.mark.parametrize("writes", [WRITES, ("TransactWriteItems",), ("DeleteObjects",)])
def test_it_ends_as_if_nobody_had_died(api: Api, cloud: Cloud, writes: tuple[str, ...]) -> None:
    person = somebody(api, cloud)
    api.post(f"/v1/customers/{person.id}/access-requests", {}).ok(201)
    cloud.pump()
    begun = api.post(f"/v1/customers/{person.id}/erasure", {"confirm": person.id}).ok(201)
    assert _work_and_die(cloud, writes) > 3
    assert api.get(f"/v1/erasures/{begun['id']}").ok()["state"] == "settling"
    wake(cloud, begun["id"])
    assert traces(cloud) == []
    removed = api.get(f"/v1/erasures/{begun['id']}/certificate").ok()["removed"]
    assert removed.items() >= REMOVED.items()
