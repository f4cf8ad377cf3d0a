"""Deploys Rapport to AWS: `python -m infra.deploy --stage dev --mail-domain mail.example.com …`.

Uploads the build, updates the stack, and does the few things that no template can: the root secret, the account's
logging role of API Gateway, the active receipt rule set and the first API key. Each step may be repeated.
The local cloud runs the same steps against its own endpoint.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from infra.stack import DeployFailed, deploy_stack, ensure_bucket, outputs, upload

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient
    from mypy_boto3_ssm import SSMClient

__all__ = ["DeployFailed", "activate_receipt_rules", "deploy_stack", "ensure_bucket", "ensure_secret", "first_key", "outputs", "upload"]

BUILT = Path(__file__).parent.parent / "build" / "aws"


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
