"""An index that a worker keeps: each entity's entries, and a note among its own items of what is there.

An entry is an item: the posting of a term, the place in a list. What is there becomes what is wanted, under
the note's version, so that of two writers the later one is told (Stale).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.ids import EPOCH, MILLISECOND
from chalicelib.kernel.model import each_once
from chalicelib.kernel.table import Item, Key, key_of
from chalicelib.kernel.work import Work

MAX_WRITES = 90
"""Entries written in one transaction; the note and what else is in the work have to fit too."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_INVERTED = str.maketrans(_ALPHABET, _ALPHABET[::-1])
_LARGE_SCRIPTS = "\u2e80"
"""From here on scripts have thousands of letters, so that one is enough to divide by."""


def recency(entity_id: str) -> str:
    """A text that sorts the newest entity first."""
    return entity_id.rpartition("_")[2].translate(_INVERTED)


def shelf(name: str, beginning: str) -> str:
    """The partition of the terms that begin so, in the index of this name: by two letters, or by one."""
    return f"{name}#" + beginning[: 1 if beginning >= _LARGE_SCRIPTS else 2]


def posting_key(name: str, term: str, entity_id: str) -> Key:
    """Where an entity's posting lies: exact terms before longer ones, of each the newest first."""
    return Key(shelf(name, term), f"{term} {recency(entity_id)}")  # a space sorts before all that terms have


class Place(NamedTuple):
    """Where a search goes on: a window of postings, and how far it was shown in the order of rank.

    The window begins after the posting `begin`, and ends with `end` if it had to be cut there.
    """

    forgiving: bool = False
    begin: str = ""
    end: str = ""
    rank: str = ""

    def __str__(self) -> str:
        return "\n".join(["typos" if self.forgiving else "", *self[1:]])

    @classmethod
    def read(cls, text: str | None) -> Place:
        """The place that a cursor carries; the beginning without one."""
        if text is None:
            return cls()
        mode, begin, end, rank = text.split("\n")
        return cls(mode == "typos", begin, end, rank)


@dataclass(frozen=True)
class Entries:
    """An entity's places in an index: each term is a posting; facets are what lists are filtered by."""

    terms: list[str] = field(default_factory=list)
    facets: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.terms) + len(self.facets)

    def with_all(self, other: Entries) -> Entries:
        """These and the others: what may be in the table while the one is replaced by the other."""
        return Entries(each_once(self.terms + other.terms), each_once(self.facets + other.facets))


@dataclass(frozen=True)
class Held:
    """What is in the table of an entity: `version` 0 is nothing; not `whole` while it is being written."""

    entries: Entries = field(default_factory=Entries)
    version: int = 0
    whole: bool = True

    @classmethod
    def of(cls, note: Item | None) -> Held:
        """What a note says; nothing without one."""
        if note is None:
            return cls()
        return cls(Entries(note["terms"], note["facets"]), note["version"], note["whole"])


@dataclass(frozen=True)
class Index:
    """Where the note of an entity lies, and which items its entries are."""

    note_key: Callable[[str], Key]
    items: Callable[[str, Entries], list[Item]]

    def replace(self, work: Work, entity_id: str, held: Held, wanted: Entries, *, anew: bool = False) -> None:
        """Bring an entity's entries up to date; `anew` writes what seems to be there, too.

        What one transaction cannot hold is committed before, in parts: until the last one the note says so,
        and whoever comes next writes them all again. Fails with Stale when another writer came between.
        """
        parts = list(self._plan(entity_id, held, wanted, anew=anew))
        for place, (puts, deletes) in enumerate(parts, 1):
            last = place == len(parts)
            part = work if last else Work(now=work.now)
            entries = wanted if last else held.entries.with_all(wanted)
            after = Held(entries, _next_version(held, work), whole=last)
            for item in puts:
                part.overwrite(item)
            for key in deletes:
                part.delete(key)
            self._write_note(part, entity_id, held, after)
            if not last:
                commit(part)
            held = after

    def _plan(
        self, entity_id: str, held: Held, wanted: Entries, *, anew: bool
    ) -> Iterator[tuple[Sequence[Item], Iterable[Key]]]:
        """What to put and what to delete, in parts that fit a transaction each."""
        put = {key_of(item): item for item in self.items(entity_id, wanted)}
        there = {key_of(item): item for item in self.items(entity_id, held.entries)} if held.version else {}
        gone = [key for key in there if key not in put]
        fresh = [item for key, item in put.items() if anew or not held.whole or there.get(key) != item]
        for begin in range(0, len(fresh) + len(gone), MAX_WRITES):
            end = begin + MAX_WRITES
            yield fresh[begin:end], gone[max(0, begin - len(fresh)) : max(0, end - len(fresh))]

    def _write_note(self, work: Work, entity_id: str, before: Held, after: Held) -> None:
        key, stale = self.note_key(entity_id), Stale("The index entries changed meanwhile.")
        note: Item = {
            **key._asdict(),
            "version": after.version,
            "whole": after.whole,
            "terms": after.entries.terms,
            "facets": after.entries.facets,
        }
        if not after.entries:
            work.delete(key, when=Attr("version").eq(before.version), failure=stale)
        elif before.version:
            work.replace(note, version=before.version)
        else:
            work.put(note, unless_exists=stale)


def _next_version(before: Held, work: Work) -> int:
    """A version that no note of this entity had, even one that was deleted: it goes with the time."""
    return max(before.version + 1, (work.now - EPOCH) // MILLISECOND)
