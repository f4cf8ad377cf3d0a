"""The rows of an import, slice by slice: read and checked while the slice before is written, then taken."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from chalicelib.access import service as access
from chalicelib.customers import service as customers
from chalicelib.customers import upsert
from chalicelib.customers.changes import Change
from chalicelib.customers.definitions import Definitions
from chalicelib.customers.known import Row
from chalicelib.customers.row_rules import Rules
from chalicelib.kernel import blobs, ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import RapportError
from chalicelib.kernel.model import is_clean
from chalicelib.transfer import import_store as store
from chalicelib.transfer.import_model import Import, Setup
from chalicelib.transfer.mapping import Mapper
from chalicelib.transfer.opting_out import take_back
from chalicelib.transfer.progress import progress_of
from chalicelib.transfer.putting import Fields
from chalicelib.transfer.reading.dialect import Dialect
from chalicelib.transfer.reading.records import Record
from chalicelib.transfer.rehearsal import Rehearsal
from chalicelib.transfer.rows import read_row
from chalicelib.transfer.slices import Slice

SLICE_ROWS = 1000
SLICE_BYTES = 4_000_000
"""Of a slice, whichever comes first; so memory is bounded whatever the rows are like."""
MAX_ADDRESS = 254
"""Characters of an e-mail address (RFC 5321, 4.5.3.1.3)."""
Value = TypeVar("Value")


def row_slices(job: Import) -> Generator[RowSlice, None, None]:
    """The slices from where the job is, the next of which is read while one is worked on.

    Raises NotFound when the file is gone, with the code `object_replaced` for another one in its place.
    """
    return _ahead(_read(job))


def _ahead(values: Iterator[Value]) -> Generator[Value, None, None]:
    """The same values; while one is worked on, the next is made."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, values, None)
        while (value := coming.result()) is not None:
            coming = pool.submit(next, values, None)
            yield value


def _read(job: Import) -> Iterator[RowSlice]:
    first = progress_of(job).rows + 1
    for records in _records(job):
        found = RowSlice(job, records, first)
        yield found
        first += len(records)


def _records(job: Import) -> Iterator[list[Record]]:
    """The file's records from where the job is, by slices. One that was planned ends where the plan says."""
    assert job.dialect is not None
    key, bucket = store.source_key(job.id), settings().files_bucket
    records = job.dialect.records(
        lambda first, length: blobs.read(key, first, length, bucket=bucket, etag=job.etag), job.offset
    )
    planned = store.find_plan(job.id, "import", progress_of(job).slices, 0)
    end, begin = planned.end if planned else None, job.offset
    for first in records:
        taken = [first]
        while not _is_full(taken, begin, end) and (record := next(records, None)):
            taken.append(record)
        yield taken
        end, begin = None, taken[-1].end


def _is_full(taken: list[Record], begin: int, end: int | None) -> bool:
    if end is not None:
        return taken[-1].end >= end
    return len(taken) >= SLICE_ROWS or taken[-1].end - begin > SLICE_BYTES


class RowSlice:
    """The rows of one slice, from number `first` on, read and checked; and how the import takes them."""

    def __init__(self, job: Import, records: list[Record], first: int) -> None:
        assert job.setup is not None
        assert job.dialect is not None
        self.end = records[-1].end
        self._setup = job.setup
        self._definitions = customers.definitions()
        self._rows: dict[int, Row] = {}
        self._rejected: dict[int, Change] = {}
        self._opted_out: set[int] = set()
        mapper = mapper_of(job.setup, job.dialect, self._definitions)
        region = settings().default_region
        given: dict[int, Fields] = {}
        for number, record in enumerate(records, first):
            with self._rejecting(number):
                given[number] = mapper.fields(record)
        staff = _staff_of(given.values())
        for number, fields in given.items():
            with self._rejecting(number):
                named = _with_owner(fields, staff)
                if named.pop("opt_out", False):
                    self._opted_out.add(number)
                self._rows[number] = read_row(number, named, region, self._definitions)

    @contextmanager
    def _rejecting(self, number: int) -> Iterator[None]:
        """Note the row as rejected by the error that is raised."""
        try:
            yield
        except RapportError as error:
            self._rejected[number] = Change.rejected(number, error)

    def take(self, job: Import, rehearsal: Rehearsal | None) -> list[Change]:
        """Take the rows into the table, or only plan them in a dry run; their outcomes."""
        numbers = sorted([*self._rows, *self._rejected])
        progress = progress_of(job)
        rules = self._rules(job)
        if rehearsal is not None:
            changes = self._plan(numbers, rules, rehearsal)
            rehearsal.note(progress.slices, changes)
            store.put_part(job.id, "import", progress.slices, changes)
            return changes
        part = Slice(job, "import", progress.slices, progress.slice_at, self.end)
        changes = part.take(numbers, lambda rows: self._plan(rows, rules))
        take_back(job, changes)
        return changes

    def _plan(self, numbers: list[int], rules: Rules, rehearsal: Rehearsal | None = None) -> list[Change]:
        rejected = [self._rejected[number] for number in numbers if number in self._rejected]
        rows = [self._rows[number] for number in numbers if number in self._rows]
        planned = [self._with_opt_out(change) for change in upsert.plan(rows, rules, rehearsal)]
        return sorted(rejected + planned, key=lambda change: change.row)

    def _with_opt_out(self, change: Change) -> Change:
        opted_out = change.row in self._opted_out and change.outcome != "rejected"
        return change.model_copy(update={"opted_out": True}) if opted_out else change

    def _rules(self, job: Import) -> Rules:
        setup, at = self._setup, progress_of(job).slice_at
        return Rules(
            at=at,
            name=lambda row: ids.derived_id("cus", at, job.id, str(row)),
            definitions=self._definitions,
            mode=setup.mode,
            match=setup.match,
            clear_empty=setup.clear_empty,
            stage=setup.stage,
        )


def _staff_of(rows: Iterable[Fields]) -> dict[str, str]:
    """The ids of the staff whose addresses these rows give as owners, a call for each hundred addresses.

    What can be nobody's address is not asked for: no key holds it.
    """
    given = dict.fromkeys(one["owner"] for one in rows if "@" in (one.get("owner") or ""))
    wanted = [address for address in given if len(address) <= MAX_ADDRESS and is_clean(address)]
    return access.staff_of_addresses(wanted)


def _with_owner(fields: Fields, staff: Mapping[str, str]) -> Fields:
    """The fields with the owner's id in place of their address. Raises Invalid when nobody has it."""
    owner = fields.get("owner") or ""
    if "@" not in owner:
        return fields
    if owner not in staff:
        raise access.unknown_staff("owner")
    return {**fields, "owner": staff[owner]}


def mapper_of(setup: Setup, dialect: Dialect, definitions: Definitions) -> Mapper:
    """What reads this file's rows. Raises Invalid for a mapping of other columns."""
    defaults = {"tags": setup.tags} if setup.tags else {}
    return Mapper(
        dialect.columns,
        setup.mapping,
        source=setup.source,
        defaults=defaults,
        empty=setup.clear_empty,
        definitions=definitions,
    )
