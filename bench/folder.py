"""A folder that answers like S3, as far as jobs ask, so that no emulator is measured with them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError


class NoSuchKey(ClientError):
    def __init__(self) -> None:
        super().__init__({"Error": {"Code": "NoSuchKey"}}, "GetObject")


class Folder:
    """Objects as files, by key."""

    exceptions = SimpleNamespace(NoSuchKey=NoSuchKey)

    def __init__(self, root: Path) -> None:
        self._root = root
        self._adopted: dict[str, Path] = {}

    def adopt(self, key: str, path: Path) -> None:
        """Have a file be the object of a key, where it lies."""
        self._adopted[key] = path

    def _path(self, key: str) -> Path:
        return self._adopted.get(key, self._root / key)

    def put_object(self, *, Key: str, Body: bytes, IfNoneMatch: str | None = None, **_: Any) -> None:  # noqa: N803 - S3's names
        path = self._path(Key)
        path.parent.mkdir(parents=True, exist_ok=True)
        if IfNoneMatch and path.exists():
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        path.write_bytes(Body)

    def get_object(self, *, Key: str, Range: str = "", **_: Any) -> dict[str, Any]:  # noqa: N803 - S3's names
        path = self._path(Key)
        if not path.exists():
            raise NoSuchKey
        bounds = re.fullmatch(r"bytes=(\d+)-(\d+)", Range)
        first, last = (int(bounds[1]), int(bounds[2])) if bounds else (0, path.stat().st_size)
        with path.open("rb") as file:
            file.seek(first)
            content = file.read(last - first + 1)
        return {"Body": io.BytesIO(content), "ContentLength": len(content)}

    def head_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - S3's names
        found = self._path(Key).stat()
        return {"ContentLength": found.st_size, "ETag": f'"{found.st_mtime_ns}"'}

    def generate_presigned_url(self, *_: Any, **__: Any) -> str:
        return "https://files.example/"

    def create_multipart_upload(self, *, Key: str, **_: Any) -> dict[str, str]:  # noqa: N803 - S3's names
        self._path(Key).parent.mkdir(parents=True, exist_ok=True)
        self._path(Key).write_bytes(b"")
        return {"UploadId": Key}

    def upload_part(self, *, Key: str, Body: bytes, **_: Any) -> dict[str, str]:  # noqa: N803 - S3's names
        with self._path(Key).open("ab") as file:
            file.write(Body)
        return {"ETag": "part"}

    def complete_multipart_upload(self, **_: Any) -> None:
        """Parts come in order here: it is whole already."""

    def list_object_versions(self, *, Prefix: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - S3's names
        keys = (path.relative_to(self._root).as_posix() for path in self._root.rglob("*") if path.is_file())
        return {"Versions": [{"Key": key, "VersionId": "1"} for key in keys if key.startswith(Prefix)]}

    def delete_objects(self, *, Delete: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803 - S3's names
        for one in Delete["Objects"]:
            self._path(one["Key"]).unlink()
        return {}
