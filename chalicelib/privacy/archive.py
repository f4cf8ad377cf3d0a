"""Writes a ZIP file of any size into S3, piece by piece: no more than one piece is held in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from chalicelib.kernel import blobs, ids

PACKED = (".gz", ".jpg", ".jpeg", ".png", ".zip", ".pdf", ".mp4")
"""What deflating would not make smaller."""


@contextmanager
def archive(key: str, bucket: str) -> Iterator[Archive]:
    """A ZIP that appears under its key once it is whole; what fails on the way leaves nothing."""
    upload = blobs.Upload(key, "application/zip", bucket=bucket)
    try:
        made = Archive(upload)
        yield made
        made.close()
        upload.complete()
    except BaseException:
        upload.abort()
        raise


class Archive:
    """One ZIP file being written, an entry after the other."""

    def __init__(self, upload: blobs.Upload) -> None:
        self._upload = upload
        self._zip = ZipFile(upload, "w", allowZip64=True)  # type: ignore[call-overload]  # it only writes

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._upload.size

    def add_lines(self, name: str, records: Iterable[dict[str, Any]]) -> None:
        """Records as JSON Lines."""
        with self._zip.open(_entry(name), "w", force_zip64=True) as entry:
            for record in records:
                entry.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """A file as it is."""
        with self._zip.open(_entry(name), "w", force_zip64=True) as entry:
            for piece in pieces:
                entry.write(piece)

    def close(self) -> None:
        """Write the directory of the entries."""
        self._zip.close()


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, ids.now().timetuple()[:6])
    entry.compress_type = ZIP_STORED if name.lower().endswith(PACKED) else ZIP_DEFLATED
    return entry
