"""Queues are seen, dead letters peeked at and redriven, workers paused, the archive replayed; audited."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.kernel import aws
from chalicelib.queues.model import QUEUES
from infra.build import resources
from tests.api import Api
from tests.cloud import Cloud


def _at(cloud: Cloud, queue: str) -> str:
    return cloud["FeedbackQueue"].removesuffix("feedback") + queue


def _function(name: str, arn: str) -> str:
    """A function in memory, with the queue as its source; the id of the mapping."""
    role = boto3.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "")
    client = boto3.client("lambda")
    client.create_function(
        FunctionName=name,
        Role=role,
        Handler="app.app",
        Runtime="python3.13",
        Code={"ZipFile": code.getvalue()},
    )
    return str(client.create_event_source_mapping(FunctionName=name, EventSourceArn=arn)["UUID"])


def test_every_queue_is_listed(api: Api, cloud: Cloud) -> None:
    cloud.sqs.send_message(QueueUrl=_at(cloud, "feedback"), MessageBody="{}")
    cloud.sqs.send_message(QueueUrl=_at(cloud, "feedback-dead-letters"), MessageBody="{}")
    boto3.client("cloudwatch").put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": name,
                "Value": value,
                "Dimensions": [{"Name": "QueueName", "Value": "rapport-test-feedback"}],
            }
            for name, value in (
                ("NumberOfMessagesReceived", 12),
                ("NumberOfMessagesDeleted", 10),
                ("ApproximateAgeOfOldestMessage", 70),
            )
        ],
    )
    found = {one["name"]: one for one in api.get("/v1/queues").ok()["data"]}
    assert tuple(found) == QUEUES
    assert found["feedback"] == {
        "name": "feedback",
        "depth": 1,
        "in_flight": 0,
        "delayed": 0,
        "dead_letters": 1,
        "paused": None,
        "done_last_hour": 10,
        "failed_last_hour": 2,
        "oldest_seconds": 70,
    }
    assert (found["timers"]["depth"], found["timers"]["done_last_hour"]) == (0, None)
    assert api.get("/v1/queues/feedback").ok() == found["feedback"]
    api.get("/v1/queues/none").problem(404, "no_such_queue")
    reader = api.post("/v1/keys", {"name": "r", "scopes": ["ops:read"]}).ok(201)["key"]
    Api(reader).patch("/v1/queues/feedback", {"paused": True}).problem(403, "missing_scope")


def test_the_names_are_the_template_s() -> None:
    queues = resources("AWS::SQS::Queue").values()
    names = {part["Properties"]["QueueName"]["Fn::Sub"].removeprefix("rapport-${Stage}-") for part in queues}
    assert {name for name in names if not name.endswith("-dead-letters")} == set(QUEUES)
    assert {name + "-dead-letters" for name in QUEUES} <= names


def test_a_worker_is_paused_and_goes_on(api: Api, cloud: Cloud) -> None:
    mapping = _function("rapport-test-feedback-worker", cloud.arn("FeedbackQueue"))
    assert api.get("/v1/queues/feedback").ok()["paused"] is False
    for _ in range(2):
        assert api.patch("/v1/queues/feedback", {"paused": True}).ok()["paused"] is True
    client = boto3.client("lambda")
    assert client.get_event_source_mapping(UUID=mapping)["State"] == "Disabled"
    assert api.get("/v1/queues/feedback").ok()["paused"] is True
    assert api.patch("/v1/queues/feedback", {"paused": False}).ok()["paused"] is False
    assert client.get_event_source_mapping(UUID=mapping)["State"] == "Enabled"
    api.patch("/v1/queues/workflow", {"paused": True}).problem(409, "no_worker")
    trail = api.get("/v1/audit?entity_id=queues").ok()["data"]
    assert [entry["data"] for entry in trail] == [
        {"queue": "feedback", "paused": False},
        {"queue": "feedback", "paused": True},
    ]


def test_dead_letters_are_looked_at_without_what_they_say(api: Api, cloud: Cloud) -> None:
    dead = _at(cloud, "notices-dead-letters")
    event = {"id": "EVT1", "type": "ticket.opened", "data": {}, "customer_id": "Unmistakable"}
    cloud.sqs.send_message(
        QueueUrl=dead,
        MessageBody=json.dumps({"detail": event}),
        MessageAttributes={"ERROR_CODE": {"DataType": "String", "StringValue": "NO_PERMISSIONS"}},
    )
    cloud.sqs.send_message(QueueUrl=dead, MessageBody="ada@example.org")
    for _ in range(2):
        found = api.get("/v1/queues/notices/dead-letters")
        assert "ada@" not in found.text
        assert "Unmistakable" not in found.text
        told = [(one["event_type"], one["event_id"], one["error"]) for one in found.ok()["data"]]
        assert set(told) == {(None, None, None), ("ticket.opened", "EVT1", "NO_PERMISSIONS")}


def _refuse(code: str) -> Any:
    def refuse(**_: Any) -> Any:
        answer: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        raise ClientError(answer, "Any")

    return refuse


def test_dead_letters_are_redriven(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """moto moves no messages: what SQS is asked for, and what its answers mean, stand in for it."""
    asked: list[Any] = []
    task = {
        "Status": "COMPLETED",
        "ApproximateNumberOfMessagesMoved": 3,
        "ApproximateNumberOfMessagesToMove": 3,
    }
    client = aws.sqs()
    monkeypatch.setattr(client, "start_message_move_task", lambda **given: asked.append(given))
    monkeypatch.setattr(client, "list_message_move_tasks", lambda **_: {"Results": [task]})
    started = api.post("/v1/queues/feedback/redrive", {"rate": 50}).ok(202)
    assert started["status"] == "RUNNING"
    assert asked == [
        {
            "SourceArn": cloud.arn("FeedbackDeadLetters"),
            "DestinationArn": cloud.arn("FeedbackQueue"),
            "MaxNumberOfMessagesPerSecond": 50,
        },
    ]
    assert api.get("/v1/queues/feedback/redrive").ok() == {
        "status": "COMPLETED",
        "moved": 3,
        "to_move": 3,
        "failure": None,
    }
    monkeypatch.setattr(client, "list_message_move_tasks", lambda **_: {})
    api.get("/v1/queues/feedback/redrive").problem(404, "no_such_redrive")
    monkeypatch.setattr(client, "start_message_move_task", _refuse("InvalidAction"))
    api.post("/v1/queues/feedback/redrive", {}).problem(409, "not_supported_here")
    monkeypatch.setattr(client, "start_message_move_task", _refuse("UnsupportedOperation"))
    api.post("/v1/queues/feedback/redrive", {}).problem(409, "redrive_runs")
    monkeypatch.setattr(client, "start_message_move_task", _refuse("AccessDenied"))
    assert api.post("/v1/queues/feedback/redrive", {}).status == 500
    trail = api.get("/v1/audit?entity_id=queues").ok()["data"]
    assert [entry["type"] for entry in trail] == ["queue.redriven"]


def test_the_archive_is_replayed_to_one_queue_as_history(api: Api, cloud: Cloud) -> None:
    now = datetime.now(UTC)
    span = {"from": (now - timedelta(hours=1)).isoformat(), "to": now.isoformat()}
    api.post("/v1/queues/follow-ups/replay", span).problem(409, "not_supported_here")
    events = boto3.client("events")
    bus = events.describe_event_bus(Name=cloud["Bus"])["Arn"]
    events.create_archive(ArchiveName="rapport-test", EventSourceArn=bus)
    low = {"kind": "nps", "score": 1}
    api.post("/v1/feedback", low).ok(202)
    for queue in ("FeedbackQueue",):
        cloud.work(queue)
    cloud.publish()
    cloud.receive("FollowUpsQueue")  # lost, as by a fault
    wider = {**span, "to": datetime.now(UTC).isoformat()}
    started = api.post("/v1/queues/follow-ups/replay", wider, Idempotency_Key="once").ok(202)
    again = api.post("/v1/queues/follow-ups/replay", wider, Idempotency_Key="once").ok(202)
    assert started == again
    path = f"/v1/queues/follow-ups/replay/{started['id']}"
    assert api.get(path).ok()["state"] in ("STARTING", "RUNNING", "COMPLETED")
    messages = cloud.receive("FollowUpsQueue")
    assert [json.loads(one["Body"])["replay-name"] for one in messages] == [f"rapport-test-{started['id']}"]
    assert cloud.deliver("FollowUpsQueue", messages) == set()
    assert api.get("/v1/followups").ok()["data"] == [], "what is replayed is history: nobody is to act on it"
    assert cloud.receive("NoticesQueue") == []
    api.get("/v1/queues/follow-ups/replay/rpl_01JAAAAAAAAAAAAAAAAAAAAAAA").problem(404, "no_such_replay")


@pytest.mark.parametrize(("first", "last"), [(1, 2), (-1, -2), (-40 * 24, -1), (-2, 1)])
def test_replays_of_no_time_are_refused(api: Api, first: int, last: int) -> None:
    now = datetime.now(UTC)
    span = {
        name: (now + timedelta(hours=hours)).isoformat() for name, hours in (("from", first), ("to", last))
    }
    api.post("/v1/queues/feedback/replay", span).problem(422, "invalid")


def test_a_queue_that_no_event_leads_to_is_not_replayed(api: Api, cloud: Cloud) -> None:
    now = datetime.now(UTC)
    span = {"from": (now - timedelta(hours=1)).isoformat(), "to": now.isoformat()}
    api.post("/v1/queues/inbound-mail/replay", span).problem(409, "not_from_the_bus")
    assert cloud
