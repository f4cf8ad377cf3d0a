"""Whether a response's survey takes it: at the door, and again in the worker, by the same rules.

A key that nobody defined takes what anybody says of it; a survey that is defined takes what it asks.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.feedback.model import Kind, NewFeedback, Rejection, Submission
from chalicelib.kernel.errors import Conflict, Invalid, RapportError
from chalicelib.surveys import service as surveys
from chalicelib.surveys.answering import REASONS, misfits
from chalicelib.surveys.model import Face, Refusal

_CLOSED: dict[Refusal, str] = {
    "survey_draft": "The survey is not published.",
    "survey_paused": "The survey is paused.",
    "survey_closed": "The survey is closed.",
    "survey_not_started": "The survey has not started.",
    "survey_ended": "The survey has ended.",
}
_REJECTED: dict[str, Rejection] = {
    **{name: name for name in _CLOSED},
    "anonymous_survey": "anonymous_survey",
    "wrong_kind": "wrong_kind",
    "no_such_survey": "no_such_survey",
}
BY_PAGE = "page"
"""Whom a response was submitted by that a page of ours took. No API key has such an id."""


def check(new: NewFeedback, at: datetime, *, history: bool = False) -> None:
    """Raise Conflict `survey_ended` and the like, `anonymous_survey`; Invalid for what is not asked.

    Of `history` it is not asked whether the survey took responses then, nor for answers when it has none:
    another system asked. No call while the surveys are kept in the process, and what the version asks.
    """
    face = surveys.known(new.survey)
    if face is None:
        _check_undefined(new)
        return
    refusal = None if history else face.refusal(at)
    if refusal is not None:
        raise Conflict(_CLOSED[refusal], code=refusal)
    _check_face(face, new.kind)
    if not history or new.answers or new.survey_version is not None:
        _check_answers(face, new)


def check_survey(survey: str, kind: Kind) -> None:
    """Raise what `check` raises of any response of a kind, so that a file of them need not be read first."""
    face = surveys.known(survey)
    if face is not None:
        _check_face(face, kind)


def _check_face(face: Face, kind: Kind) -> None:
    if face.anonymous:
        sentence = "An anonymous survey is answered on its pages alone."
        raise Conflict(sentence, code="anonymous_survey")
    if kind != face.kind:
        raise Invalid.in_body("kind", f"this survey asks for {face.kind}", "wrong_kind")


def _check_undefined(new: NewFeedback) -> None:
    if new.answers or new.survey_version is not None:
        name = "answers" if new.answers else "survey_version"
        raise Invalid.in_body(name, "no survey of this key is defined", "no_such_survey")


def _check_answers(face: Face, new: NewFeedback) -> None:
    found = misfits(surveys.asked(face, new.survey_version), new.score, new.answers)
    if found:
        params = [
            {"name": f"answers.{one.question}", "reason": REASONS[one.code], "code": one.code}
            for one in found
        ]
        raise Invalid("The body is not valid.", params=params)


def refusal(submission: Submission) -> Rejection | None:
    """Why a response is to be kept as rejected; None for one that counts.

    What a page took was checked there, against the survey as it was just then.
    """
    if submission.submitted_by == BY_PAGE:
        return None
    try:
        check(submission.response, submission.submitted_at, history=submission.bulk)
    except RapportError as error:
        return _reason(error)
    return None


def _reason(error: RapportError) -> Rejection:
    """The reason that stands for an error. Raises it again when it is none of the response's own."""
    if not isinstance(error, Conflict | Invalid):
        raise error
    params = error.extra.get("invalid_params", [])
    codes = [error.code, *(param["code"] for param in params)]
    return next((_REJECTED[code] for code in codes if code in _REJECTED), "invalid_answers")
