"""Says to the emulator what it asks of roles otherwise than AWS does, where it enforces them.

Found by running it; see docs/local-cloud.md. What the roles may do is in infra/roles.yaml alone.
"""

from __future__ import annotations

import json
from typing import Any

from local.clients import ACCOUNT, Clients
from local.settings import REGION, STACK

POLICY = "as-the-emulator-asks"
_BATCHES = {
    f"sqs:{name}": f"sqs:{name}Batch" for name in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")
}
"""AWS asks for the single action for a batch too; the emulator for an action that AWS does not know."""
_RESOURCES = {
    # It looks neither for the sender in a mail, nor at a schedule's group, nor at what is replayed or moved.
    "ses:SendRawEmail": "*",
    "scheduler:CreateSchedule": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/*",
    "events:StartReplay": "*",
    "events:DescribeReplay": "*",
    "sqs:StartMessageMoveTask": "*",
    "sqs:ListMessageMoveTasks": "*",
}


def translate(clients: Clients) -> None:
    """Give each role of the stack, besides its own policies, what says the same to the emulator."""
    iam = clients("iam")
    pages = clients("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
    for one in (one for page in pages for one in page["StackResourceSummaries"]):
        if one["ResourceType"] == "AWS::IAM::Role":
            role = one["PhysicalResourceId"]
            if more := [part for given in _statements(iam, role) for part in translated(given)]:
                document = {"Version": "2012-10-17", "Statement": more}
                iam.put_role_policy(RoleName=role, PolicyName=POLICY, PolicyDocument=json.dumps(document))


def _statements(iam: Any, role: str) -> list[dict[str, Any]]:
    names = [name for name in iam.list_role_policies(RoleName=role)["PolicyNames"] if name != POLICY]
    found = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    return [statement for document in found for statement in document["Statement"]]


def translated(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """What must be said besides this statement; often nothing."""
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    batches = [_BATCHES[action] for action in actions if action in _BATCHES]
    more = [{**statement, "Action": batches}] if batches else []
    return more + [
        {**statement, "Action": action, "Resource": _RESOURCES[action]}
        for action in actions
        if action in _RESOURCES
    ]
