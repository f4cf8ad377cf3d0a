"""The items of exports."""

from __future__ import annotations

from chalicelib.kernel import ids, pages, table
from chalicelib.kernel.errors import AlreadyExists, NotFound
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.transfer.export_model import Export, StoredExport


def partition(export_id: str) -> str:
    """Holds an export and its events."""
    return f"EXP#{export_id}"


def _item(export: StoredExport) -> Item:
    key = Key(partition(export.id), "EXPORT")._asdict()
    listed = {"gsi1pk": "EXP", "gsi1sk": export.id}
    return {**key, **export.model_dump(mode="json", exclude_none=True, exclude={"rate"}), **listed}


def add(work: Work, export: StoredExport) -> None:
    work.put(_item(export), unless_exists=AlreadyExists("This export exists."))


def change(work: Work, export: StoredExport, **changes: object) -> StoredExport:
    """Write the next version, with these changes. Fails with Stale when it changed meanwhile."""
    now = ids.now()  # later than work.now by as long as the step took
    after = export.model_copy(update={**changes, "version": export.version + 1, "updated_at": now})
    work.replace(_item(after), version=export.version)
    return after


def get(export_id: str) -> StoredExport:
    """Raises NotFound."""
    item = table.get(Key(partition(export_id), "EXPORT"))
    if item is None:
        raise NotFound("There is no such export.", code="no_such_export")
    return StoredExport.model_validate(item, strict=False)


def newest(*, limit: int, after: str | None) -> tuple[list[Export], str | None]:
    """A page of exports, newest first: one call."""
    found = pages.page([Query("EXP", index="gsi1")], limit=limit, after=after)
    return [Export.model_validate(item, strict=False) for item in found.items], found.after
