"""What the commands that go through a stage's table share: where they work, and how they end."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.kernel.errors import RapportError
from infra import account
from infra.stack import outputs


def parser(program: str, description: str | None) -> argparse.ArgumentParser:
    """A command line with the options that `run` reads, and --after."""
    made = account.parser(program, description)
    made.add_argument("--after", help="go on after this id, as the progress tells it")
    return made


def run(options: argparse.Namespace, work: Callable[[], int]) -> int:
    """Do the work in the stage that the options name.

    Its exit code; 1 when the table refused, with how to go on.
    """
    session = account.session(options)
    os.environ["AWS_DEFAULT_REGION"] = session.region_name
    if options.profile:
        os.environ["AWS_PROFILE"] = options.profile
    try:
        _settings(session.client("cloudformation"), f"rapport-{options.stage}")
        return work()
    except (ClientError, RapportError) as error:
        print(f"{error}\nGo on with --after and the id of the last line.", file=sys.stderr)
        return 1


def _settings(client: Any, name: str) -> None:
    """Have the settings of the workers that this does the work of."""
    stack = outputs(client, name)
    given = client.describe_stacks(StackName=name)["Stacks"][0].get("Parameters", [])
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in given}
    os.environ["RAPPORT_TABLE"] = stack["TableName"]
    os.environ["RAPPORT_MAIL_BUCKET"] = stack["MailBucketName"]
    os.environ["RAPPORT_TIME_ZONE"] = parameters.get("TimeZone", "UTC")
    os.environ["RAPPORT_SENTIMENT_ENGINE"] = parameters.get("SentimentEngine", "offline")
