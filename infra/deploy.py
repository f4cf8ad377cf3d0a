"""Deploys Rapport to AWS: `python -m infra.deploy --stage dev --mail-domain mail.example.com …`.

Uploads the build, updates the stack, and does the few things that no template can: the root secret, the
account's logging role of API Gateway, the active receipt rule set and the first API key. Each step may be
repeated. The local cloud runs the same steps against its own endpoint.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from infra import account
from infra.stack import DeployFailed, deploy_stack, ensure_bucket, upload

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_apigateway.type_defs import PatchOperationTypeDef
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_ssm import SSMClient

BUILT = Path(__file__).parent.parent / "build" / "aws"
LOGGING_ROLE = "rapport-api-gateway-logs"
LOGGING_POLICY = "service-role/AmazonAPIGatewayPushToCloudWatchLogs"
OPTIONS = (
    *("Protected", "MailDomain", "SupportAddress", "BusinessName", "TimeZone", "DefaultRegion"),
    "FoldPlusTags",
    *(
        "QuietHours",
        "SentimentEngine",
        "SendRate",
        "FeedbackConcurrency",
        "CounterShards",
        "OpenAndClickTracking",
        "PublicUrl",
        "CorsOrigin",
        "DomainName",
        "CertificateArn",
        "EnableWaf",
        "ApiRate",
        "ApiBurst",
    ),
    *("AlarmEmail", "Tracing", "LogLevel", "LogDays", "ArchiveDays", "RawMailDays"),
)
"""The template's parameters that are options of this command; `Stage` and `SecretParameter` are derived."""


def ensure_secret(ssm: SSMClient, name: str) -> bool:
    """Make the root secret, 32 random bytes in base64, unless it is there; True when it was made.

    It is never overwritten: every token, cursor and suppression hash hangs on it.
    """
    value = base64.b64encode(secrets.token_bytes(32)).decode()
    try:
        ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=False)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterAlreadyExists":
            return False
        raise
    return True


def secret_name(stage: str) -> str:
    """The SSM parameter that holds the root secret of a stage."""
    return f"/rapport/{stage}/root-secret"


def ensure_api_logging(gateway: APIGatewayClient, iam: IAMClient) -> bool:
    """Let API Gateway write logs, an account's setting, unless it may already; True when it was set.

    No stack may own it: one setting serves every API of the account and region.
    """
    if gateway.get_account().get("cloudwatchRoleArn"):
        return False
    setting: PatchOperationTypeDef = {
        "op": "replace",
        "path": "/cloudwatchRoleArn",
        "value": _logging_role(iam),
    }
    for patience in (5, 10, 20):  # seconds; a new role takes a moment to be seen
        try:
            gateway.update_account(patchOperations=[setting])
        except ClientError:
            time.sleep(patience)
        else:
            return True
    gateway.update_account(patchOperations=[setting])
    return True


def _logging_role(iam: IAMClient) -> str:
    """The ARN of the role with which API Gateway writes logs, made when it is missing."""
    trusted = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "apigateway.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    try:
        arn = iam.create_role(RoleName=LOGGING_ROLE, AssumeRolePolicyDocument=json.dumps(trusted))["Role"][
            "Arn"
        ]
    except iam.exceptions.EntityAlreadyExistsException:
        arn = iam.get_role(RoleName=LOGGING_ROLE)["Role"]["Arn"]
    partition = arn.split(":")[1]
    iam.attach_role_policy(
        RoleName=LOGGING_ROLE, PolicyArn=f"arn:{partition}:iam::aws:policy/{LOGGING_POLICY}"
    )
    return arn


def activate_receipt_rules(ses: SESClient, rule_set: str) -> str:
    """Make our receipt rule set the active one, unless another is; return the active one's name."""
    active = ses.describe_active_receipt_rule_set().get("Metadata", {}).get("Name")
    if active is None:
        ses.set_active_receipt_rule_set(RuleSetName=rule_set)
    return active or rule_set


def first_key(table: str, session: boto3.Session) -> str | None:
    """The first API key, with every scope, shown this once; None when there already is a key."""
    os.environ |= {"RAPPORT_TABLE": table, "AWS_DEFAULT_REGION": session.region_name}
    if "AWS_ACCESS_KEY_ID" not in os.environ:
        os.environ["AWS_PROFILE"] = session.profile_name
    # The app reads its settings from the environment that was set just above.
    from chalicelib.access import service
    from chalicelib.access.model import NewApiKey
    from chalicelib.kernel.commit import commit
    from chalicelib.kernel.work import Work

    if service.keys(limit=1, after=None)[0]:
        return None
    work = Work()
    created = service.create_key(work, NewApiKey(name="first key", scopes=["*"]))
    commit(work)
    return created.key


def parameters(options: argparse.Namespace) -> dict[str, str]:
    """The template's parameters that were given on the command line, and the two that the stage decides."""
    given = {name: getattr(options, name) for name in OPTIONS}
    chosen = {name: value for name, value in given.items() if value is not None}
    return chosen | {"Stage": options.stage, "SecretParameter": secret_name(options.stage)}


def deploy(options: argparse.Namespace, session: boto3.Session) -> dict[str, str]:
    """All steps, in their order; prints progress and returns the stack's outputs. Raises DeployFailed."""
    account = session.client("sts").get_caller_identity()["Account"]
    stack, region = f"rapport-{options.stage}", session.region_name
    bucket = f"rapport-artifacts-{account}-{region}"
    if ensure_secret(session.client("ssm"), secret_name(options.stage)):
        print(f"made the root secret {secret_name(options.stage)}")
    if ensure_api_logging(session.client("apigateway"), session.client("iam")):
        print("let API Gateway of this account write its access logs")
    s3 = session.client("s3", endpoint_url=f"https://s3.{region}.amazonaws.com")
    ensure_bucket(s3, bucket, account)
    print(f"uploading the package to {bucket} …")
    url = upload(s3, bucket, BUILT)
    print(f"deploying the stack {stack} …")
    return deploy_stack(session.client("cloudformation"), stack, url, parameters(options))


def finish(options: argparse.Namespace, session: boto3.Session, stack: dict[str, str]) -> None:
    """What follows the stack: receipt rules and the first key; prints what somebody must know or do."""
    rules = stack["ReceiptRuleSetName"]
    active = activate_receipt_rules(session.client("ses"), rules)
    for name, value in sorted(stack.items()):
        print(f"{name:<22} {value}")
    if active != rules:
        print(f"No mail comes in yet: the receipt rule set {active} is active. See docs/deploy.md, Mail.")
    if not options.AlarmEmail:
        print("If nobody was named with --alarm-email yet, there are no alarms.")
    if key := first_key(stack["TableName"], session):
        print(f"The first API key, shown this once: {key}")


def arguments() -> argparse.ArgumentParser:
    """The command line: one option for each parameter of the template, such as --mail-domain."""
    parser = account.parser("infra.deploy", __doc__)
    for name in OPTIONS:
        option = re.sub("(?<!^)(?=[A-Z])", "-", name).lower()
        parser.add_argument(
            f"--{option}", dest=name, help="see infra/parameters.yaml; kept from the last time by default"
        )
    return parser


def main() -> int:
    """The command line; exit code 1 with CloudFormation's reasons when it refused."""
    options = arguments().parse_args()
    session = account.session(options)
    try:
        finish(options, session, deploy(options, session))
    except (DeployFailed, ClientError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
