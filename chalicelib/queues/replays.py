"""Replays of the bus's archive to the rules that feed one queue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.kernel import aws
from chalicelib.kernel.errors import Conflict
from chalicelib.queues.cloud import arn, asked, prefix


def start(name: str, queue: str, first: datetime, last: datetime) -> str:
    """Have the archive's events of a time come again, to the rules that feed a queue; its state: three calls.

    Raises Conflict `not_from_the_bus` for a queue that no rule feeds.
    """
    fed = arn(queue)
    partition, region, account = fed.split(":")[1], fed.split(":")[3], fed.split(":")[4]
    bus, events = prefix().removesuffix("-"), f"arn:{partition}:events:{region}:{account}"
    with asked("event bus"):
        rules = aws.events().list_rule_names_by_target(TargetArn=fed, EventBusName=bus)["RuleNames"]
        if not rules:
            raise Conflict("No event of the bus leads there.", code="not_from_the_bus")
        try:
            answer = aws.events().start_replay(
                ReplayName=name,
                EventSourceArn=f"{events}:archive/{bus}",
                EventStartTime=first,
                EventEndTime=last,
                Destination={
                    "Arn": f"{events}:event-bus/{bus}",
                    "FilterArns": [f"{events}:rule/{bus}/{rule}" for rule in rules],
                },
            )
        except ClientError as error:
            raise _refusal(error) from error
    return str(answer["State"])


def _refusal(error: ClientError) -> Exception:
    """What it means that a replay is refused."""
    match error.response["Error"]["Code"]:
        case (
            "ResourceNotFoundException" | "ValidationException"
        ):  # what we ask for is valid but for the archive
            return Conflict("This cloud keeps no archive.", code="not_supported_here")
        case "ResourceAlreadyExistsException":
            return Conflict("This replay was begun before.", code="replay_exists")
        case "LimitExceededException":
            return Conflict("Ten replays run already.", code="too_many_replays")
        case _:
            return error


def read(name: str) -> Any | None:
    """A replay as the bus tells it: one call. None for one that is not known, or no more."""
    try:
        with asked("event bus"):
            return aws.events().describe_replay(ReplayName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
