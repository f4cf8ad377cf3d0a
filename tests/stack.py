"""The deployed CloudFormation on moto: its resources by logical id, and the functions' environment."""

from __future__ import annotations

import json
from functools import cache
from threading import RLock
from typing import Any

import boto3
import pytest
from moto.core.botocore_stubber import BotocoreStubber

from infra.build import excerpt, resources

TYPES = (
    "AWS::DynamoDB::Table",
    "AWS::SQS::Queue",
    "AWS::SNS::Topic",
    "AWS::Events::EventBus",
    "AWS::Events::Rule",
    "AWS::S3::Bucket",
)
STACK = "rapport-test"
SCHEDULE_GROUP = "rapport-test"
MAIL_DOMAIN = "shop.example"
SUPPORT_ADDRESS = f"support@{MAIL_DOMAIN}"
PARAMETERS = {
    "Stage": "test",
    "Target": "local",
    "SupportAddress": SUPPORT_ADDRESS,
    "MailDomain": MAIL_DOMAIN,
}


def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have moto answer one call after the other, as if each were atomic, for tests with threads.

    Its transactions copy the table and put the copy back when they fail, which would undo what another
    thread committed meanwhile.
    """
    lock = RLock()
    process = BotocoreStubber.process_request

    def locked(stubber: Any, request: Any) -> Any:
        with lock:
            return process(stubber, request)

    monkeypatch.setattr(BotocoreStubber, "process_request", locked)


_resources = cache(resources)


@cache
def _template() -> tuple[str, Any]:
    """What is deployed, and its parameters; read once, as every test deploys it anew."""
    template = excerpt(*TYPES)
    given = [
        {"ParameterKey": name, "ParameterValue": PARAMETERS.get(name, str(part.get("Default", "x")))}
        for name, part in template["Parameters"].items()
    ]
    # Tabs are no YAML, so moto takes its JSON parser, which is a hundred times as fast.
    return json.dumps(template, indent="\t"), given


class Stack:
    """The resources, by logical id; `elsewhere` names those that stand for moto's."""

    def __init__(self, elsewhere: dict[str, str] | None = None) -> None:
        self.sqs = boto3.client("sqs")
        self._ids = {**self._create(), **(elsewhere or {})}
        self._subscribe()
        self._hurry()

    def _create(self) -> dict[str, str]:
        client = boto3.client("cloudformation")
        template, given = _template()
        client.create_stack(StackName=STACK, TemplateBody=template, Parameters=given)
        boto3.client("scheduler").create_schedule_group(Name=SCHEDULE_GROUP)  # not in moto's CloudFormation
        found = client.describe_stack_resources(StackName=STACK)["StackResources"]
        made = {
            part["LogicalResourceId"]: part["PhysicalResourceId"]
            for part in found
            if "PhysicalResourceId" in part
        }
        return {"Bus": STACK, **made}  # moto lists the bus without its name

    def _subscribe(self) -> None:
        """Subscribe the queues as the template says; moto's CloudFormation does not know subscriptions."""
        for part in _resources("AWS::SNS::Subscription").values():
            properties = part["Properties"]
            boto3.client("sns").subscribe(
                TopicArn=self[properties["TopicArn"]["Ref"]],
                Protocol=properties["Protocol"],
                Endpoint=self.arn(properties["Endpoint"]["Fn::GetAtt"][0]),
                Attributes={"RawMessageDelivery": str(properties["RawMessageDelivery"]).lower()},
            )

    def _hurry(self) -> None:
        """Take the queues' delays away: the pump need not wait for indexes, which moto keeps at once."""
        for queue, part in _resources("AWS::SQS::Queue").items():
            if part["Properties"].get("DelaySeconds"):
                self.sqs.set_queue_attributes(QueueUrl=self[queue], Attributes={"DelaySeconds": "0"})

    def __getitem__(self, logical_id: str) -> str:
        return self._ids[logical_id]

    def environment(self) -> dict[str, str]:
        """What the functions' environment would hold."""
        return {
            "RAPPORT_TABLE": self["Table"],
            "RAPPORT_BUS": self["Bus"],
            "RAPPORT_MAIL_BUCKET": self["MailBucket"],
            "RAPPORT_FILES_BUCKET": self["FilesBucket"],
            "RAPPORT_FEEDBACK_QUEUE_URL": self["FeedbackQueue"],
            "RAPPORT_TIMERS_QUEUE_ARN": self.arn("TimersQueue"),
            "RAPPORT_TIMERS_DEAD_LETTERS_ARN": self.arn("TimersDeadLetters"),
            "RAPPORT_SCHEDULE_GROUP": SCHEDULE_GROUP,
            "RAPPORT_SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
            "RAPPORT_SECRET_PARAMETER": "/rapport/test/root-secret",
            "RAPPORT_CONFIGURATION_SET": "rapport-test",
            "RAPPORT_SUPPORT_ADDRESS": SUPPORT_ADDRESS,
            "RAPPORT_BUSINESS_NAME": "Shop",
            "RAPPORT_SEND_RATE": "100000",
            "RAPPORT_PUBLIC_URL": "https://api.shop.example",
        }

    def arn(self, queue: str) -> str:
        answer = self.sqs.get_queue_attributes(QueueUrl=self[queue], AttributeNames=["QueueArn"])
        return answer["Attributes"]["QueueArn"]

    def items(self) -> list[dict[str, Any]]:
        """Everything in the table, decoded; for small tests."""
        from chalicelib.kernel.table import decode_item

        found = boto3.client("dynamodb").scan(TableName=self["Table"])["Items"]
        return [decode_item(item) for item in found]
