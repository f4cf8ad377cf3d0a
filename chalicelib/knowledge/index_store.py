"""Where the indexes lie: an object each, and the item that says which one is current. Kept in the process."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import blobs, pages
from chalicelib.kernel.errors import NotFound, Stale, TooLarge, Unavailable
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.knowledge.index import Index

_PARTITION = "ART#INDEX"
MAX_BYTES = 20_000_000
KEPT = 3
"""Indexes that a process keeps."""

_kept: dict[str, tuple[str, Index]] = {}


class Pointer(NamedTuple):
    """The current index of a language, and how many articles the public finds there."""

    language: str
    version: int = 0
    key: str = ""
    public: int = 0


def pointers() -> dict[str, Pointer]:
    """The indexes there are, by language: one call, exact at once."""
    items = pages.every(Query(_PARTITION, consistent=True))
    found = [Pointer(item["sk"], item["version"], item["key"], item["public"]) for item in items]
    return {one.language: one for one in found}


def load(pointer: Pointer) -> Index:
    """The index that it points to: one call, unless the process has it.

    Raises Unavailable when it was replaced meanwhile.
    """
    held = _kept.get(pointer.language)
    if held is None or held[0] != pointer.key:
        held = pointer.key, _read(pointer.key)
    _keep(pointer.language, *held)
    return held[1]


def _keep(language: str, key: str, index: Index) -> None:
    """Keep an index; the last one used is the last one to go."""
    _kept.pop(language, None)
    _kept[language] = key, index
    while len(_kept) > KEPT:
        del _kept[next(iter(_kept))]


def _read(key: str) -> Index:
    if not key:
        return Index([], {})
    try:
        return Index.of(blobs.get_json(key, maximum=MAX_BYTES))
    except NotFound:
        raise Unavailable("The index was written anew; try again.") from None


def replace(work: Work, pointer: Pointer, index: Index) -> None:
    """Store the next index of a language, and point to it. Fails with Stale when another one came first.

    Its object is named by its content too: two who write the same version at once do not overwrite each
    other's. The one before the current one goes; the current one may still be asked for.
    """
    blobs.erase(_objects(pointer.language, pointer.version - 1))
    packed = blobs.packed_json(index.stored)
    if len(packed) > MAX_BYTES:  # the index that is there stays; the alarm on dead letters tells
        raise TooLarge(f"An index has {MAX_BYTES} bytes at most.")
    digest = hashlib.sha256(packed).hexdigest()
    key = f"{_objects(pointer.language, pointer.version + 1)}{digest}"
    blobs.put(key, packed, "application/gzip")
    _keep(pointer.language, key, index)
    public = len({one.article_id for one in index.documents if one.is_public})
    work.update(
        Key(_PARTITION, pointer.language),
        assign={"version": pointer.version + 1, "key": key, "public": public},
        when=Attr("version").eq(pointer.version) if pointer.version else Attr("pk").not_exists(),
        failure=Stale("Another article was indexed meanwhile."),
    )


def _objects(language: str, version: int) -> str:
    return f"articles/index/{language}/{version}-"


def forget() -> None:
    """Drop what the process keeps; for tests."""
    _kept.clear()
