"""The steps of an export: each reads customers until a part of the file is full, the last joins the parts.

Whatever a step wrote counts only once its name is committed, so a step that is taken twice, even at the same
time, adds its rows once.
"""

from __future__ import annotations

import csv
import io
import json
import secrets
import time
from dataclasses import dataclass

from chalicelib.customers import sweep
from chalicelib.customers.model import Customer
from chalicelib.kernel import blobs
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Repeated
from chalicelib.kernel.work import Work
from chalicelib.transfer import export_store as store
from chalicelib.transfer.columns import chosen, row
from chalicelib.transfer.export_events import ExportAdvanced, ExportFailed, ExportFinished
from chalicelib.transfer.export_model import KEPT_FOR, StoredExport

PART_BYTES = 16_000_000
"""A step ends when its part holds this much; S3 joins parts of 5 MB at least."""
MAX_PART = 40_000_000
"""Bytes of a part at most: what it holds when a last page of long customers comes on top."""
SMALLEST_PART = 5_500_000
MAX_PARTS = 1000
"""Of 16 MB each; their names have to fit into the export's item."""
STEP_SECONDS = 40
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


def step(work: Work, export_id: str, number: int) -> None:
    """Take a step: write one part more, or join them when all was read. Raises Repeated, NotFound."""
    export = store.get(export_id)
    if export.step != number or export.state not in ("queued", "running"):
        raise Repeated("This step was taken, or the export has ended.")
    if len(export.parts) >= MAX_PARTS:
        reason = "too_large"
        store.change(work, export, state="failed", reason=reason, finished_at=work.now)
        work.record(store.partition(export.id), ExportFailed(export_id=export.id, reason=reason))
    elif export.shard >= sweep.SHARDS:
        _join(work, export)
    else:
        _write_part(work, export)


@dataclass
class _Reading:
    """What a step has read so far: where it goes on, how many, and the part that they became."""

    shard: int
    after: str | None
    before_shard: int
    read: int
    rows: int
    part: bytearray

    @property
    def is_over(self) -> bool:
        return self.shard >= sweep.SHARDS

    @property
    def remaining(self) -> int | None:
        """Customers still to read: shards are even, so those read whole tell how many there are in all."""
        if self.is_over or not self.shard:
            return 0 if self.is_over else None
        return max(round(self.before_shard / self.shard * sweep.SHARDS) - self.read, 0)

    def go_on(self, export: StoredExport) -> None:
        """Read a page more: one call."""
        found, position = sweep.page(
            (self.shard, self.after),
            stage=export.filter.stage,
            created_from=export.filter.created_from,
            created_before=export.filter.created_before,
        )
        wanted = [customer for customer in found if export.filter.takes(customer)]
        self.part += written(wanted, export)
        self.read, self.rows = self.read + len(found), self.rows + len(wanted)
        shard, self.after = position or (sweep.SHARDS, None)
        if shard != self.shard:
            self.shard, self.before_shard = shard, self.read


def _write_part(work: Work, export: StoredExport) -> None:
    """Read customers until the part is full or the time is over, and store it under a name of its own."""
    deadline = time.monotonic() + STEP_SECONDS
    progress = {name: getattr(export, name) for name in ("shard", "after", "before_shard", "read", "rows")}
    reading = _Reading(part=bytearray(_beginning(export)), **progress)
    while not reading.is_over and len(reading.part) < PART_BYTES and time.monotonic() < deadline:
        reading.go_on(export)
    name = f"{export.step:05d}-{secrets.token_hex(4)}"
    content = bytes(reading.part)
    blobs.put(export.part_key(name), content, CONTENT_TYPES[export.format], bucket=settings().files_bucket)
    is_full = reading.is_over or len(content) >= SMALLEST_PART
    store.change(
        work,
        export,
        state="running",
        step=export.step + 1,
        started_at=export.started_at or work.now,
        parts=[*export.parts, name] if is_full else export.parts,
        carry=None if is_full else name,
        size=export.size + (len(content) if is_full else 0),
        remaining=reading.remaining,
        **{name: getattr(reading, name) for name in progress},
    )
    work.record(store.partition(export.id), ExportAdvanced(job_id=export.id, step=export.step + 1))


def _beginning(export: StoredExport) -> bytes:
    """What the part begins with: what the step before had too little of, or the head of the file."""
    if export.carry:
        return blobs.get(export.part_key(export.carry), bucket=settings().files_bucket, maximum=MAX_PART)
    if export.parts or export.format == "jsonl":
        return b""
    return b"\xef\xbb\xbf" + _csv([export.fields])  # without the mark, Excel takes UTF-8 for something else


def _csv(rows: list[list[str]]) -> bytes:
    """Rows by RFC 4180, every cell in quotes."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def written(found: list[Customer], export: StoredExport) -> bytes:
    """Customers as lines of the file."""
    if export.format == "csv":
        return _csv([row(customer.model_dump(mode="json"), export.fields) for customer in found])
    lines = [json.dumps(chosen(customer, export.fields), ensure_ascii=False) for customer in found]
    return "".join(f"{line}\n" for line in lines).encode()


def _join(work: Work, export: StoredExport) -> None:
    parts = [export.part_key(name) for name in export.parts]
    bucket = settings().files_bucket
    blobs.join(parts, export.file_key, CONTENT_TYPES[export.format], bucket=bucket, maximum=MAX_PART)
    until = work.now + KEPT_FOR
    store.change(
        work, export, state="finished", step=export.step + 1, finished_at=work.now, available_until=until
    )
    work.record(store.partition(export.id), ExportFinished(export_id=export.id, rows=export.rows))
