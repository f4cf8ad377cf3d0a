"""What the default stack costs while nobody talks: no resource of it bills by the hour.

Looked at is every resource that the template makes with its parameters' defaults: its type has to be one
of those that bill by use only, and nothing in it may be provisioned.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.built import template
from bench.report import Line, alone

TITLE = "Idle cost of the default stack"

BY_USE = {
    "AWS::DynamoDB::Table",
    "AWS::Events::Archive",
    "AWS::Events::EventBus",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SES::EmailIdentity",
    "AWS::SES::ReceiptRule",
    "AWS::SES::ReceiptRuleSet",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::ScheduleGroup",
    "AWS::Serverless::Api",
    "AWS::Serverless::Function",
}
"""Types that bill for what is asked, sent or stored, or for nothing."""

PROVISIONED = {
    "AutoPublishAlias",
    "CacheClusterEnabled",
    "DedicatedIpPool",
    "KmsMasterKeyId",
    "KmsKeyId",
    "ProvisionedConcurrencyConfig",
    "ProvisionedPollerConfig",
    "ProvisionedThroughput",
    "ReservedConcurrentExecutions",
    "SnapStart",
    "VpcConfig",
}
"""Settings that keep something running, or need something that runs."""

FREE_METRICS = 50
"""Metrics of a dashboard that is free, as the first three of an account are."""

POLLS_A_MONTH = 5 * 30 * 86_400 // 20
"""Receive calls that Lambda makes on one idle queue: five long polls of 20 seconds at a time."""


def holds(condition: Any, whole: dict[str, Any]) -> Any:
    """The value of a condition of the template with the parameters' defaults."""
    match condition:
        case {"Condition": name}:
            return holds(whole["Conditions"][name], whole)
        case {"Ref": name}:
            return str(whole["Parameters"][name]["Default"])
        case {"Fn::Equals": [left, right]}:
            return holds(left, whole) == holds(right, whole)
        case {"Fn::Not": [inner]}:
            return not holds(inner, whole)
        case {"Fn::And": parts}:
            return all(holds(part, whole) for part in parts)
        case {"Fn::Or": parts}:
            return any(holds(part, whole) for part in parts)
        case str():
            return condition
    raise ValueError(f"unknown condition {condition}")


def default_resources(whole: dict[str, Any]) -> dict[str, Any]:
    """The resources that exist when every parameter has its default."""
    return {
        name: part
        for name, part in whole["Resources"].items()
        if "Condition" not in part or holds({"Condition": part["Condition"]}, whole)
    }


def settings_in(value: Any) -> Iterator[str]:
    """The names of all properties, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from settings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from settings_in(inner)


def measure() -> Iterator[Line]:
    made = default_resources(template())
    kinds = Counter(part["Type"] for part in made.values())
    dashboards = kinds.pop("AWS::CloudWatch::Dashboard", 0)
    others = sorted(kinds.keys() - BY_USE)
    figure = ", ".join(others) or f"none of {len(made)}, of {len(kinds)} types"
    yield Line("resources that bill by the hour", "none", figure, not others)
    running = sorted({name for part in made.values() for name in settings_in(part)} & PROVISIONED)
    looked = f"none of {', '.join(sorted(PROVISIONED))}"
    yield Line("settings that keep something running", "none", ", ".join(running) or looked, not running)
    modes = {p["Properties"].get("BillingMode") for p in made.values() if p["Type"] == "AWS::DynamoDB::Table"}
    yield Line("the table bills", "by use", ", ".join(map(str, modes)), modes == {"PAY_PER_REQUEST"})
    yield dashboard(made, dashboards)
    sources = sum("SqsEventSource" in name for part in made.values() for name in settings_in(part))
    polls = f"{sources * POLLS_A_MONTH / 1e6:.1f} million a month (a million are free)"
    yield Line("Lambda's own polling of its idle queues, by AWS's docs", "", polls, None)


def dashboard(made: dict[str, Any], number: int) -> Line:
    """The first three dashboards of an account are free, with at most 50 metrics each."""
    bodies = [p["Properties"]["DashboardBody"] for p in made.values() if p["Type"].endswith("::Dashboard")]
    most = max((metrics(json.loads(body["Fn::Sub"])) for body in bodies), default=0)
    figure = f"{number}, of {most} metrics"
    fits = number <= 1 and most <= FREE_METRICS
    return Line("dashboards (free with 50 metrics; alarms are an option)", "≤ 1", figure, fits)


def metrics(body: dict[str, Any]) -> int:
    """How many metrics a dashboard shows."""
    return sum(len(widget["properties"].get("metrics", [])) for widget in body["widgets"])


if __name__ == "__main__":
    sys.exit(alone(TITLE, measure))
