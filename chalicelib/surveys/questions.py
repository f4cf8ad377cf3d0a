"""The questions of a survey beside its main one: what they ask, what may be answered, and when they apply."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.customers.model import Locale
from chalicelib.kernel.model import Line, Model, OneReason, Text

MAX_QUESTIONS = 20
MAX_OPTIONS = 20
MAX_LANGUAGES = 12
MAX_ANSWER = 2_000
"""Characters of a text that is answered."""
RESERVED = frozenset({"score", "comment", "version", "once", "shown", "language", "do"})
"""What a page's form names otherwise; `score` and `comment` are the main question's."""

QuestionId = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$", examples=["reason"])]
OptionId = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_-]{0,39}$", examples=["late"])]
Said = Annotated[dict[Locale, Annotated[str, Line(300)]], Field(min_length=1, max_length=MAX_LANGUAGES)]
"""A line in each of its languages."""
Type = Literal["rating", "choice", "choices", "text"]

Answer = Annotated[
    Annotated[int, Field(ge=0, le=10)]
    | Annotated[str, Text(MAX_ANSWER)]
    | Annotated[list[OptionId], Field(min_length=1, max_length=MAX_OPTIONS)],
    OneReason(
        f"must be a whole number from 0 to 10, a text of up to {MAX_ANSWER} characters without controls, "
        "or a list of options' ids"
    ),
]
Answers = Annotated[
    dict[QuestionId, Answer],
    Field(
        max_length=MAX_QUESTIONS,
        description="By question: a number for a rating, an option's id for a choice, several for choices, "
        "else a text.",
    ),
]


class Option(Model):
    id: OptionId
    text: Said


class Condition(Model):
    """When a question applies: an earlier one, or `score`, was answered, within bounds or as one of these."""

    question: QuestionId
    at_least: Annotated[int | None, Field(ge=0, le=10)] = None
    at_most: Annotated[int | None, Field(ge=0, le=10)] = None
    any_of: Annotated[list[OptionId], Field(max_length=MAX_OPTIONS)] = []

    def holds(self, answer: Any) -> bool:
        """Whether it holds of what was answered; nothing holds of no answer."""
        if isinstance(answer, int):
            low = self.at_least is None or answer >= self.at_least
            return low and (self.at_most is None or answer <= self.at_most) and not self.any_of
        if answer is None or self.at_least is not None or self.at_most is not None:
            return False
        chosen = answer if isinstance(answer, list) else [answer]
        return not self.any_of or any(one in self.any_of for one in chosen)


class Question(Model):
    """A rating has `low` and `high`, a choice `options`, of which `choices` takes several."""

    id: QuestionId
    type: Type
    text: Said
    required: bool = False
    low: Annotated[int | None, Field(ge=0, le=1, description="Of a rating; 1 unless given.")] = None
    high: Annotated[int | None, Field(ge=2, le=10, description="Of a rating; 5 unless given.")] = None
    options: Annotated[list[Option], Field(max_length=MAX_OPTIONS)] = []
    when: Annotated[Condition | None, Field(description="It is only asked then.")] = None

    @field_validator("id")
    @classmethod
    def _free(cls, name: str) -> str:
        if name in RESERVED:
            raise PydanticCustomError("reserved", "is the main question's, or a page's own")
        return name

    @field_validator("options")
    @classmethod
    def _fitting(cls, options: list[Option]) -> list[Option]:
        names = [one.id for one in options]
        if len(set(names)) < len(names):
            raise PydanticCustomError("repeated", "name an option once")
        return options

    @model_validator(mode="after")
    def _of_its_type(self) -> Self:
        if (self.type in ("choice", "choices")) != bool(self.options):
            raise PydanticCustomError("wrong_options", "a choice has options, and nothing else has")
        if self.type != "rating" and (self.low, self.high) != (None, None):
            raise PydanticCustomError("wrong_scale", "only a rating has low and high")
        return self

    @property
    def scale(self) -> range:
        """The numbers that a rating takes."""
        return range(1 if self.low is None else self.low, (5 if self.high is None else self.high) + 1)

    def misfit(self, answer: Any) -> str | None:
        """Why something is no answer to it, as a stable code; None for an answer."""
        names = {one.id for one in self.options}
        match self.type:
            case "rating":
                return None if type(answer) is int and answer in self.scale else "out_of_range"
            case "choice":
                return None if isinstance(answer, str) and answer in names else "no_such_option"
            case "choices":
                several = isinstance(answer, list) and len(set(answer)) == len(answer)
                return None if several and names.issuperset(answer) else "no_such_option"
            case _:
                return None if isinstance(answer, str) and answer.strip() else "no_text"
