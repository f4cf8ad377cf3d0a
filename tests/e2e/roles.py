"""Asks, with a role's own credentials, for everything that somebody could want of the stack.

Nothing is changed by it: what is allowed is asked for so that it fails afterwards, by a condition, a missing
parameter, an unknown name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from local.clients import ACCOUNT, Clients
from local.settings import MAIL_DOMAIN, REGION, SECRET_PARAMETER, STACK, STAGE

Ask = Callable[[str], Any]
"""`ask("sqs")` is that service's client with the credentials of a role."""
Probe = tuple[str, str, dict[str, Any]]
"""A service, a method of its client, and what it is given."""

REFUSED = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "403"}
FOLDERS = {
    "MailBucket": ("inbound", "messages", "attachments", "articles", "articles/index", "elsewhere"),
    "FilesBucket": ("any",),
    "FailuresBucket": ("any",),
}
NOBODY = {"pk": {"S": "nobody"}, "sk": {"S": "nobody"}}
THERE = "attribute_exists(pk)"
PAST = "2020-01-01T00:00:00Z"


class Stack:
    """The deployed resources: names by type, and by their name in the template."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._session = boto3.Session(region_name=REGION)
        self._of: dict[str, dict[str, str]] = {}
        pages = clients("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        for page in pages:
            for one in page["StackResourceSummaries"]:
                names = self._of.setdefault(one["ResourceType"].rpartition("AWS::")[2], {})
                names[one["LogicalResourceId"]] = one["PhysicalResourceId"]

    def of(self, kind: str) -> dict[str, str]:
        """Resources such as `SQS::Queue`: their names by their name in the template."""
        return self._of[kind]

    def acting_as(self, role: str) -> Ask:
        """Clients with the credentials of a role, by its name in the template."""
        taken = self._clients("sts").assume_role(RoleArn=self.role_arn(role), RoleSessionName="probe")
        given = taken["Credentials"]
        made: dict[str, Any] = {}
        config = Config(parameter_validation=False, retries={"total_max_attempts": 1})

        def client(service: str) -> Any:
            if service not in made:
                make: Any = self._session.client
                made[service] = make(
                    service,
                    endpoint_url=self._clients.endpoint_url,
                    config=config,
                    aws_access_key_id=given["AccessKeyId"],
                    aws_secret_access_key=given["SecretAccessKey"],
                    aws_session_token=given["SessionToken"],
                )
            return made[service]

        return client

    def role_arn(self, role: str) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/{self.of('IAM::Role')[role]}"

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def allowed(ask: Ask, probe: Probe) -> bool:
    """Whether what was asked for was not refused, however else it failed."""
    service, method, given = probe
    try:
        getattr(ask(service), method)(**given)
    except ClientError as error:
        return error.response["Error"]["Code"] not in REFUSED
    return True


def probes(stack: Stack) -> dict[str, Probe]:
    """All that can be asked for, by a name such as `send FeedbackQueue` or `read MailBucket/inbound`."""
    return dict((*_table(stack), *_queues(stack), *_objects(stack), *_others(stack)))


def _table(stack: Stack) -> Iterator[tuple[str, Probe]]:
    [table] = stack.of("DynamoDB::Table").values()
    of: dict[str, Any] = {"TableName": table}
    key = {**of, "Key": NOBODY}
    found = {**of, "ExpressionAttributeValues": {":v": {"S": "nobody"}}}
    check = {"ConditionCheck": {**key, "ConditionExpression": THERE}}
    update = {"UpdateExpression": "SET a = pk", "ConditionExpression": THERE}
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "GetItem": ("get_item", key),
        "BatchGetItem": ("batch_get_item", {"RequestItems": {table: {"Keys": [NOBODY]}}}),
        "Query": ("query", {**found, "KeyConditionExpression": "pk = :v"}),
        "Query index": ("query", {**found, "KeyConditionExpression": "gsi1pk = :v", "IndexName": "gsi1"}),
        "PutItem": ("put_item", {**of, "Item": NOBODY, "ConditionExpression": THERE}),
        "UpdateItem": ("update_item", {**key, **update}),
        "DeleteItem": ("delete_item", {**key, "ConditionExpression": THERE}),
        "ConditionCheckItem": ("transact_write_items", {"TransactItems": [check]}),
        "Scan": ("scan", {**of, "Limit": 1}),
        "Scan index": ("scan", {**of, "Limit": 1, "IndexName": "gsi1"}),
        "GetItem elsewhere": ("get_item", {**key, "TableName": "another"}),
        "UpdateTable": ("update_table", of),
        "UpdateTimeToLive": ("update_time_to_live", of),
        "ListTables": ("list_tables", {}),
        "PartiQL": ("execute_statement", {"Statement": f"SELECT * FROM \"{table}\" WHERE pk = 'x'"}),
    }
    for name, (method, given) in asked.items():
        yield name, ("dynamodb", method, given)
    stream = {"StreamArn": stack.arn("dynamodb", f"table/{table}/stream/none")}
    yield "read the stream", ("dynamodbstreams", "describe_stream", stream)


def _queues(stack: Stack) -> Iterator[tuple[str, Probe]]:
    """What is asked for is wrong: no body, too many messages, a handle that no message has, no attribute."""
    for name, url in stack.of("SQS::Queue").items():
        of: dict[str, Any] = {"QueueUrl": url}
        yield f"send {name}", ("sqs", "send_message", {**of, "MessageBody": ""})
        yield f"receive {name}", ("sqs", "receive_message", {**of, "MaxNumberOfMessages": 99})
        yield f"delete {name}", ("sqs", "delete_message", {**of, "ReceiptHandle": "none"})
        yield f"settings {name}", ("sqs", "set_queue_attributes", {**of, "Attributes": {}})


def _objects(stack: Stack) -> Iterator[tuple[str, Probe]]:
    """Objects that are not there; one is only written over what is there, in such a version."""
    for name, bucket in stack.of("S3::Bucket").items():
        of = {"Bucket": bucket}
        for folder in FOLDERS[name]:
            one = {**of, "Key": f"{folder}/nothing"}
            yield f"read {name}/{folder}", ("s3", "get_object", one)
            yield f"write {name}/{folder}", ("s3", "put_object", {**one, "Body": b"", "IfMatch": '"none"'})
            yield f"remove {name}/{folder}", ("s3", "delete_object", one)
            yield f"erase {name}/{folder}", ("s3", "delete_object", {**one, "VersionId": "none"})
        yield f"list {name}", ("s3", "list_objects_v2", {**of, "MaxKeys": 1})
        yield f"list versions of {name}", ("s3", "list_object_versions", {**of, "MaxKeys": 1})
        yield f"settings {name}", ("s3", "get_bucket_policy", of)


def _others(stack: Stack) -> Iterator[tuple[str, Probe]]:
    bus = stack.of("Events::EventBus")["Bus"]
    archive, to_bus = (stack.arn("events", name) for name in (f"archive/rapport-{STAGE}", f"event-bus/{bus}"))
    schedule = {"Name": "probe", "GroupName": stack.of("Scheduler::ScheduleGroup")["ScheduleGroup"]}
    never = {**schedule, "ScheduleExpression": "never", "FlexibleTimeWindow": {"Mode": "OFF"}}
    function = {"FunctionName": stack.of("Lambda::Function")["Jobs"]}
    event = {"EventBusName": bus, "Source": "", "DetailType": "", "Detail": "{}"}
    mail = {"Source": f"probe@{MAIL_DOMAIN}", "RawMessage": {"Data": b""}, "Destinations": []}
    replay = {
        "ReplayName": f"rapport-{STAGE}-probe",
        "EventSourceArn": archive,
        "Destination": {"Arn": to_bus},
    }
    span = {"EventStartTime": PAST, "EventEndTime": PAST}
    secret = {"Name": SECRET_PARAMETER, "WithDecryption": True}
    metrics = {"MetricDataQueries": [], "StartTime": PAST, "EndTime": PAST}
    yield "send mail", ("ses", "send_raw_email", mail)
    yield "SES quota", ("ses", "get_send_quota", {})
    yield "SES identities", ("ses", "list_identities", {})
    yield "publish an event", ("events", "put_events", {"Entries": [event]})
    yield "replay events", ("events", "start_replay", {**replay, **span})
    yield "change a rule", ("events", "put_rule", {"Name": "probe", "EventBusName": bus})
    yield "make a schedule", ("scheduler", "create_schedule", never)
    yield "remove a schedule", ("scheduler", "delete_schedule", schedule)
    yield "read the secret", ("ssm", "get_parameter", secret)
    yield "read another secret", ("ssm", "get_parameter", {**secret, "Name": "/another"})
    yield "change the secret", ("ssm", "put_parameter", {"Name": SECRET_PARAMETER, "Value": ""})
    yield "call a function", ("lambda", "invoke", {**function, "InvocationType": "DryRun"})
    yield "change a function", ("lambda", "update_function_configuration", function)
    yield "list event sources", ("lambda", "list_event_source_mappings", {"MaxItems": 1})
    yield "read metrics", ("cloudwatch", "get_metric_data", metrics)
    yield "list roles", ("iam", "list_roles", {"MaxItems": 1})
    for role in ("JobsRole", "SchedulerRole"):
        taken = {"RoleArn": stack.role_arn(role), "RoleSessionName": "probe"}
        yield f"act as {role}", ("sts", "assume_role", taken)
    yield "look at the stack", ("cloudformation", "describe_stacks", {"StackName": STACK})
    for name, topic in stack.of("SNS::Topic").items():
        yield f"publish {name}", ("sns", "publish", {"TopicArn": topic, "Message": ""})
