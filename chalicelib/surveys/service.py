"""What is asked of surveys: which there are, whether one is open, what it asks. Changing them: defining.py.

All surveys are kept in the process for 30 s without what they ask; a published version never changes, so it
is kept for good.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.kept import Kept
from chalicelib.kernel.table import Item, Key
from chalicelib.surveys import store
from chalicelib.surveys.model import Definition, Face, Published, Survey

KEPT_VERSIONS = 64


def _faces() -> dict[str, Face]:
    return {face.key: face for face in store.faces()}


def _none() -> dict[tuple[str, int], Published]:
    return {}


_kept = Kept(_faces)
_versions = Kept(_none, fresh=math.inf)


def current() -> Mapping[str, Face]:
    """All surveys by key, as they were 30 seconds ago at most: no call while they are kept, else one."""
    return _kept.current()


def forget() -> None:
    """Read them anew the next time: something changed here."""
    _kept.forget()


def known(survey: str) -> Face | None:
    """A survey, as it was 30 seconds ago at most; None for a key that nobody defined."""
    return current().get(survey)


def version(survey: str, number: int) -> Published:
    """What a version asks: one call, none when this process asked before. Raises NotFound."""
    there = _versions.current()
    found = there.get((survey, number)) or store.published(survey, number)
    if len(there) >= KEPT_VERSIONS:
        there.clear()
    there[survey, number] = found
    return found


def face_key(survey: str) -> Key:
    """The key of a survey, for those who read several things in one call."""
    return store.face_key(survey)


def face_of(item: Item) -> Face:
    """The survey in its item."""
    return store.face_of(item)


def get(key: str) -> Survey:
    """Raises NotFound."""
    return store.get(key)


def by_key(*, limit: int, after: str | None) -> tuple[list[Face], str | None]:
    """A page of surveys by key."""
    return store.page(limit=limit, after=after)


def asked(face: Face, number: int | None) -> Definition:
    """What was asked by a version, the current one unless it is named. Raises Invalid for none."""
    try:
        return version(face.key, number or face.number).definition
    except NotFound:
        raise Invalid.in_body("survey_version", "was never published", "no_such_version") from None
