"""The files with the outcomes of an import's rows, made of the slices' parts; and pages of them."""

from __future__ import annotations

import csv
import gzip
import io
import json

from chalicelib.customers.changes import Change
from chalicelib.kernel import blobs
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import BadRequest
from chalicelib.transfer import import_store as store
from chalicelib.transfer.columns import defused
from chalicelib.transfer.import_model import Import, RowOutcome

FILE_SLICES = 250
"""Slices whose outcomes are in one file: up to 250,000 rows."""
PAGE_SLICES = 10
"""Slices that one page of outcomes reads at most."""
COLUMNS = ("row", "outcome", "customer_id", "code", "reason", "param", "changed", "candidates", "opted_out")


def files_of(slices: int) -> int:
    """How many files the outcomes of so many slices fill; one, without any."""
    return max(1, -(-slices // FILE_SLICES))


def outcome_of(change: Change) -> RowOutcome:
    return RowOutcome.model_validate(change.model_dump(exclude={"before", "after"}))


def make_file(job: Import, kind: store.Kind, number: int, slices: int) -> None:
    """Write one file of outcomes; again, the same."""
    assert job.setup is not None
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped,
        io.TextIOWrapper(zipped, encoding="utf-8", newline="") as text,
    ):
        write = _write_csv if job.setup.results == "csv" else _write_json
        first = number * FILE_SLICES
        if job.setup.results == "csv":
            csv.writer(text).writerow(COLUMNS)
        for place in range(first, min(first + FILE_SLICES, slices)):
            write(text, store.get_part(job.id, kind, place))
    key = store.results_key(job.id, kind, number, job.setup.results)
    blobs.put(key, packed.getvalue(), "application/gzip", bucket=settings().files_bucket)


def _write_csv(text: io.TextIOWrapper, changes: list[Change]) -> None:
    writer = csv.writer(text)
    for change in changes:
        fields = outcome_of(change).model_dump()
        fields |= {name: " ".join(fields[name]) for name in ("changed", "candidates")}
        fields |= {"opted_out": "true" if change.opted_out else "", "reason": defused(change.reason or "")}
        writer.writerow([fields[name] for name in COLUMNS])


def _write_json(text: io.TextIOWrapper, changes: list[Change]) -> None:
    for change in changes:
        fields = outcome_of(change).model_dump(mode="json", exclude_none=True)
        text.write(json.dumps(fields, ensure_ascii=False) + "\n")


def page(
    job: Import, kind: store.Kind, outcome: str | None, *, limit: int, after: str | None
) -> tuple[list[RowOutcome], str | None]:
    """A page of outcomes in the order they were made, and where the next begins; it may be short."""
    progress = job.undo if kind == "undo" else job.progress
    first, place = _position(after)
    found: list[RowOutcome] = []
    last = min(progress.slices if progress else 0, first + PAGE_SLICES)
    for number in range(first, last):
        part = store.get_part(job.id, kind, number)
        for index in range(place if number == first else 0, len(part)):
            if len(found) == limit:
                return found, f"{number}:{index}"
            if outcome in (None, part[index].outcome):
                found.append(outcome_of(part[index]))
    return found, f"{last}:0" if progress and last < progress.slices else None


def _position(after: str | None) -> tuple[int, int]:
    try:
        number, place = (after or "0:0").split(":")
        return int(number), int(place)
    except ValueError:
        raise BadRequest("The cursor does not belong to this query.", code="invalid_cursor") from None
