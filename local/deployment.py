"""Deploys the built package on the emulator, with the commands and the template that AWS gets."""

from __future__ import annotations

from infra.deploy import ensure_secret
from infra.stack import DeployFailed, deploy_stack, ensure_bucket, outputs, upload
from local import gateway_responses, package, roles
from local.clients import Clients
from local.progress import Failed
from local.settings import (
    ARTIFACTS_BUCKET,
    BUSINESS_NAME,
    MAIL_DOMAIN,
    SECRET_PARAMETER,
    STACK,
    STAGE,
    SUPPORT_ADDRESS,
    Settings,
)

Outputs = dict[str, str]
WORKERS_PER_QUEUE = 2
"""The least that Lambda allows."""


def parameters(settings: Settings) -> dict[str, str]:
    """The template's parameters here; the others keep their defaults."""
    return {
        "Target": "local",
        "Stage": STAGE,
        "MailDomain": MAIL_DOMAIN,
        "SupportAddress": SUPPORT_ADDRESS,
        "BusinessName": BUSINESS_NAME,
        "SecretParameter": SECRET_PARAMETER,
        "PublicUrl": settings.api_url,
        "SendRate": "1000",  # nobody limits us here
        "ApiRate": "500",  # tests and measurements send more at once than a business's first customers
        "ApiBurst": "1000",
    }


def deploy(clients: Clients, settings: Settings) -> Outputs:
    """Create or update the stack and what no template can make; the stack's outputs. Raises Failed."""
    ensure_secret(clients("ssm"), SECRET_PARAMETER)
    ensure_bucket(clients("s3"), ARTIFACTS_BUCKET)
    template_url = upload(clients("s3"), ARTIFACTS_BUCKET, package.BUILT)
    try:
        found = deploy_stack(
            clients("cloudformation"), STACK, template_url, parameters(settings), say=lambda _: None
        )
    except DeployFailed as error:
        raise Failed(f"The stack could not be deployed.\n{error}") from error
    expire_old_items(clients, found["TableName"])
    limit_workers(clients)
    if settings.enforces_iam:
        roles.translate(clients)
    gateway_responses.apply(clients, package.BUILT, parameters(settings), found["RestApiId"])
    return found


def expire_old_items(clients: Clients, table: str) -> None:
    """Switch on the table's TTL, which the emulator's CloudFormation leaves out."""
    status = clients("dynamodb").describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if status["TimeToLiveStatus"] == "DISABLED":
        clients("dynamodb").update_time_to_live(
            TableName=table,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
        )


def limit_workers(clients: Clients) -> None:
    """Let a queue wake two workers at once, not five: on a small machine more cold starts are slower."""
    functions = clients("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if ":sqs:" in mapping["EventSourceArn"] and not mapping.get("ScalingConfig"):
            functions.update_event_source_mapping(
                UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": WORKERS_PER_QUEUE}
            )


def current_outputs(clients: Clients) -> Outputs:
    """The outputs of the stack as it stands now."""
    return outputs(clients("cloudformation"), STACK)
