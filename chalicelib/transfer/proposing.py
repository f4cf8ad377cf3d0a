"""Proposes for each column of a file the field that it likely holds, and says why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

from chalicelib.kernel.ids import ULID_PATTERN
from chalicelib.kernel.model import Stored
from chalicelib.transfer.headers import SOURCES

SIMILAR = 85
"""From which similarity, of 100, a name counts as another spelling of a known one."""
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_OWN_ID = re.compile("cus_" + ULID_PATTERN)
_CUSTOM = re.compile("[a-z][a-z0-9_]{0,49}")
_SOURCE = re.compile("[a-z0-9][a-z0-9_-]{0,39}")


class Proposal(Stored):
    """A column, some of its values, and the field proposed for it; `confidence` goes from 0 to 1."""

    column: str
    samples: list[str]
    field: str
    confidence: float
    why: str


def propose(columns: Sequence[str], samples: Sequence[list[str]]) -> list[Proposal]:
    """A proposal for each column, in order; what nobody knows is `ignore`."""
    return [_propose(column, values) for column, values in zip(columns, samples, strict=True)]


def _propose(column: str, samples: list[str]) -> Proposal:
    field, confidence, why = (
        _own_id(samples)
        or _by_prefix(column)
        or _by_name(column)
        or _by_values(samples)
        or _by_likeness(column)
    )
    return Proposal(column=column, samples=samples, field=field, confidence=confidence, why=why)


_Found = tuple[str, float, str]


def plain(name: str) -> str:
    """A column's name in lower-case letters and digits only, accents left out."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in bare if letter.isalnum())


@cache
def _known() -> dict[str, tuple[str, str]]:
    known: dict[str, tuple[str, str]] = {}
    for source, names in SOURCES.items():
        for name, field in names.items():
            known.setdefault(plain(name), (field, source))
    return known


def _own_id(samples: list[str]) -> _Found | None:
    """The ids that an export of ours begins with: no source's, and no way to recognise anybody."""
    own = bool(samples) and all(_OWN_ID.fullmatch(value) for value in samples)
    return ("ignore", 1.0, "holds our own ids") if own else None


def _by_prefix(column: str) -> _Found | None:
    """`custom.size`, `external_ids.erp` and `handle.instagram` say it themselves."""
    first, dot, rest = column.partition(".")
    if dot and first == "custom" and _CUSTOM.fullmatch(rest):
        return f"custom.{rest}", 1.0, "names a custom field"
    if dot and first in ("external_id", "external_ids") and _SOURCE.fullmatch(rest):
        return f"external_id.{rest}", 1.0, "names the source of an external id"
    if dot and first in ("handle", "handles") and _SOURCE.fullmatch(rest):
        return f"handle.{rest}", 1.0, "names a network"
    return None


def _by_name(column: str) -> _Found | None:
    found = _known().get(plain(re.sub(r" \(\d+\)$", "", column)))
    return (found[0], 1.0, f"is called so by {found[1]}") if found else None


def _by_values(samples: list[str]) -> _Found | None:
    given = [value for value in samples if value.strip()]
    if given and all(_EMAIL.fullmatch(value.strip()) for value in given):
        return "email", 0.9, "holds e-mail addresses"
    return None


def _by_likeness(column: str) -> _Found:
    from rapidfuzz import fuzz, process

    known = {name: found for name, found in _known().items() if found[0] != "opt_out"}  # opt-in is like it
    found: Any = process.extractOne(plain(column), list(known), scorer=fuzz.ratio, score_cutoff=SIMILAR)
    if found is None:
        return "ignore", 0.0, "is not known"
    name, score, _ = found
    field, source = known[name]
    return field, round(score / 100 * 0.8, 2), f"is spelled like a name by {source}"
