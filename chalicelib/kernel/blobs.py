"""Blobs: gzipped JSON documents and raw bytes, in the mail bucket unless another one is named.

Keys are content-addressed or derived from the message, so writing twice changes nothing.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from typing import Any

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


def link(key: str, *, seconds: int, filename: str | None = None, bucket: str | None = None) -> str:
    """A presigned URL to download the object, valid for `seconds`."""
    from urllib.parse import quote

    parameters = {"Bucket": bucket or settings().mail_bucket, "Key": key}
    if filename:
        parameters["ResponseContentDisposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return aws.s3().generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds)


def join(keys: Sequence[str], key: str, content_type: str, *, bucket: str, maximum: int) -> None:
    """Make one object of several; all but the last hold 5 MB at least, none more than `maximum` bytes.

    One is in memory at a time. The object appears whole or not at all, and again is the same.
    """
    if len(keys) == 1:
        put(key, get(keys[0], bucket=bucket, maximum=maximum), content_type, bucket=bucket)
        return
    client = aws.s3()
    with busy_is_unavailable("storage"):
        upload = client.create_multipart_upload(Bucket=bucket, Key=key, ContentType=content_type)["UploadId"]
        tags: list[Any] = []
        for number, part in enumerate(keys, start=1):
            answer = client.upload_part(
                Bucket=bucket,
                Key=key,
                UploadId=upload,
                PartNumber=number,
                Body=get(part, bucket=bucket, maximum=maximum),
            )
            tags.append({"PartNumber": number, "ETag": answer["ETag"]})
        client.complete_multipart_upload(
            Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": tags}
        )
