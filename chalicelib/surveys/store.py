"""The items of surveys: all their faces in one partition, and of each the draft and what was published."""

from __future__ import annotations

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import AlreadyExists, Conflict, NotFound, Repeated, Stale
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.surveys.model import MAX_SURVEYS, Definition, Face, Published, Survey

_PARTITION = "SURVEYS"
_COUNT = Key(_PARTITION, "COUNT")


def face_key(survey: str) -> Key:
    return Key(_PARTITION, f"SURVEY#{survey}")


def partition(survey: str) -> str:
    """The partition of what a survey asks, and of its events."""
    return f"SUR#{survey}"


def _draft_key(survey: str) -> Key:
    return Key(partition(survey), "DRAFT")


def _version_key(survey: str, number: int) -> Key:
    return Key(partition(survey), f"VERSION#{number}")


def _face_item(face: Face) -> Item:
    shown = face.model_dump(mode="json", exclude_none=True, include=set(Face.model_fields))
    return {**face_key(face.key)._asdict(), **shown}


def _draft_item(survey: Survey) -> Item:
    draft = survey.draft.model_dump(mode="json", exclude_none=True)
    return {**_draft_key(survey.key)._asdict(), "definition": draft}


def add(work: Work, survey: Survey) -> None:
    """Fails with AlreadyExists for a key in use, with Conflict when there are 300 surveys."""
    known = AlreadyExists("There is a survey of this key.", code="survey_exists")
    work.put(_face_item(survey), unless_exists=known)
    work.overwrite(_draft_item(survey))
    full = Conflict(f"There are {MAX_SURVEYS} surveys at most.", code="too_many_surveys")
    room = Attr("surveys").not_exists() | Attr("surveys").lt(MAX_SURVEYS)
    work.update(_COUNT, add={"surveys": 1}, when=room, failure=full)


def replace(work: Work, survey: Survey) -> None:
    """Write the next version. Fails with Stale when the survey changed meanwhile."""
    work.replace(_face_item(survey), version=survey.version - 1)
    work.overwrite(_draft_item(survey))


def publish(work: Work, survey: Survey) -> None:
    """Write the next version with what it asks from now on, for good. Fails with Stale."""
    replace(work, survey)
    item = {
        **_version_key(survey.key, survey.number)._asdict(),
        "survey": survey.key,
        "number": survey.number,
        "published_at": survey.model_dump(mode="json")["updated_at"],
        "definition": survey.draft.model_dump(mode="json", exclude_none=True),
    }
    work.put(item, unless_exists=Repeated("This version is published."))


def remove(work: Work, survey: Survey) -> None:
    """Fails with Stale when the survey changed meanwhile."""
    changed = Stale("The survey changed meanwhile.")
    work.delete(face_key(survey.key), when=Attr("version").eq(survey.version), failure=changed)
    work.delete(_draft_key(survey.key))
    work.update(_COUNT, add={"surveys": -1}, when=Attr("surveys").gt(0), failure=changed)


def get(key: str) -> Survey:
    """A survey with its draft: one call. Raises NotFound `no_such_survey`."""
    found = table.get_many([face_key(key), _draft_key(key)])
    if face_key(key) not in found:
        raise no_such_survey()
    draft = Definition.model_validate(found[_draft_key(key)]["definition"], strict=False)
    return Survey.model_validate({**found[face_key(key)], "draft": draft}, strict=False)


def no_such_survey() -> NotFound:
    return NotFound("There is no such survey.", code="no_such_survey")


def face_of(item: Item) -> Face:
    return Face.model_validate(item, strict=False)


def faces() -> list[Face]:
    """All surveys by key: one call."""
    return [face_of(item) for item in pages.every(Query.prefixed(_PARTITION, "SURVEY#", ascending=True))]


def page(*, limit: int, after: str | None) -> tuple[list[Face], str | None]:
    """A page of surveys by key."""
    found = pages.page([Query.prefixed(_PARTITION, "SURVEY#", ascending=True)], limit=limit, after=after)
    return [face_of(item) for item in found.items], found.after


def published(survey: str, number: int) -> Published:
    """A version: one call. Raises NotFound `no_such_version`."""
    item = table.get(_version_key(survey, number))
    if item is None:
        raise NotFound("There is no such version of the survey.", code="no_such_version")
    return Published.model_validate(item, strict=False)
