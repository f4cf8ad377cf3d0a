"""Blobs: gzipped JSON documents and raw bytes, in the mail bucket unless another one is named.

Keys are content-addressed or derived from the message, so writing twice changes nothing.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.kernel import aws
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import NotFound, TooLarge
from chalicelib.kernel.table import busy_is_unavailable


def put(key: str, content: bytes, content_type: str, *, bucket: str | None = None) -> None:
    """Store bytes under a key. Raises Unavailable when S3 is busy, as `get` does."""
    with busy_is_unavailable("storage"):
        aws.s3().put_object(
            Bucket=bucket or settings().mail_bucket, Key=key, Body=content, ContentType=content_type
        )


def put_new(key: str, content: bytes, content_type: str, *, bucket: str) -> bool:
    """Store bytes under a key that must be free; False when it is taken, by whoever came first."""
    client = aws.s3()
    try:
        with busy_is_unavailable("storage"):
            client.put_object(Bucket=bucket, Key=key, Body=content, ContentType=content_type, IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("PreconditionFailed", "ConditionalRequestConflict"):
            raise
        return False
    return True


def size(key: str, *, bucket: str) -> int | None:
    """The bytes of an object, or None when it is not there."""
    try:
        with busy_is_unavailable("storage"):
            return aws.s3().head_object(Bucket=bucket, Key=key)["ContentLength"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
            raise
        return None


def read(key: str, first: int, length: int, *, bucket: str) -> bytes:
    """At most `length` bytes from the offset `first` on; none at the end. Raises NotFound."""
    client = aws.s3()
    try:
        with busy_is_unavailable("storage"):
            answer = client.get_object(Bucket=bucket, Key=key, Range=f"bytes={first}-{first + length - 1}")
            return answer["Body"].read()
    except client.exceptions.NoSuchKey:
        raise NotFound("There is no such object.", code="no_such_object") from None
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidRange":
            raise
        return b""


def get(key: str, *, bucket: str | None = None, maximum: int) -> bytes:
    """The bytes of a key. Raises NotFound, or TooLarge above `maximum` bytes before reading them."""
    client = aws.s3()
    with busy_is_unavailable("storage"):
        try:
            answer = client.get_object(Bucket=bucket or settings().mail_bucket, Key=key)
        except client.exceptions.NoSuchKey:
            raise NotFound("There is no such object.", code="no_such_object") from None
        if answer["ContentLength"] > maximum:
            answer["Body"].close()
            raise TooLarge(f"The object is over {maximum} bytes.", size=answer["ContentLength"])
        return answer["Body"].read()


def put_json(key: str, document: dict[str, Any], *, bucket: str | None = None) -> None:
    """Store a document as gzipped JSON; equal documents give equal bytes."""
    packed = gzip.compress(json.dumps(document, ensure_ascii=False, sort_keys=True).encode(), mtime=0)
    put(key, packed, "application/gzip", bucket=bucket)


def get_json(key: str, *, bucket: str | None = None, maximum: int = 20_000_000) -> dict[str, Any]:
    """A document stored by `put_json`."""
    document: dict[str, Any] = json.loads(gzip.decompress(get(key, bucket=bucket, maximum=maximum)))
    return document


def upload_link(key: str, *, seconds: int, bucket: str) -> str:
    """A presigned URL to PUT the object, valid for `seconds`."""
    return aws.s3().generate_presigned_url(
        "put_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=seconds
    )


def link(key: str, *, seconds: int, filename: str | None = None, bucket: str | None = None) -> str:
    """A presigned URL to download the object, valid for `seconds`."""
    from urllib.parse import quote

    parameters = {"Bucket": bucket or settings().mail_bucket, "Key": key}
    if filename:
        parameters["ResponseContentDisposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return aws.s3().generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds)
