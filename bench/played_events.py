"""The events that `bench.memory` plays: what the functions are given while a small business is at work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import boto3
import pytest

import app as application
from bench import workers
from bench.recording import Invocation, Recorder, recording
from bench.requests import RESPONSE
from bench.scene import Scene, invocation, newcomer, quiet, set_up
from chalicelib.kernel import ids
from tests.memory import PLAIN, in_memory, plain_environment
from tests.stack import SCHEDULE_GROUP

EVENTS = 6
"""Of a function at most."""
MAX_EXCHANGES = 20
"""Of an event: those that ask AWS more would take most of the time, and keep nothing more."""


class Recorded(NamedTuple):
    """The events of each handler, and the environment that they were recorded in."""

    events: dict[str, list[Invocation]]
    environment: dict[str, str]


def recorded() -> Recorded:
    """Record them on the cloud in memory, which takes some seconds."""
    with pytest.MonkeyPatch.context() as patch:
        plain_environment(patch)
        quiet(patch)
        with in_memory(patch) as cloud, recording() as recorder:
            scene = set_up(cloud)
            for _, _, act in workers.ACTS:
                act(scene)()
            _campaign(scene)
            _timer(scene)
            scene.api.post("/v1/exports", {"format": "csv"}).ok(201)
            cloud.pump()
            _requests(scene, recorder)
            return Recorded(_chosen(recorder.invocations), PLAIN | cloud.environment())


def _campaign(scene: Scene) -> None:
    """A mail that the sender of campaigns is to send."""
    scene.cloud.publish()
    scene.cloud.receive("OutboundMailQueue")
    scene.api.post(f"/v1/tickets/{scene.ids['ticket']}/messages", {"text": "Hello"}).ok(201)
    scene.cloud.publish()
    assert not scene.cloud.deliver("OutboundCampaignsQueue", scene.cloud.receive("OutboundMailQueue"))


def _timer(scene: Scene) -> None:
    """A timer that fires: of a ticket that sleeps."""
    url, until = f"/v1/tickets/{scene.ids['ticket']}", (ids.now() + timedelta(days=1)).isoformat()
    scene.api.patch(url, {"status": "pending", "snoozed_until": until}).ok()
    scene.cloud.pump()
    client = boto3.client("scheduler")
    names = [one["Name"] for one in client.list_schedules(GroupName=SCHEDULE_GROUP)["Schedules"]]
    for name in names:
        fired = client.get_schedule(GroupName=SCHEDULE_GROUP, Name=name)["Target"]["Input"]
        assert not scene.cloud.deliver("TimersQueue", [{"MessageId": "fired", "Body": fired}])


def _requests(scene: Scene, recorder: Recorder) -> None:
    """What the API function is asked, and what it refuses."""
    for event in _asked(scene):
        recorder.invoke("app.app", event, lambda _, given: application.app(given, None))


def _asked(scene: Scene) -> Iterator[Any]:
    reads = (
        *("/v1/customers/{customer}", "/v1/customers?tag=vip", "/v1/customers?q=lovelace"),
        *("/v1/customers?email=ada@example.org", "/v1/customers/{customer}/view"),
        *("/v1/customers/{customer}/timeline", "/v1/tickets/{ticket}/messages", "/v1/tickets?status=open"),
        *("/v1/feedback/stats?survey=default", "/v1/health", "/v1/customers?limit=none"),
    )
    for url in reads:
        yield invocation("GET", url, scene.ids)
    yield invocation("POST", "/v1/customers", {}, newcomer(scene))
    yield invocation("POST", "/v1/customers", {}, newcomer(scene), Idempotency_Key="one")
    yield invocation("PATCH", "/v1/customers/{customer}", scene.ids, {"company": "Engines"})
    yield invocation("POST", "/v1/feedback", {}, RESPONSE(scene))
    yield invocation("POST", "/v1/customers", {}, "{")


def _chosen(invocations: list[Invocation]) -> dict[str, list[Invocation]]:
    """Of each handler the events that ask AWS most, of the API all."""
    found: dict[str, list[Invocation]] = {}
    for one in sorted(invocations, key=lambda one: -len(one.exchanges)):
        some = found.setdefault(one.handler, [])
        if one.handler == "app.app" or (len(some) < EVENTS and len(one.exchanges) <= MAX_EXCHANGES):
            some.append(one)
    return found
