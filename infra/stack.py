"""Puts a built package into a cloud as a CloudFormation stack; for AWS and the local cloud alike."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, WaiterError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, StackEventTypeDef
    from mypy_boto3_s3 import S3Client

Say = Callable[[str], None]
POLL_SECONDS = 2.0


class DeployFailed(RuntimeError):
    """CloudFormation refused or rolled back; the message holds its reasons."""


def ensure_bucket(s3: S3Client, bucket: str, account: str | None = None) -> None:
    """Make the artifacts bucket, private and encrypted as S3 makes all buckets, unless it is there.

    Its name can be guessed: a stranger could own it and change what is deployed from it. So a bucket that
    is not the account's is refused. Raises DeployFailed.
    """
    owner: Any = {"ExpectedBucketOwner": account} if account else {}
    try:
        s3.head_bucket(Bucket=bucket, **owner)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in {"403", "AccessDenied", "Forbidden"}:
            raise DeployFailed(f"the bucket {bucket} is another account's, or closed to you") from error
        if code not in {"404", "NoSuchBucket"}:
            raise
        place: Any = {"CreateBucketConfiguration": {"LocationConstraint": s3.meta.region_name}}
        s3.create_bucket(Bucket=bucket, **({} if s3.meta.region_name == "us-east-1" else place))


def upload(s3: S3Client, bucket: str, folder: Path) -> str:
    """Upload the package and the template that points to it; return the template's URL.

    Names are content hashes: the same build is the same object, and an older one stays for a rollback.
    """
    package = (folder / "deployment.zip").read_bytes()
    key = f"packages/{hashlib.sha256(package).hexdigest()}.zip"
    template = with_code_at(json.loads((folder / "template.json").read_text()), f"s3://{bucket}/{key}")
    body = json.dumps(template, separators=(",", ":")).encode()
    template_key = f"templates/{hashlib.sha256(body).hexdigest()}.json"
    s3.put_object(Bucket=bucket, Key=key, Body=package)
    s3.put_object(Bucket=bucket, Key=template_key, Body=body)
    return f"{s3.meta.endpoint_url}/{bucket}/{template_key}"


def with_code_at(template: dict[str, Any], uri: str) -> dict[str, Any]:
    """The template with the code of every function at this S3 URI."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = uri
    return template


def deploy_stack(
    cloudformation: CloudFormationClient,
    name: str,
    template_url: str,
    parameters: Mapping[str, str],
    say: Say = print,
) -> dict[str, str]:
    """Create or update the stack and return its outputs; parameters not named keep their value or default.

    Nothing to change is a success. Raises DeployFailed.
    """
    exists = _status(cloudformation, name) not in {None, "REVIEW_IN_PROGRESS"}
    change_set = f"deploy-{int(time.time() * 1000)}"
    cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=change_set,
        ChangeSetType="UPDATE" if exists else "CREATE",
        TemplateURL=template_url,
        Parameters=_given(parameters, _kept(cloudformation, name, template_url) if exists else set()),
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    if _ready(cloudformation, name, change_set):
        told: set[str] = set()
        _news(cloudformation, name, told)
        cloudformation.execute_change_set(StackName=name, ChangeSetName=change_set)
        _follow(cloudformation, name, told, say)
    else:
        say(f"{name}: nothing to change")
    return outputs(cloudformation, name)


def _kept(cloudformation: CloudFormationClient, name: str, template_url: str) -> set[str]:
    """The parameters that the stack has a value for and the new template still knows."""
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    new = cloudformation.get_template_summary(TemplateURL=template_url)
    return {part["ParameterKey"] for part in stack.get("Parameters", [])} & {
        part["ParameterKey"] for part in new.get("Parameters", [])
    }


def _given(parameters: Mapping[str, str], kept: set[str]) -> list[ParameterTypeDef]:
    """Parameters as CloudFormation takes them."""
    given: list[ParameterTypeDef] = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in sorted(parameters.items())
    ]
    old: list[ParameterTypeDef] = [
        {"ParameterKey": key, "UsePreviousValue": True} for key in sorted(kept - parameters.keys())
    ]
    return given + old


def outputs(cloudformation: CloudFormationClient, name: str) -> dict[str, str]:
    """The outputs of the stack by key."""
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    return {part["OutputKey"]: part["OutputValue"] for part in stack.get("Outputs", [])}


def _status(cloudformation: CloudFormationClient, name: str) -> str | None:
    """The stack's status, None when there is no such stack."""
    try:
        return cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise


def _ready(cloudformation: CloudFormationClient, name: str, change_set: str) -> bool:
    """Wait for the change set; False, and it is gone, when it holds no change."""
    waiter = cloudformation.get_waiter("change_set_create_complete")
    try:
        waiter.wait(StackName=name, ChangeSetName=change_set, WaiterConfig={"Delay": 1, "MaxAttempts": 300})
    except WaiterError as error:
        reason = str(error.last_response.get("StatusReason", error))
        if "didn't contain changes" in reason or "No updates" in reason:
            cloudformation.delete_change_set(StackName=name, ChangeSetName=change_set)
            return False
        raise DeployFailed(f"{name}: {reason}") from error
    return True


def _follow(cloudformation: CloudFormationClient, name: str, told: set[str], say: Say) -> None:
    """Tell each change of a resource until the stack is done. Raises DeployFailed with the reasons."""
    reasons: list[str] = []
    while True:
        status = _status(cloudformation, name) or "DELETED"
        for event in _news(cloudformation, name, told):
            if "FAILED" in event["ResourceStatus"]:
                reasons.append(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}")
            say(f"  {event['ResourceStatus']:<28} {event['LogicalResourceId']}")
        if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return
        if not status.endswith("IN_PROGRESS"):
            raise DeployFailed("\n".join([f"{name}: {status}", *reasons]))
        time.sleep(POLL_SECONDS)


def _news(cloudformation: CloudFormationClient, name: str, told: set[str]) -> list[StackEventTypeDef]:
    """The stack's events that were not told yet, oldest first; they are told now."""
    fresh: list[StackEventTypeDef] = []
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=name):
        new = [event for event in page["StackEvents"] if event["EventId"] not in told]
        fresh += new
        if len(new) < len(page["StackEvents"]):
            break
    told |= {event["EventId"] for event in fresh}
    return fresh[::-1]
