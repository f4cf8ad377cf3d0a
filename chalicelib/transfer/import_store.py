"""An import's item, and its objects: the source, the plans and outcomes of its slices, the results."""

from __future__ import annotations

import gzip
from typing import Literal

from pydantic import TypeAdapter

from chalicelib.customers.changes import Change
from chalicelib.kernel import blobs, pages, table
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import AlreadyExists, NotFound
from chalicelib.kernel.model import Stored
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.transfer.import_model import Import

Kind = Literal["import", "undo"]
MAX_PLAN = 100_000_000
"""Bytes of a slice's plan, packed; far more than one has."""
_changes: TypeAdapter[list[Change]] = TypeAdapter(list[Change])


class Plan(Stored):
    """What is to be done for a slice's rows, and the byte of the file after which the next slice begins."""

    end: int
    changes: list[Change]


def partition(import_id: str) -> str:
    """Where events about an import are recorded."""
    return f"IMP#{import_id}"


def _key(import_id: str) -> Key:
    return Key(partition(import_id), "IMPORT")


def _item(found: Import) -> dict[str, object]:
    fields = found.model_dump(mode="json", exclude_none=True)
    return {**_key(found.id)._asdict(), **fields, "gsi1pk": "IMP", "gsi1sk": found.id}


def add(work: Work, new: Import) -> None:
    work.put(_item(new), unless_exists=AlreadyExists("This import exists."))


def replace(work: Work, after: Import) -> None:
    """Write the next version. Fails with Stale."""
    work.replace(_item(after), version=after.version - 1)


def get(import_id: str) -> Import:
    """Raises NotFound."""
    item = table.get(_key(import_id))
    if item is None:
        raise NotFound("There is no such import.", code="no_such_import")
    return Import.model_validate(item, strict=False)


def newest(*, limit: int, after: str | None) -> tuple[list[Import], str | None]:
    found = pages.page([Query("IMP", index="gsi1")], limit=limit, after=after)
    return [Import.model_validate(item, strict=False) for item in found.items], found.after


def source_key(import_id: str) -> str:
    return f"imports/{import_id}/source"


def results_key(import_id: str, kind: Kind, number: int, suffix: str) -> str:
    return f"imports/{import_id}/{kind}-results/{number:06}.{suffix}.gz"


def _bucket() -> str:
    return settings().files_bucket


def _pack(text: bytes) -> bytes:
    """The same bytes for the same text."""
    return gzip.compress(text, compresslevel=1, mtime=0)


def _get(key: str) -> bytes:
    return gzip.decompress(blobs.get(key, bucket=_bucket(), maximum=MAX_PLAN))


def _plan_key(import_id: str, kind: Kind, number: int, attempt: int) -> str:
    return f"imports/{import_id}/{kind}-plans/{number:07}-{attempt}"


def find_plan(import_id: str, kind: Kind, number: int, attempt: int) -> Plan | None:
    """What was planned for a slice in this attempt, if anything was."""
    try:
        return Plan.model_validate_json(_get(_plan_key(import_id, kind, number, attempt)), strict=False)
    except NotFound:
        return None


def keep_plan(import_id: str, kind: Kind, number: int, attempt: int, plan: Plan) -> Plan:
    """Keep a slice's plan before it is carried out; the plan that holds, which is the one kept first."""
    key = _plan_key(import_id, kind, number, attempt)
    content = _pack(plan.model_dump_json(exclude_none=True).encode())
    if blobs.put_new(key, content, "application/gzip", bucket=_bucket()):
        return plan
    return find_plan(import_id, kind, number, attempt) or plan


def _part_key(import_id: str, kind: Kind, number: int) -> str:
    return f"imports/{import_id}/{kind}-parts/{number:07}"


def keep_lines(import_id: str, number: int, lines: bytes) -> bytes:
    """Keep what a dry run planned for a slice, a line a customer; what holds, which was kept first."""
    key = _lines_key(import_id, number)
    if blobs.put_new(key, lines, "application/jsonl", bucket=_bucket()):
        return lines
    return get_lines(import_id, number)


def get_lines(import_id: str, number: int, first: int = 0, length: int = MAX_PLAN) -> bytes:
    """Those lines, or some bytes of them. Raises NotFound."""
    return blobs.read(_lines_key(import_id, number), first, length, bucket=_bucket())


def _lines_key(import_id: str, number: int) -> str:
    return f"imports/{import_id}/dry-run/{number:07}"


def put_index(import_id: str, content: bytes) -> None:
    """Keep where in those lines who is, as of a step's end."""
    blobs.put(_index_key(import_id), content, "application/octet-stream", bucket=_bucket())


def get_index(import_id: str) -> bytes:
    """What was kept last; nothing when nothing was."""
    try:
        return blobs.get(_index_key(import_id), bucket=_bucket(), maximum=MAX_PLAN)
    except NotFound:
        return b""


def _index_key(import_id: str) -> str:
    return f"imports/{import_id}/dry-run/index"


def put_part(import_id: str, kind: Kind, number: int, changes: list[Change]) -> None:
    """Keep what became of a slice's rows."""
    content = _pack(_changes.dump_json(changes, exclude_none=True))
    blobs.put(_part_key(import_id, kind, number), content, "application/gzip", bucket=_bucket())


def get_part(import_id: str, kind: Kind, number: int) -> list[Change]:
    """Raises NotFound."""
    return _changes.validate_json(_get(_part_key(import_id, kind, number)), strict=False)
