"""What is erased is found no more: a ticket, and one message of a ticket that stays."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.work import Work
from chalicelib.support import erasure, indexing, store
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write
from tests.support.finding import found, indexed


def test_nothing_is_left_of_a_ticket_that_is_erased(api: Api, cloud: Cloud, opened: Any) -> None:
    ticket = opened("Kettle", " ".join(f"word{n}" for n in range(120)))["id"]
    said = {"text": "It whistles.", "internal": True}
    note = api.post(f"/v1/tickets/{ticket}/messages", said).ok(201)["id"]
    late, later = Work(), Work()
    indexing.add(late, ticket, [note])
    stored = store.get(ticket)
    removed: dict[str, int] = {}
    while "tickets" not in removed:
        part = Work()
        removed = erasure.erase_some(part, stored)
        commit(part)
    with pytest.raises(Stale):
        commit(late)
    indexing.add(later, ticket, [note])
    assert not later.writes
    cloud.pump()
    assert indexed(cloud, ticket) == set()
    assert found(api, "kettle") == []
    assert not [item for item in cloud.items() if item["pk"] == f"TKT#{ticket}" and item["sk"] == "WORDS"]


def test_words_of_a_message_that_was_erased_go_too(api: Api, cloud: Cloud, opened: Any) -> None:
    bob = api.post("/v1/customers", {"name": "Bob", "emails": ["bob@example.net"]}).ok(201)["id"]
    receive(cloud, write("My kettle is broken."))
    [ticket] = found(api, "broken")
    to = outbox()[-1]["Reply-To"].addresses[0].addr_spec
    receive(cloud, write("Mine wobbles", sender="bob@example.net"), to=to, sender="bob@example.net")
    cloud.pump()
    assert found(api, "wobbles") == [ticket]
    api.post(f"/v1/customers/{bob}/erasure", {"confirm": bob}).ok(201)
    cloud.pump(rounds=40)
    assert (found(api, "wobbles"), found(api, "broken")) == ([], [ticket])
