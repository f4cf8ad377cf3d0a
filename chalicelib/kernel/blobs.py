"""Blobs: gzipped JSON documents and raw bytes, in the mail bucket unless another one is named.

Keys are content-addressed or derived from the message, so writing twice changes nothing.
"""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.kernel import aws
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import NotFound, TooLarge, Unavailable
from chalicelib.kernel.table import busy_is_unavailable


class StoredObject(NamedTuple):
    """An object in the mail bucket, and what it is called when it is handed out with others."""

    name: str
    key: str


def put(key: str, content: bytes, content_type: str, *, bucket: str | None = None) -> None:
    """Store bytes under a key. Raises Unavailable when S3 is busy, as `get` does."""
    with busy_is_unavailable("storage"):
        aws.s3().put_object(
            Bucket=bucket or settings().mail_bucket, Key=key, Body=content, ContentType=content_type
        )


def copy(source: str, target: str) -> None:
    """Copy an object of the mail bucket within it, whatever was there. Raises NotFound."""
    client, bucket = aws.s3(), settings().mail_bucket
    try:
        with busy_is_unavailable("storage"):
            client.copy_object(Bucket=bucket, Key=target, CopySource={"Bucket": bucket, "Key": source})
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        raise NotFound("There is no such object.", code="no_such_object") from None


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


class Found(NamedTuple):
    """How large an object is, and what tells its content from any other that comes in its place."""

    size: int
    etag: str


def look(key: str, *, bucket: str) -> Found | None:
    """What an object is like, or None when it is not there."""
    try:
        with busy_is_unavailable("storage"):
            head = aws.s3().head_object(Bucket=bucket, Key=key)
            return Found(head["ContentLength"], head["ETag"])
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
            raise
        return None


def read(key: str, first: int, length: int, *, bucket: str, etag: str | None = None) -> bytes:
    """At most `length` bytes from the offset `first` on; none at the end.

    Raises NotFound, also `object_replaced` when its content is not the one of that `etag` any more.
    """
    client = aws.s3()
    same: Any = {"IfMatch": etag} if etag else {}
    try:
        with busy_is_unavailable("storage"):
            span = f"bytes={first}-{first + length - 1}"
            answer = client.get_object(Bucket=bucket, Key=key, Range=span, **same)
            return answer["Body"].read()
    except client.exceptions.NoSuchKey:
        raise NotFound("There is no such object.", code="no_such_object") from None
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "PreconditionFailed":
            raise NotFound("Another object came in its place.", code="object_replaced") from None
        if code != "InvalidRange":
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


CHUNK = 1_000_000
"""Bytes of an object that are held at once while it is streamed."""


def stream(key: str, *, bucket: str | None = None) -> Iterator[bytes]:
    """The bytes of a key, piece by piece, whatever its size. Raises NotFound at the first."""
    client = aws.s3()
    with busy_is_unavailable("storage"):
        try:
            answer = client.get_object(Bucket=bucket or settings().mail_bucket, Key=key)
        except client.exceptions.NoSuchKey:
            raise NotFound("There is no such object.", code="no_such_object") from None
        yield from answer["Body"].iter_chunks(CHUNK)


def erase(prefix: str, *, bucket: str | None = None) -> int:
    """Remove every object whose key begins so, with all its earlier versions; how many versions went.

    For good: deleting alone would leave the old versions of a bucket that keeps them.
    """
    client, name = aws.s3(), bucket or settings().mail_bucket
    gone = 0
    with busy_is_unavailable("storage"):
        while True:
            found = client.list_object_versions(Bucket=name, Prefix=prefix)
            every = [*found.get("Versions", []), *found.get("DeleteMarkers", [])]
            if not every:
                return gone
            doomed: Any = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in every]
            answer = client.delete_objects(Bucket=name, Delete={"Objects": doomed, "Quiet": True})
            if answer.get("Errors"):
                raise Unavailable("The storage did not delete everything; try again.")
            gone += len(every)


def put_json(key: str, document: dict[str, Any], *, bucket: str | None = None) -> None:
    """Store a document as gzipped JSON; equal documents give equal bytes."""
    put(key, packed_json(document), "application/gzip", bucket=bucket)


def packed_json(document: dict[str, Any]) -> bytes:
    """A document as `put_json` stores it."""
    return gzip.compress(json.dumps(document, ensure_ascii=False, sort_keys=True).encode(), mtime=0)


def get_json(key: str, *, bucket: str | None = None, maximum: int = 20_000_000) -> dict[str, Any]:
    """A document stored by `put_json`."""
    document: dict[str, Any] = json.loads(gzip.decompress(get(key, bucket=bucket, maximum=maximum)))
    return document


def upload_link(key: str, *, seconds: int, bucket: str, size: int | None = None) -> str:
    """A presigned URL to PUT the object, valid for `seconds`; with `size`, for exactly so many bytes."""
    parameters = {"Bucket": bucket, "Key": key} | ({"ContentLength": size} if size else {})
    return aws.s3().generate_presigned_url("put_object", Params=parameters, ExpiresIn=seconds)


def link(key: str, *, seconds: int, filename: str | None = None, bucket: str | None = None) -> str:
    """A presigned URL to download the object, valid for `seconds`."""
    from urllib.parse import quote

    parameters = {"Bucket": bucket or settings().mail_bucket, "Key": key}
    if filename:
        parameters["ResponseContentDisposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return aws.s3().generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds)


class Upload:
    """A file to write to whose size nobody knows beforehand: it goes to S3 in pieces, one held at a time."""

    PIECE = 8_000_000
    """Bytes; S3 takes 10,000 pieces of 5 MB or more."""

    def __init__(self, key: str, content_type: str, *, bucket: str) -> None:
        self.size = 0
        self._held = bytearray()
        self._etags: list[str] = []
        self._name: Any = {"Bucket": bucket, "Key": key}
        with busy_is_unavailable("storage"):
            begun = aws.s3().create_multipart_upload(**self._name, ContentType=content_type)
        self._name["UploadId"] = begun["UploadId"]

    def write(self, content: bytes) -> int:
        """Take bytes; now and then a piece is sent."""
        self._held += content
        self.size += len(content)
        if len(self._held) >= self.PIECE:
            self._send()
        return len(content)

    def flush(self) -> None:
        """Nothing to do: pieces go when they are full."""

    def _send(self) -> None:
        number = len(self._etags) + 1
        with busy_is_unavailable("storage"):
            sent = aws.s3().upload_part(**self._name, PartNumber=number, Body=bytes(self._held))
        self._etags.append(sent["ETag"])
        self._held.clear()

    def complete(self) -> None:
        """Send the rest; now the object is there."""
        if self._held or not self._etags:
            self._send()
        parts: Any = [{"PartNumber": place, "ETag": etag} for place, etag in enumerate(self._etags, 1)]
        with busy_is_unavailable("storage"):
            aws.s3().complete_multipart_upload(**self._name, MultipartUpload={"Parts": parts})

    def abort(self) -> None:
        """Leave nothing; should it fail, the bucket's lifecycle does so later."""
        with contextlib.suppress(BotoCoreError, ClientError):
            aws.s3().abort_multipart_upload(**self._name)


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
