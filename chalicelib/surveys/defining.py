"""Defining a survey: its draft, its publishing, its end."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from chalicelib.consent import service as consent
from chalicelib.consent.model import SERVICE
from chalicelib.kernel import patches
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.events import changes
from chalicelib.kernel.work import Work
from chalicelib.surveys import service, store
from chalicelib.surveys.events import SurveyChanged
from chalicelib.surveys.model import (
    MAX_VERSIONS,
    Definition,
    NewSurvey,
    Survey,
    SurveyPatch,
    check_times,
    definition_of,
)


def add(work: Work, new: NewSurvey) -> Survey:
    """Add a draft. Raises Invalid; fails with AlreadyExists, Conflict `too_many_surveys`."""
    given = {name: getattr(new, name) for name in NewSurvey.model_fields}
    draft = Definition.model_construct(**definition_of(given))
    rest = {name: value for name, value in given.items() if name not in Definition.model_fields}
    survey = Survey(
        version=1, languages=sorted(new.texts), created_at=work.now, updated_at=work.now, draft=draft, **rest
    )
    _check(work, survey)
    store.add(work, survey)
    _record(work, survey, ["created"])
    return survey


def _check(work: Work, survey: Survey) -> None:
    check_times(survey)
    if survey.inviting.topic != SERVICE:
        consent.require_topic(work, survey.inviting.topic)


def _current(work: Work, key: str) -> Survey:
    """The survey as it is. Raises NotFound, Stale when If-Match names another version."""
    survey = store.get(key)
    work.check_version(survey.version)
    return survey


def _next(work: Work, before: Survey, **changed: object) -> Survey:
    """The survey's next version."""
    return before.model_copy(update={**changed, "version": before.version + 1, "updated_at": work.now})


def change(work: Work, key: str, patch: SurveyPatch) -> Survey:
    """Apply a merge patch. Raises NotFound, Stale, Invalid; Conflict for what is closed, or fixed by now."""
    before = _current(work, key)
    given = patches.given(patch)
    asked = definition_of(given)
    rest = {name: value for name, value in given.items() if name not in asked}
    draft = _redrafted(before.draft, asked) if asked else before.draft
    changed = patches.changed(before, rest) + patches.changed(before.draft, asked)
    if not changed:
        return before
    _require_changeable(before, changed)
    after = _next(work, before, draft=draft, **rest)
    _check(work, after)
    store.replace(work, after)
    _record(work, after, sorted(changed), changes(before, after, rest))
    return after


def _redrafted(draft: Definition, asked: dict[str, Any]) -> Definition:
    """Raises Invalid when the whole no longer fits together."""
    dumped = {name: getattr(draft, name) for name in Definition.model_fields} | asked
    try:
        return Definition.model_validate(dumped)
    except ValidationError as error:
        from chalicelib.kernel.http.problems import of_validation  # only the API needs it

        raise of_validation(error, "body") from None


def _require_changeable(before: Survey, changed: list[str]) -> None:
    if before.state == "closed":
        raise Conflict("A closed survey does not change.", code="survey_closed")
    if before.number and {"kind", "anonymous"} & set(changed):
        raise Conflict("A published survey keeps its kind, and whether it is anonymous.", code="published")
    if not before.number and "state" in changed:
        raise Conflict("Publish the survey first.", code="not_published")


def publish(work: Work, key: str) -> Survey:
    """Publish the draft: it is asked from now on, and never changes. Raises NotFound, Stale, Conflict."""
    before = _current(work, key)
    if before.state == "closed":
        raise Conflict("A closed survey does not change.", code="survey_closed")
    if before.number >= MAX_VERSIONS:
        raise Conflict(f"A survey has {MAX_VERSIONS} versions at most.", code="too_many_versions")
    if before.number and service.version(key, before.number).definition == before.draft:
        return before
    after = _next(
        work,
        before,
        number=before.number + 1,
        state="active" if before.state == "draft" else before.state,
        languages=sorted(before.draft.texts),
    )
    store.publish(work, after)
    _record(work, after, ["published"])
    return after


def close(work: Work, key: str) -> Survey:
    """Close a survey for good; nothing happens to one that is. Raises NotFound, Stale, Conflict."""
    before = _current(work, key)
    if before.state == "closed":
        return before
    if not before.number:
        raise Conflict("Publish the survey first, or delete it.", code="not_published")
    after = _next(work, before, state="closed", closed_at=work.now)
    store.replace(work, after)
    _record(work, after, ["closed"])
    return after


def delete(work: Work, key: str) -> None:
    """Delete a survey that was never published. Raises NotFound, Stale, Conflict `published`."""
    survey = _current(work, key)
    if survey.number:
        raise Conflict("What was published can be closed, not deleted.", code="published")
    store.remove(work, survey)
    _record(work, survey, ["deleted"])


def _record(work: Work, survey: Survey, changed: list[str], private: dict[str, Any] | None = None) -> None:
    event = SurveyChanged(
        survey=survey.key, survey_version=survey.version, number=survey.number, changed=changed
    )
    work.record(store.partition(survey.key), event, private=private)
    service.forget()
