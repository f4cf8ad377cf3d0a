"""Fills one volume of what we know of a person: section by section, while there is time and room."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chalicelib.kernel import blobs
from chalicelib.kernel.blobs import StoredObject
from chalicelib.kernel.errors import NotFound
from chalicelib.privacy.model import StoredAccessRequest

if TYPE_CHECKING:
    from chalicelib.privacy.archive import Archive
    from chalicelib.privacy.keepers import Files, Records

STEP_SECONDS = 120
"""After which a volume is closed; reading and packing ten thousand events takes a few seconds."""
MAX_VOLUME = 2_000_000_000
"""Bytes of a volume, roughly: what every unpacker takes."""


def sections_of(access: StoredAccessRequest) -> list[tuple[str, str, Records | None, Files | None]]:
    """In their order: the name, the customer's id, and what is read: records, or files."""
    from chalicelib.privacy.keepers import KEEPERS  # every feature's part, which only steps need

    found: list[tuple[str, str, Records | None, Files | None]] = []
    for customer_id in access.customer_ids:
        for keeper in KEEPERS:
            name = f"{customer_id}/{keeper.name}"
            if keeper.records:
                found.append((name, customer_id, keeper.records, None))
            if keeper.files:
                found.append((name, customer_id, None, keeper.files))
    return found


class Filling:
    """One volume being filled: where it is, what it counted, and whether there is time and room for more."""

    def __init__(self, volume: Archive, access: StoredAccessRequest) -> None:
        self.volume, self.access = volume, access
        self.counts = Counter(access.counts)
        self.done = access.done
        self.until = time.monotonic() + STEP_SECONDS

    def fill(self) -> StoredAccessRequest:
        """Write what there is from where the last volume ended; the job as it is then."""
        sections = sections_of(self.access)
        place = self.access.section
        while place < len(sections) and not self.is_over:
            name, customer_id, records, files = sections[place]
            whole = (
                self._records(name, records(customer_id)) if records else
                self._files(name, files(customer_id) if files else iter(()))
            )  # fmt: skip
            if not whole:
                break
            place, self.done = place + 1, 0
        return self.access.model_copy(
            update={"section": place, "done": self.done, "counts": dict(self.counts)}
        )

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.until or self.volume.size > MAX_VOLUME

    def _records(self, name: str, records: Iterator[dict[str, Any]]) -> bool:
        """Write a section's records; whether all are written."""
        for _ in range(self.done):
            next(records, None)
        first = next(records, None)
        if first is None:
            return True
        rest = _Rest(self, first, records)
        self.volume.add_lines(f"{name}.jsonl", rest)
        return rest.is_whole

    def _files(self, name: str, files: Iterator[StoredObject]) -> bool:
        """Write a section's files, those that are still there; whether all are written."""
        for place, one in enumerate(files):
            if place < self.done:
                continue
            if self.is_over:
                return False
            try:
                first = next(pieces := blobs.stream(one.key), b"")
                self.volume.add(f"{name}/{one.name}", _chained(first, pieces))
                self.counts["files"] += 1
            except NotFound:
                self.counts["files_expired"] += 1  # raw mails leave before their messages
            self.done = place + 1
        return True


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


class _Rest:
    """The records from `first` on, counted as they are written, until the volume is full."""

    def __init__(self, filling: Filling, first: dict[str, Any], records: Iterator[dict[str, Any]]) -> None:
        self._filling, self._first, self._records = filling, first, records
        self.is_whole = False

    def __iter__(self) -> Iterator[dict[str, Any]]:
        record: dict[str, Any] | None = self._first
        while record is not None:
            yield record
            self._filling.counts[f"{record['kind']}s"] += 1
            self._filling.done += 1
            if self._filling.is_over:
                return
            record = next(self._records, None)
        self.is_whole = True
