"""Machines that write without end: what they get, and what grows by it."""

from __future__ import annotations

from typing import Any

from chalicelib.support.acknowledgement import MOST
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import arrive, outbox, receive, write
from tests.support.lists import tickets

DESK = "desk@peer.example"


def test_two_help_desks_stop_after_the_caps(api: Api, cloud: Cloud) -> None:
    """The other one marks nothing, and gives each of its answers a new subject."""
    answered = 0
    receive(cloud, write("We have a question", sender=DESK, subject="A question"), sender=DESK)
    while len(outbox()) > answered:
        answered += 1
        assert answered <= MOST, "they talk for ever"
        text = f"Thank you, this is your ticket {answered}."
        receive(cloud, write(text, sender=DESK, subject=f"[Case {answered}] received"), sender=DESK)
    assert len(outbox()) == MOST


def test_a_help_desk_that_answers_in_the_thread_is_not_answered(api: Api, cloud: Cloud) -> None:
    receive(cloud, write("We have a question", sender=DESK, subject="A question"), sender=DESK)
    back = outbox()[0]["Reply-To"].addresses[0].addr_spec
    receive(
        cloud, write("Thank you, ticket 1.", sender=DESK, to=back, subject="Case 1"), to=back, sender=DESK
    )
    assert len(outbox()) == 1
    assert len(tickets(api)) == 1


def test_in_a_storm_nothing_grows_but_the_tickets(api: Api, cloud: Cloud, ada: Any) -> None:
    """Each mail is a ticket of its own, since forms send many people's mails from one address."""
    for number in range(40):
        arrive(cloud, write(f"Alarm {number}", subject=f"Alarm {number}"))
    assert cloud.deliver("InboundMailQueue", cloud.receive("InboundMailQueue")) == set()
    items = cloud.items()
    [history] = [item for item in items if item["sk"] == "ACK"]
    assert (len(history["recent"]), history["version"]) == (MOST, MOST), "then it is written no more"
    assert sum(item["sk"] == "TICKET" for item in items) == 40
    assert {item["version"] for item in items if item["sk"] in ("TICKET", "PROFILE")} == {1}
