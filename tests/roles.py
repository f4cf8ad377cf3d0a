"""Holds functions to their roles in the cloud in memory: a test fails when one asks for more.

It is held to actions, and of the table and the buckets also to indexes and objects; what it asks for in
threads of its own is not seen. The roles as they are deployed are tried by tests/e2e/test_roles.py.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import cache
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from chalicelib.kernel.config import settings
from infra.template import merged
from tests.infra.parts import as_list

Asked = tuple[str, str]
"""An action such as `dynamodb:Query`, and of what: `Table/index/gsi1`, `MailBucket/inbound/x`, or empty."""

_SINGLE = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "HeadObject": "GetObject",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
}
"""Operations that need another action than their own name."""
_IN_TRANSACTIONS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "Get": "GetItem"}

_acting = threading.local()


@contextmanager
def acting_as(function: str) -> Iterator[None]:
    """What is called meanwhile, this function calls: `count_votes`, or `api_handler`."""
    before = getattr(_acting, "role", None)
    _acting.role = f"{function.title().replace('_', '')}Role"
    try:
        yield
    finally:
        _acting.role = before


@contextmanager
def held_to_roles() -> Iterator[None]:
    """Have no function ask for what its role does not allow; an AssertionError at the end if one did."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    refused: set[str] = set()

    def asking(client: Any, operation: str, params: dict[str, Any]) -> Any:
        role = getattr(_acting, "role", None)
        if role:
            service = client.meta.service_model.service_name
            refused.update(
                f"{role}: {' '.join(one)}"
                for one in asked(service, operation, params)
                if not allowed(role, one)
            )
        return call(client, operation, params)

    with patch.object(BaseClient, "_make_api_call", asking):
        yield
    assert not refused, sorted(refused)


def asked(service: str, operation: str, params: dict[str, Any]) -> Iterator[Asked]:
    """What an operation needs."""
    if operation in {"TransactWriteItems", "TransactGetItems"}:
        for kind in (next(iter(item)) for item in params["TransactItems"]):
            yield f"dynamodb:{_IN_TRANSACTIONS.get(kind, 'ConditionCheckItem')}", "Table"
    elif service == "dynamodb":
        index = params.get("IndexName")
        yield f"dynamodb:{operation}", f"Table/index/{index}" if index else "Table"
    elif operation == "DeleteObjects":
        for one in params["Delete"]["Objects"]:
            action = "DeleteObjectVersion" if "VersionId" in one else "DeleteObject"
            yield f"s3:{action}", _object(params["Bucket"], one["Key"])
    elif operation == "CopyObject":
        source = params["CopySource"]
        yield "s3:GetObject", _object(source["Bucket"], source["Key"])
        yield "s3:PutObject", _object(params["Bucket"], params["Key"])
    elif service == "s3":
        yield f"s3:{_SINGLE.get(operation, operation)}", _object(params["Bucket"], params.get("Key"))
    else:
        yield f"{service}:{_SINGLE.get(operation, operation)}", ""


def _object(bucket: str, key: str | None) -> str:
    name = {settings().mail_bucket: "MailBucket", settings().files_bucket: "FilesBucket"}[bucket]
    return f"{name}/{key}" if key else name


def allowed(role: str, wanted: Asked) -> bool:
    """Whether a statement of the role names the action, and the resource if that is told."""
    action, resource = wanted
    return any(
        given == action and (not resource or fnmatchcase(resource, pattern))
        for given, pattern in _grants(role)
    )


@cache
def _grants(role: str) -> list[tuple[str, str]]:
    policies = merged()["Resources"][role]["Properties"]["Policies"]
    statements = [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    return [
        (action, _pattern(resource))
        for statement in (one.get("Fn::If", [None, one])[1] for one in statements)
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    ]


def _pattern(resource: Any) -> str:
    """`MailBucket/inbound/*` for `!Sub ${MailBucket.Arn}/inbound/*`."""
    if isinstance(resource, dict) and "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    text = resource if isinstance(resource, str) else resource["Fn::Sub"]
    return text.replace("${", "").replace(".Arn}", "")
