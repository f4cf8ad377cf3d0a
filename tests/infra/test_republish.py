"""Events that the publisher gave up on can be published later, as often as one likes."""

from __future__ import annotations

import json
import sys
from typing import Any

import boto3
import pytest

from chalicelib.kernel import config
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from chalicelib.timeline.events import InteractionLogged
from infra import republish
from infra.template import merged
from tests.cloud import Cloud

CUSTOMER = "cus_01J0000000000000000000000A"


@pytest.fixture
def heard(cloud: Cloud) -> Any:
    """What subscribers of the bus get."""
    queue = cloud.sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    events = boto3.client("events")
    events.put_rule(Name="all", EventBusName=cloud["Bus"], EventPattern=json.dumps({"source": ["rapport"]}))
    arn = cloud.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    events.put_targets(Rule="all", EventBusName=cloud["Bus"], Targets=[{"Id": "queue", "Arn": arn}])

    def messages() -> list[Any]:
        found = cloud.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"])["detail"] for message in found]

    return messages


@pytest.fixture
def kept(cloud: Cloud) -> str:
    """The bucket, with a batch of three records, two of them events, as Lambda keeps it."""
    for summary in ("first", "second"):
        work = Work()
        event = InteractionLogged(customer_id=CUSTOMER, channel="fax", direction="inbound")
        work.record(f"CUS#{CUSTOMER}", event, customer_id=CUSTOMER, private={"summary": summary})
        commit(work)
    other = Work()
    other.overwrite({"pk": "THR#one", "sk": "THR"})
    commit(other)
    keep(cloud, {"payload": json.dumps({"Records": cloud.stream()}), "version": "1.0"})
    return cloud["FailuresBucket"]


def keep(cloud: Cloud, failure: Any) -> None:
    key = "aws/lambda/a-mapping/shardId-1/2026/01/31/2026-01-31T12.00.00-one"
    boto3.client("s3").put_object(Bucket=cloud["FailuresBucket"], Key=key, Body=json.dumps(failure).encode())


def run(monkeypatch: pytest.MonkeyPatch, cloud: Cloud, *options: str) -> int:
    """The command, against the stack of this cloud."""
    found = {"FailuresBucketName": cloud["FailuresBucket"], "BusName": cloud["Bus"]}
    monkeypatch.setattr(republish, "outputs", lambda client, name: found if name == "rapport-test" else {})
    monkeypatch.setattr(sys, "argv", ["republish", "--stage", "test", *options])
    monkeypatch.delenv("RAPPORT_BUS")
    config.settings.cache_clear()
    return republish.main()


def left(bucket: str) -> int:
    return boto3.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"]


def test_kept_events_reach_the_bus(
    cloud: Cloud, kept: str, heard: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, cloud) == 0
    published = heard()
    assert [event["type"] for event in published] == ["interaction.logged"] * 2
    assert all("private" not in event for event in published)
    assert capsys.readouterr().out.endswith("2 events published\n")
    assert left(kept) == 1


def test_a_dry_run_publishes_nothing(
    cloud: Cloud, kept: str, heard: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, cloud, "--dry-run", "--delete") == 0
    assert capsys.readouterr().out.endswith("2 events to publish\n")
    assert not heard()
    assert left(kept) == 1


def test_published_batches_are_deleted_when_asked(
    cloud: Cloud, kept: str, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, cloud, "--delete") == 0
    assert len(heard()) == 2
    assert left(kept) == 0


def test_what_lambda_did_not_write_stops_it(
    cloud: Cloud, heard: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(cloud, {"note": "put here by hand"})
    assert run(monkeypatch, cloud, "--delete") == 1
    assert "no failed batch" in capsys.readouterr().err
    assert left(cloud["FailuresBucket"]) == 1


def test_the_stack_names_the_bucket_and_the_bus() -> None:
    assert {"FailuresBucketName", "BusName"} <= set(merged()["Outputs"])
