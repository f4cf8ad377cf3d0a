"""What a dry run planned so far, so that its later slices see it as those of a real run see the table.

The profiles that a slice would write lie in an object, a line each. Who is in which line is told by an index
in memory, from eight bytes of a hash of an identity, or of an id, to the line; it is stored when a step ends.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

from chalicelib.customers.changes import Change
from chalicelib.customers.identity import Identity
from chalicelib.customers.model import Customer
from chalicelib.transfer import import_store as store
from chalicelib.transfer.import_model import Import
from chalicelib.transfer.progress import progress_of

MOST = 3_000_000
"""Entries of the index: a million customers with two identities each. One takes 100 bytes, 16 when stored."""
READERS = 16
"""Objects that are read at the same time."""
_OFFSET_BITS, _LENGTH_BITS = 27, 17
"""Of a slice's bytes, and of a profile's, which has 32 KB; the other 20 bits count a million slices."""


class _Line(NamedTuple):
    slice: int
    first: int
    length: int

    @property
    def packed(self) -> int:
        return (self.slice << _OFFSET_BITS | self.first) << _LENGTH_BITS | self.length

    @classmethod
    def of(cls, packed: int) -> _Line:
        rest, length = divmod(packed, 1 << _LENGTH_BITS)
        return cls(*divmod(rest, 1 << _OFFSET_BITS), length)


class Rehearsal:
    """Whom the slices before the next one would have made or changed."""

    def __init__(self, job: Import) -> None:
        """Take it up where the job is: what the last step stored, and the slices since."""
        self._job_id = job.id
        self.is_partial = job.partial
        stored = array("Q", store.get_index(job.id))
        self._lines = dict(zip(stored[1::2], stored[2::2], strict=True))
        for number in range(stored[0] if stored else 0, progress_of(job).slices):
            self._note_lines(number, store.get_lines(job.id, number))

    def keep(self, slices: int) -> None:
        """Store the index, which has so many slices in it."""
        flat = array("Q", chain([slices], chain.from_iterable(self._lines.items())))
        store.put_index(self._job_id, flat.tobytes())

    def note(self, number: int, changes: list[Change]) -> None:
        """Remember what slice `number` would write."""
        profiles = (change.after.model_dump_json() for change in changes if change.after)
        lines = "".join(f"{profile}\n" for profile in profiles).encode()
        self._note_lines(number, store.keep_lines(self._job_id, number, lines))

    def _note_lines(self, number: int, lines: bytes) -> None:
        first = 0
        for line in lines.splitlines(keepends=True):
            place = _Line(number, first, len(line)).packed
            for key in self._keys(_customer(line)):
                if key in self._lines or len(self._lines) < MOST:
                    self._lines[key] = place
                else:
                    self.is_partial = True
            first += len(line)

    def _keys(self, customer: Customer) -> Iterator[int]:
        yield self._hash(customer.id)
        yield from map(self._hash, map(_text, customer.identities))

    def _hash(self, text: str) -> int:
        """Two texts may share it, so what is found by it is compared."""
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())

    def customers(self, identities: Iterable[Identity], customer_ids: Iterable[str]) -> list[Customer]:
        """Those among them who have an identity or an id of these: one read for each slice that has some."""
        texts = {*map(_text, identities), *customer_ids}
        found = {self._lines[key] for key in map(self._hash, texts) if key in self._lines}
        by_slice: dict[int, list[_Line]] = {}
        for line in map(_Line.of, found):
            by_slice.setdefault(line.slice, []).append(line)
        with ThreadPoolExecutor(READERS) as pool:
            read = list(pool.map(partial(_read, self._job_id), by_slice.values()))
        customers = (customer for some in read for customer in some)
        return [one for one in customers if not texts.isdisjoint({one.id, *map(_text, one.identities)})]


def _text(identity: Identity) -> str:
    return f"{identity.kind}#{identity.value}"


def _read(job_id: str, lines: list[_Line]) -> list[Customer]:
    """The customers in these lines of one slice, by one read from the first line to the last one."""
    begin = min(line.first for line in lines)
    end = max(line.first + line.length for line in lines)
    content = store.get_lines(job_id, lines[0].slice, begin, end - begin)
    return [_customer(content[line.first - begin :][: line.length]) for line in lines]


def _customer(line: bytes) -> Customer:
    return Customer.model_validate_json(line, strict=False)
