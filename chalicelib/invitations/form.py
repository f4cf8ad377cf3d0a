"""What a survey page's form sent, read against what the survey asks: nothing is trusted, nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from chalicelib.feedback.model import MAX_COMMENT
from chalicelib.kernel.http.routes import Form
from chalicelib.kernel.model import Text
from chalicelib.surveys.answering import applying, misfits
from chalicelib.surveys.model import SCALES, Definition, MainKind
from chalicelib.surveys.questions import MAX_ANSWER, Question

_ANSWER: TypeAdapter[str] = TypeAdapter(Annotated[str, Text(MAX_ANSWER, 0)])
_COMMENT: TypeAdapter[str] = TypeAdapter(Annotated[str, Text(MAX_COMMENT, 0)])


@dataclass(frozen=True)
class Filled:
    """What was chosen and typed, which questions stood on the page, and what is wrong, by field."""

    score: int | None = None
    comment: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    shown: frozenset[str] = frozenset()
    wrong: Mapping[str, str] = field(default_factory=dict)

    def pending(self, definition: Definition) -> list[str]:
        """Questions that apply after these answers, and were not on the page."""
        return [one for one in applying(definition, self.score, self.answers) if one not in self.shown]

    def fitting(self, definition: Definition) -> dict[str, Any]:
        """The answers to questions that apply; others stood there for another score, and are dropped."""
        applies = applying(definition, self.score, self.answers)
        return {name: value for name, value in self.answers.items() if name in applies}


def read(form: Form, definition: Definition, kind: MainKind) -> Filled:
    """What a form sent. A field that the survey does not ask is dropped; what is wrong is said by field."""
    answers = {
        one.id: value
        for one in definition.questions
        if (value := _value(one, form.get(one.id, []))) is not None
    }
    filled = Filled(
        score=score_of(kind, _first(form, "score")),
        comment=_first(form, "comment").replace("\r\n", "\n"),
        answers=answers,
        shown=frozenset(form.get("shown", [])),
    )
    return Filled(**(vars(filled) | {"wrong": _wrong(filled, definition)}))


def score_of(kind: MainKind, given: str | None) -> int | None:
    """A score in a link or a form, if it is one."""
    low, high = SCALES[kind]
    number = int(given) if given and given.isascii() and given.isdecimal() and len(given) <= 2 else -1
    return number if low <= number <= high else None


def _wrong(filled: Filled, definition: Definition) -> dict[str, str]:
    """What is wrong, by field: `missing` or `too_long`."""
    found = {
        one.question: "missing"
        for one in misfits(definition, filled.score, filled.fitting(definition))
        if one.question in filled.shown
    }
    texts = {name: value for name, value in filled.answers.items() if isinstance(value, str)}
    found |= {name: "too_long" for name, value in texts.items() if not _storable(value, _ANSWER)}
    if filled.score is None:
        found["score"] = "missing"
    if not _storable(filled.comment, _COMMENT):
        found["comment"] = "too_long"
    return found


def _storable(text: str, reader: TypeAdapter[str]) -> bool:
    try:
        reader.validate_python(text)
    except ValidationError:
        return False
    return True


def _first(form: Form, name: str) -> str:
    return form.get(name, [""])[0]


def _value(question: Question, given: list[str]) -> Any:
    """The answer in a form's values; None for nothing."""
    values = [one for one in given if one.strip()]
    if not values:
        return None
    match question.type:
        case "rating":
            text = values[0]
            return int(text) if text.isascii() and text.isdecimal() and len(text) <= 2 else text
        case "choices":
            return list(dict.fromkeys(values))
        case "text":
            return values[0].replace("\r\n", "\n")
        case _:
            return values[0]
