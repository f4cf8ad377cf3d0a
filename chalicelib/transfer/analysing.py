"""Finding out how an uploaded file is to be read, and what its columns likely hold."""

from __future__ import annotations

from chalicelib.kernel import blobs
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Conflict, TooLarge
from chalicelib.kernel.model import is_clean
from chalicelib.kernel.work import Work
from chalicelib.transfer import import_store as store
from chalicelib.transfer.import_model import MAX_BYTES
from chalicelib.transfer.import_views import AnalyseImport, Analysis
from chalicelib.transfer.proposing import propose
from chalicelib.transfer.reading.dialect import SAMPLED, Dialect, Given, dialect_of
from chalicelib.transfer.reading.records import Record

HEAD_BYTES = 1_000_000
"""Of the file's beginning, that an analysis reads."""
SAMPLES = 3
SAMPLE_LENGTH = 100
"""Values of a column that an analysis shows, and the characters of each."""


def analyse(work: Work, import_id: str, given: AnalyseImport) -> Analysis:
    """Find out how the uploaded file is to be read. Raises Conflict `not_uploaded`, Invalid, TooLarge."""
    found = store.get(import_id)
    work.check_version(found.version)
    if found.state not in ("awaiting_upload", "ready"):
        raise Conflict("The import was started before.", code="already_started")
    key, bucket = store.source_key(import_id), settings().files_bucket
    file = blobs.look(key, bucket=bucket)
    if file is None:
        raise Conflict("The file is not uploaded yet.", code="not_uploaded")
    if file.size > MAX_BYTES:
        raise TooLarge("A file has 5 GB at most.")
    head = blobs.read(key, 0, HEAD_BYTES, bucket=bucket, etag=file.etag)
    dialect = dialect_of(head, whole=file.size == len(head), given=Given(**given.model_dump()))
    after = found.model_copy(
        update={
            "version": found.version + 1,
            "updated_at": work.now,
            "state": "ready",
            "size": file.size,
            "etag": file.etag,
            "dialect": dialect,
            "offset": dialect.rows_at,
        }
    )
    store.replace(work, after)
    columns = propose(dialect.columns, _samples(dialect, head))
    return Analysis(import_id=import_id, size=file.size, dialect=dialect, columns=columns)


def _samples(dialect: Dialect, head: bytes) -> list[list[str]]:
    """For each column the first values that it holds."""
    found: list[list[str]] = [[] for _ in dialect.columns]
    records = dialect.records(lambda first, length: head[first : first + length], dialect.rows_at)
    for record, _ in zip(records, range(SAMPLED), strict=False):
        for place, value in enumerate(_values(dialect, record)):
            if value.strip() and len(found[place]) < SAMPLES:
                found[place].append(value.strip()[:SAMPLE_LENGTH])
    return found


def _values(dialect: Dialect, record: Record) -> list[str]:
    if record.problem:
        return []
    if dialect.format == "csv":
        return record.cells[: len(dialect.columns)]
    given = [record.fields.get(column) for column in dialect.columns]
    texts = ["" if value is None else str(value) for value in given]
    return [text if is_clean(text) else text.encode(errors="replace").decode() for text in texts]
