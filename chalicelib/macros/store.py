"""The items of macros: the macro, listed by name, and beside it what it says, gzipped."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.directory import words
from chalicelib.kernel import pages
from chalicelib.kernel.errors import AlreadyExists, NotFound, Stale, TooLarge
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.macros.model import Listed, Macro

MAX_PACKED = 30_000
"""Bytes of all that a macro says, gzipped."""
LIST = "MAC"


def partition(macro_id: str) -> str:
    return f"MAC#{macro_id}"


def _items(macro: Macro) -> list[Item]:
    """The macro and its texts. Raises TooLarge."""
    texts = {language: said.model_dump(exclude_none=True) for language, said in macro.texts.items()}
    packed = gzip.compress(json.dumps(texts, ensure_ascii=False).encode(), mtime=0)
    if len(packed) > MAX_PACKED:
        sentence = f"What a macro says has {MAX_PACKED} bytes at most, compressed."
        raise TooLarge(sentence, code="macro_too_large")
    name = words.folded(macro.name)
    return [
        {
            **Key(partition(macro.id), "MACRO")._asdict(),
            **macro.model_dump(mode="json", exclude={"texts"}, exclude_none=True),
            "words": f" {' '.join(words.terms_of(macro.name))}",
            "gsi1pk": LIST,
            "gsi1sk": f"{name}#{macro.id}",
        },
        {**Key(partition(macro.id), "TEXTS")._asdict(), "texts": packed},
    ]


def add(work: Work, macro: Macro) -> None:
    itself, texts = _items(macro)
    work.put(itself, unless_exists=AlreadyExists("This macro exists."))
    work.overwrite(texts)


def replace(work: Work, macro: Macro) -> None:
    """Write the next version. Fails with Stale when the macro changed meanwhile."""
    itself, texts = _items(macro)
    work.replace(itself, version=macro.version - 1)
    work.overwrite(texts)


def remove(work: Work, macro: Macro) -> None:
    """Fails with Stale when the macro changed meanwhile."""
    changed = Stale("The macro changed meanwhile.")
    key = Key(partition(macro.id), "MACRO")
    work.delete(key, when=Attr("version").eq(macro.version), failure=changed)
    work.delete(key._replace(sk="TEXTS"))


def get(macro_id: str) -> Macro:
    """A macro with what it says: one call. Raises NotFound `no_such_macro`."""
    query = Query(partition(macro_id), low="MACRO", high="TEXTS", ascending=True, consistent=True)
    found = pages.page([query], limit=2).items
    if len(found) < 2:
        raise NotFound("There is no such macro.", code="no_such_macro")
    itself, texts = found
    said = json.loads(zlib.decompress(bytes(texts["texts"]), wbits=31))
    return Macro.model_validate({**itself, "texts": said}, strict=False)


def by_name(
    asked: Iterable[str], *, team: str | None, limit: int, after: str | None
) -> tuple[list[Listed], str | None]:
    """A page of macros by name, whose names have words that begin so: everybody's, or a team's too.

    One call; with words or a team, of 1,000 macros at most.
    """
    conditions: list[ConditionBase] = [Attr("words").contains(f" {word}") for word in asked]
    if team is not None:
        shared = Attr("team").not_exists()
        conditions.append(shared if team == "none" else shared | Attr("team").eq(team))
    where = None
    for one in conditions:
        where = one if where is None else where & one
    found = pages.page([Query(LIST, index="gsi1", ascending=True, where=where)], limit=limit, after=after)
    return [Listed.model_validate(item, strict=False) for item in found.items], found.after
