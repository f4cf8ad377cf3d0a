"""Parts of the template, and what they are allowed to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.infra.package import Package

PORTAL = "/v1/public/portal/{token}"


PUBLIC = {
    *("/v1/health", "/v1/openapi.json", "/docs", "/docs/{asset}"),
    *("/confirm/{token}", "/confirm/{token}/decline"),
    *("/v1/public/articles", "/v1/public/articles/{slug}", "/v1/public/articles/{slug}/votes"),
    *("/v1/public/sections", "/help", "/help/{slug}"),
    *("/unsubscribe/{token}", "/preferences/{token}", "/download/{token}"),
    *(
        "/my",
        "/my/{token}",
        "/my/{token}/{ticket_id}",
        "/my/{token}/{ticket_id}/{message_id}/{attachment_id}",
    ),
    *("/s/{token}", "/surveys/{survey}"),
    *("/ideas", "/ideas/{suggestion_id}", "/v1/public/suggestions", "/v1/public/suggestions/similar"),
    *("/v1/public/suggestions/{suggestion_id}", "/v1/public/suggestions/{suggestion_id}/votes"),
    *("/v1/public/portal", f"{PORTAL}/tickets", f"{PORTAL}/tickets/{{ticket_id}}"),
    f"{PORTAL}/tickets/{{ticket_id}}/messages",
    f"{PORTAL}/tickets/{{ticket_id}}/messages/{{message_id}}/attachments/{{attachment_id}}",
}
"""The only paths that answer without a key."""


MAX_NODES = 280
"""API Gateway takes 300 resources; a few are left for whoever deploys."""


ENDS_WIDE = {
    r"xray:": "X-Ray knows no resources",
    r"ses:GetSendQuota": "the quota is the account's",
    r"comprehend:BatchDetectSentiment": "Comprehend knows no resources",
    r"kms:Decrypt": "the account's key for parameters has no known id; conditions leave one parameter",
    r"s3:(Get|Put|Delete)Object|s3:AbortMultipartUpload": "objects of one prefix, or of a bucket of ours",
    r"dynamodb:ListStreams": "the streams of one table; their names hold a time",
    r"sqs:(GetQueueAttributes|SendMessage)": "the queues of one stage, which the API shows and redrives to",
    r"cloudwatch:GetMetricData|lambda:ListEventSourceMappings": "neither knows resources",
    r"lambda:UpdateEventSourceMapping": "mappings have no known id; a condition leaves our functions'",
    r"events:(ListRuleNamesByTarget|StartReplay|DescribeReplay)": "the rules and the replays of one stage",
    r"scheduler:CreateSchedule": "the schedules of one group, named by entity and minute",
}
"""Actions whose resource may end in `*`, and why it cannot be narrower."""


BY_THE_HOUR = re.compile(
    "AWS::(EC2|RDS|ECS|EKS|ElastiCache|ElasticLoadBalancing|OpenSearch|MSK|Kinesis|KMS::Key|Redshift|NAT|DAX|EFS)"
)
"""Services that bill while nobody calls."""


FOR_OTHERS = {"WorkflowQueue"}
"""Queues that no function of ours reads."""


Resources = dict[str, dict[str, Any]]


def of(package: Package, kind: str) -> Resources:
    return {name: part for name, part in package.template["Resources"].items() if part["Type"] == kind}


def sources_of(package: Package) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Function name, function properties and event source properties of each mapping."""
    for name, function in package.functions().items():
        for event in function.get("Events", {}).values():
            yield name, function, event["Properties"]


def paths(package: Package) -> dict[str, dict[str, Any]]:
    body = package.template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    paths: dict[str, dict[str, Any]] = body["paths"]
    return paths


def statements(package: Package) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in of(package, "AWS::IAM::Role").items():
        for policy in role["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement.get("Fn::If", [None, statement])[1]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def texts(resource: Any) -> str:
    """A resource as text: `Fn::Sub` bodies and literals; a `GetAtt` names one thing and holds no wildcard."""
    return resource if isinstance(resource, str) else str(resource.get("Fn::Sub", ""))


def references(part: Any) -> Iterator[str]:
    """The logical ids that a part of the template names."""
    if isinstance(part, list):
        for item in part:
            yield from references(item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in {"Ref", "DependsOn"}:
                yield from as_list(value)
            elif key == "Fn::GetAtt":
                yield value[0]
            elif key == "Fn::Sub":
                yield from re.findall(r"\$\{(\w+)", value if isinstance(value, str) else value[0])
            yield from references(value)
