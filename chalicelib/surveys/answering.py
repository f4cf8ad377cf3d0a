"""Whether answers fit what a survey asks: pure, for the door, the worker and the pages alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib.surveys.model import Definition


class Misfit(NamedTuple):
    """What is wrong with an answer: the question's id, and a stable code."""

    question: str
    code: str


REASONS = {
    "no_such_question": "is no question of this survey",
    "not_asked": "is only asked when its condition holds, which does not",
    "missing": "is required",
    "out_of_range": "is not on the scale of this question",
    "no_such_option": "is none of the options, or one twice",
    "no_text": "needs a text",
}


def applying(definition: Definition, score: int | None, answers: Mapping[str, Any]) -> list[str]:
    """The ids of the questions that apply after these answers, in order.

    An answer to a question that does not apply counts for no condition.
    """
    counted: dict[str, Any] = {"score": score}
    found: list[str] = []
    for question in definition.questions:
        if question.when is None or question.when.holds(counted.get(question.when.question)):
            found.append(question.id)
            counted[question.id] = answers.get(question.id)
    return found


def misfits(definition: Definition, score: int | None, answers: Mapping[str, Any]) -> list[Misfit]:
    """What is wrong with these answers, in the order of the questions; nothing when they fit."""
    found = [Misfit(name, "no_such_question") for name in answers if definition.question(name) is None]
    applies = set(applying(definition, score, answers))
    for question in definition.questions:
        if question.id not in answers:
            if question.required and question.id in applies:
                found.append(Misfit(question.id, "missing"))
        elif question.id not in applies:
            found.append(Misfit(question.id, "not_asked"))
        elif (code := question.misfit(answers[question.id])) is not None:
            found.append(Misfit(question.id, code))
    return found
