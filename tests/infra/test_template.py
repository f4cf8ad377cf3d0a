"""What must hold of the template as it is deployed, whoever adds to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

from chalicelib.webhooks.model import GROUPS
from tests.cloud import WORKERS
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
    r"kms:Decrypt": "the account's key for parameters has no known id; conditions leave one parameter",
    r"s3:(Get|Put|Delete)Object|s3:AbortMultipartUpload": "objects of one prefix, or of a bucket of ours",
    r"dynamodb:ListStreams": "the streams of one table; their names hold a time",
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


def _of(package: Package, kind: str) -> Resources:
    return {name: part for name, part in package.template["Resources"].items() if part["Type"] == kind}


def _sources(package: Package) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Function name, function properties and event source properties of each mapping."""
    for name, function in package.functions().items():
        for event in function.get("Events", {}).values():
            yield name, function, event["Properties"]


def _paths(package: Package) -> dict[str, dict[str, Any]]:
    body = package.template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    paths: dict[str, dict[str, Any]] = body["paths"]
    return paths


def _statements(package: Package) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in _of(package, "AWS::IAM::Role").items():
        for policy in role["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement.get("Fn::If", [None, statement])[1]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(resource: Any) -> str:
    """A resource as text: `Fn::Sub` bodies and literals; a `GetAtt` names one thing and holds no wildcard."""
    return resource if isinstance(resource, str) else str(resource.get("Fn::Sub", ""))


def test_every_event_source_reports_partial_failures(package: Package) -> None:
    sources = list(_sources(package))
    assert len(sources) >= 6
    for name, _, source in sources:
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


def test_every_queue_has_dead_letters_and_is_encrypted(package: Package) -> None:
    for name, queue in _of(package, "AWS::SQS::Queue").items():
        properties = queue["Properties"]
        assert properties["SqsManagedSseEnabled"] is True, name
        if name.endswith("DeadLetters"):
            assert properties["MessageRetentionPeriod"] == 14 * 24 * 3600
        else:
            dead = name.removesuffix("Queue") + "DeadLetters"
            assert properties["RedrivePolicy"] == {
                "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
                "maxReceiveCount": 5,
            }


def test_a_message_stays_hidden_for_six_timeouts(package: Package) -> None:
    queues = _of(package, "AWS::SQS::Queue")
    read = set()
    for name, function, source in _sources(package):
        if "Queue" in source:
            queue = source["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}")
            read.add(queue)
            assert queues[queue]["Properties"]["VisibilityTimeout"] >= 6 * function["Timeout"], name
    assert read == {name for name in queues if name.endswith("Queue")} - FOR_OTHERS


def test_each_queue_is_read_by_the_worker_that_the_tests_pump_into(package: Package) -> None:
    readers = {
        source["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}"): function["Handler"]
        for _, function, source in _sources(package)
        if "Queue" in source
    }
    assert readers == {queue: worker.replace(":", ".") for queue, worker in WORKERS.items()}


def test_the_stream_is_bounded_and_keeps_what_fails(package: Package) -> None:
    (source,) = (part for _, _, part in _sources(package) if "Stream" in part)
    assert source["Stream"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert source["BisectBatchOnFunctionError"] is True
    assert source["MaximumRetryAttempts"] > 0
    assert source["MaximumRecordAgeInSeconds"]
    assert source["DestinationConfig"]["OnFailure"]["Destination"] == {
        "Fn::GetAtt": ["FailuresBucket", "Arn"]
    }
    (rule,) = source["FilterCriteria"]["Filters"]
    assert json.loads(rule["Pattern"])["eventName"] == ["INSERT"]


def test_every_method_that_is_not_public_has_an_authorizer(package: Package) -> None:
    for path, methods in _paths(package).items():
        for method, operation in methods.items():
            open_to_all = path in PUBLIC or method == "options"
            assert bool(operation.get("security")) is not open_to_all, f"{method} {path}"


def test_preflight_names_the_allowed_origin(package: Package) -> None:
    for path, methods in _paths(package).items():
        if "options" in methods:
            answer = methods["options"]["x-amazon-apigateway-integration"]["responses"]["default"]
            allowed = answer["responseParameters"]["method.response.header.Access-Control-Allow-Origin"]
            assert allowed == {"Fn::Sub": "'${CorsOrigin}'"}, path


def test_sibling_paths_share_one_parameter_name(package: Package) -> None:
    names: dict[str, set[str]] = {}
    for path in _paths(package):
        parts = path.split("/")
        for place, part in enumerate(parts):
            if part.startswith("{"):
                names.setdefault("/".join(parts[:place]), set()).add(part)
    assert {parent: found for parent, found in names.items() if len(found) > 1} == {}


def test_the_api_has_room_to_grow(package: Package) -> None:
    nodes = {"/"}
    for path in _paths(package):
        parts = path.strip("/").split("/")
        nodes |= {"/".join(parts[: count + 1]) for count in range(len(parts))}
    assert len(nodes) <= MAX_NODES


def test_the_template_is_under_a_megabyte(package: Package) -> None:
    assert len(json.dumps(package.template)) < 1_000_000


def test_no_statement_names_more_than_it_must(package: Package) -> None:
    for role, statement in _statements(package):
        for action in _as_list(statement["Action"]):
            assert "*" not in action, f"{role}: {action}"
            for resource in map(_texts, _as_list(statement["Resource"])):
                assert "*" not in resource[:-1], f"{role}: {resource}"
                narrow = not resource.endswith("*")
                assert narrow or any(re.match(known, action) for known in ENDS_WIDE), (
                    f"{role}: {action} {resource}"
                )
                assert resource != "*" or action.startswith(("xray:", "ses:GetSendQuota")), (
                    f"{role}: {action}"
                )


def test_each_function_has_a_role_of_its_own(package: Package) -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in package.functions().values()]
    assert len(set(roles)) == len(roles)


def test_each_function_writes_to_a_log_group_that_ends(package: Package) -> None:
    groups = _of(package, "AWS::Logs::LogGroup")
    for name, function in package.functions().items():
        group = groups[f"{name}Logs"]["Properties"]
        assert group["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/{function['FunctionName']['Fn::Sub']}"}
        assert group["RetentionInDays"]


def test_the_api_function_does_not_ask_for_its_own_address(package: Package) -> None:
    for name in ("APIHandler", "Authorizer"):
        assert "${RestAPI}" not in json.dumps(package.functions()[name]["Environment"])


def test_on_aws_no_webhook_goes_to_this_machine_or_without_tls(package: Package) -> None:
    given = {
        name: function["Environment"]["Variables"].get("RAPPORT_WEBHOOK_LOOPBACK")
        for name, function in package.functions().items()
    }
    only_locally = {"Fn::If": ["OnAws", {"Ref": "AWS::NoValue"}, "true"]}
    assert {name: value for name, value in given.items() if value is not None} == dict.fromkeys(
        ("APIHandler", "Webhooks"), only_locally
    )


def test_webhooks_hear_of_each_group_that_can_be_subscribed_to(package: Package) -> None:
    heard = package.template["Resources"]["WebhooksRule"]["Properties"]["EventPattern"]["detail-type"]
    assert heard == [{"prefix": f"{group}."} for group in GROUPS] + ["webhook.due"]


def test_no_resource_waits_for_itself(package: Package) -> None:
    """Cycles, which CloudFormation reports only when it deploys."""
    known = package.template["Resources"]
    waits = {name: {*_references(part)} & known.keys() for name, part in known.items()}
    assert len(list(TopologicalSorter(waits).static_order())) == len(known)


def _references(part: Any) -> Iterator[str]:
    """The logical ids that a part of the template names."""
    if isinstance(part, list):
        for item in part:
            yield from _references(item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in {"Ref", "DependsOn"}:
                yield from _as_list(value)
            elif key == "Fn::GetAtt":
                yield value[0]
            elif key == "Fn::Sub":
                yield from re.findall(r"\$\{(\w+)", value if isinstance(value, str) else value[0])
            yield from _references(value)


def test_the_access_log_holds_no_personal_data(package: Package) -> None:
    line = package.template["Resources"]["RestAPI"]["Properties"]["AccessLogSetting"]["Format"]
    for word in ("context.path", "queryString", "sourceIp", "userAgent", "\n"):
        assert word not in line


def test_the_gateways_own_answers_are_problems_with_cors(package: Package) -> None:
    answers = package.template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "ACCESS_DENIED", "THROTTLED"} <= answers.keys()
    for name, answer in answers.items():
        headers = answer["ResponseParameters"]["Headers"]
        assert headers["Content-Type"] == "'application/problem+json'"
        assert "Access-Control-Allow-Origin" in headers
        problem = json.loads(answer["ResponseTemplates"]["application/json"])
        assert {"type", "title", "detail", "code", "request_id"} <= problem.keys(), name
        assert str(problem.get("status", "")) == answer.get("StatusCode", "")
    assert answers["MISSING_AUTHENTICATION_TOKEN"]["StatusCode"] == "404"
    assert "Retry-After" in answers["THROTTLED"]["ResponseParameters"]["Headers"]


def test_nothing_bills_by_the_hour_unless_asked(package: Package) -> None:
    for name, part in package.template["Resources"].items():
        assert not BY_THE_HOUR.match(part["Type"]), name
        if part["Type"].startswith("AWS::WAFv2"):
            assert part["Condition"] == "HasWaf"
        if part["Type"] == "AWS::CloudWatch::Alarm":
            assert part["Condition"] == "HasAlarms"
    assert package.template["Resources"]["Table"]["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
    for name, function in package.functions().items():
        assert "ProvisionedConcurrencyConfig" not in function, name


def test_there_is_an_alarm_for_each_function_and_queue(package: Package) -> None:
    alarms = _of(package, "AWS::CloudWatch::Alarm")
    for function in package.functions():
        assert {f"{function}Errors", f"{function}Throttles"} <= alarms.keys()
    for queue in _of(package, "AWS::SQS::Queue"):
        assert queue.replace("DeadLetters", "Dead") in alarms or f"{queue}Age" in alarms
    for name, alarm in alarms.items():
        assert "Runbook:" in alarm["Properties"]["AlarmDescription"], name


def test_buckets_are_private_and_the_table_outlives_the_stack(package: Package) -> None:
    for name, bucket in _of(package, "AWS::S3::Bucket").items():
        assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values()), name
        assert bucket["Properties"]["BucketEncryption"], name
        assert bucket["DeletionPolicy"] == "Retain"
    table = package.template["Resources"]["Table"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
