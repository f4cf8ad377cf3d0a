"""Queues, streams and the functions that read them."""

from __future__ import annotations

import json

from chalicelib.webhooks.model import GROUPS
from tests.cloud import WORKERS
from tests.infra.package import Package
from tests.infra.parts import (
    FOR_OTHERS,
    of,
    sources_of,
)


def test_every_event_source_reports_partial_failures(package: Package) -> None:
    sources = list(sources_of(package))
    assert len(sources) >= 6
    for name, _, source in sources:
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


def test_the_emulator_is_told_numbers_of_functions_at_once(package: Package) -> None:
    for name, _, source in sources_of(package):
        most = source.get("ScalingConfig", {}).get("MaximumConcurrency", 2)
        if isinstance(most, dict):
            condition, _, most = most["Fn::If"]
            assert condition == "OnAws", name
        assert isinstance(most, int), f"{name}: its poller would fail for all queues"


def test_every_queue_has_dead_letters_and_is_encrypted(package: Package) -> None:
    for name, queue in of(package, "AWS::SQS::Queue").items():
        properties = queue["Properties"]
        assert properties["SqsManagedSseEnabled"] is True, name
        if name.endswith("DeadLetters"):
            assert properties["MessageRetentionPeriod"] == 14 * 24 * 3600
        else:
            dead = name.removesuffix("Queue") + "DeadLetters"
            assert properties["RedrivePolicy"] == {
                "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
                "maxReceiveCount": 8,
            }


def test_a_message_stays_hidden_for_six_timeouts(package: Package) -> None:
    queues = of(package, "AWS::SQS::Queue")
    read = set()
    for name, function, source in sources_of(package):
        if "Queue" in source:
            queue = source["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}")
            read.add(queue)
            assert queues[queue]["Properties"]["VisibilityTimeout"] >= 6 * function["Timeout"], name
    assert read == {name for name in queues if name.endswith("Queue")} - FOR_OTHERS


def test_each_queue_is_read_by_the_worker_that_the_tests_pump_into(package: Package) -> None:
    readers = {
        source["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}"): function["Handler"]
        for _, function, source in sources_of(package)
        if "Queue" in source
    }
    assert readers == {queue: worker.replace(":", ".") for queue, worker in WORKERS.items()}


def test_the_stream_is_bounded_and_keeps_what_fails(package: Package) -> None:
    (source,) = (part for _, _, part in sources_of(package) if "Stream" in part)
    assert source["Stream"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert source["BisectBatchOnFunctionError"] is True
    assert source["MaximumRetryAttempts"] > 0
    assert source["MaximumRecordAgeInSeconds"]
    assert source["DestinationConfig"]["OnFailure"]["Destination"] == {
        "Fn::GetAtt": ["FailuresBucket", "Arn"]
    }
    (rule,) = source["FilterCriteria"]["Filters"]
    assert json.loads(rule["Pattern"])["eventName"] == ["INSERT"]


def test_webhooks_hear_of_each_group_that_can_be_subscribed_to(package: Package) -> None:
    heard = package.template["Resources"]["WebhooksRule"]["Properties"]["EventPattern"]["detail-type"]
    assert heard == [{"prefix": f"{group}."} for group in GROUPS] + ["webhook.due"]


def test_there_is_an_alarm_for_each_function_and_queue(package: Package) -> None:
    alarms = of(package, "AWS::CloudWatch::Alarm")
    for function in package.functions():
        assert {f"{function}Errors", f"{function}Throttles"} <= alarms.keys()
    for queue in of(package, "AWS::SQS::Queue"):
        assert queue.replace("DeadLetters", "Dead") in alarms or f"{queue}Age" in alarms
    for name, alarm in alarms.items():
        assert "Runbook:" in alarm["Properties"]["AlarmDescription"], name
