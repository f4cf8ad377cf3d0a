"""A survey: its main question and further ones, what it says by language, its versions, and its life."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.customers.model import Locale
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc
from chalicelib.surveys.inviting import Inviting
from chalicelib.surveys.questions import MAX_LANGUAGES, MAX_QUESTIONS, Question, Said

SurveyKey = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,59}$", examples=["after-delivery"])]
MainKind = Literal["nps", "csat", "ces"]
SCALES: dict[MainKind, tuple[int, int]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
"""Lowest and highest score of the main question; of an effort 1 is much, 7 is none."""
State = Literal["draft", "active", "paused", "closed"]
Refusal = Literal["survey_draft", "survey_paused", "survey_closed", "survey_not_started", "survey_ended"]

MAX_SURVEYS = 300
"""Surveys of an installation, closed ones too: all of them are read in one go."""
MAX_BYTES = 24_000
"""Of a definition as JSON, so that its item stays under 32 KB whatever the script."""
MAX_VERSIONS = 500


class Wording(Model):
    """What a survey says in a language. Without `question` the usual one of its kind is asked."""

    title: Annotated[str, Line(150)]
    question: Annotated[str, Line(300)] | None = None
    low: Annotated[Annotated[str, Line(60)] | None, Field(description="What the lowest score means.")] = None
    high: Annotated[Annotated[str, Line(60)] | None, Field(description="What the highest score means.")] = (
        None
    )
    comment: Annotated[str, Line(300)] | None = None
    thanks: Annotated[str, Text(1000)] | None = None


Texts = Annotated[dict[Locale, Wording], Field(min_length=1, max_length=MAX_LANGUAGES)]
Questions = Annotated[list[Question], Field(max_length=MAX_QUESTIONS)]


class Definition(Model):
    """What is asked. Of a text that a language lacks, the one in `default_language` is shown."""

    default_language: Locale = "en"
    texts: Texts
    questions: Questions = []
    ask_comment: Annotated[bool, Field(description="Whether there is room for a comment.")] = True

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len(self.model_dump_json().encode()) > MAX_BYTES:
            raise PydanticCustomError("too_long", "a definition has 24,000 bytes at most")
        if self.default_language not in self.texts:
            raise PydanticCustomError("no_default", "texts lack the default language")
        for question in self.questions:
            said = [question.text, *(one.text for one in question.options)]
            if any(self.default_language not in one for one in said):
                raise PydanticCustomError("no_default", "a question lacks the default language")
        self._ordered()
        return self

    def _ordered(self) -> None:
        """Refuse ids that repeat, and conditions on anything but an earlier question."""
        earlier = {"score"}
        for question in self.questions:
            if question.id in earlier:
                raise PydanticCustomError("repeated", "name a question once")
            if question.when and question.when.question not in earlier:
                raise PydanticCustomError("no_such_question", "a condition names an earlier question")
            earlier.add(question.id)

    def line(self, said: Said, language: str) -> str:
        """A line in a language, else in the default one."""
        return said.get(language) or said[self.default_language]

    def question(self, name: str) -> Question | None:
        return next((one for one in self.questions if one.id == name), None)


RESERVED = ("mail",)
"""Keys of responses that belong to no survey of anybody's: what comes to a feedback mailbox."""


class NewSurvey(Definition):
    key: SurveyKey
    name: Annotated[str, Line(100), Field(description="For your staff.")]
    kind: MainKind
    anonymous: Annotated[
        bool, Field(description="No answer can be led back to who gave it. Fixed once published.")
    ] = False
    public: Annotated[bool, Field(description="Whether anybody may answer at /surveys/{key}.")] = False
    starts_at: Utc | None = None
    ends_at: Utc | None = None
    inviting: Inviting = Inviting()

    @field_validator("key")
    @classmethod
    def _free(cls, key: str) -> str:
        if key in RESERVED:
            raise PydanticCustomError("reserved", "is ours")
        return key


class SurveyPatch(Model):
    """A JSON Merge Patch; what is given replaces whole. Questions and texts change the draft alone."""

    name: Annotated[str, Line(100)] = ""
    kind: MainKind = "nps"
    anonymous: bool = False
    public: bool = False
    state: Annotated[
        Literal["active", "paused"], Field(description="Of a published survey that is not closed.")
    ] = "active"
    starts_at: Utc | None = None
    ends_at: Utc | None = None
    inviting: Inviting = Inviting()
    default_language: Locale = "en"
    texts: Texts = {}
    questions: Questions = []
    ask_comment: bool = True


class Face(Stored):
    """A survey without what it asks: what decides whether it may be answered, and who is invited."""

    key: SurveyKey
    version: int
    name: str
    kind: MainKind
    state: State = "draft"
    number: Annotated[int, Field(description="Of the published version; 0 for none.")] = 0
    anonymous: bool = False
    public: bool = False
    starts_at: Utc | None = None
    ends_at: Utc | None = None
    closed_at: Utc | None = None
    inviting: Inviting = Inviting()
    languages: list[str] = []
    created_at: Utc
    updated_at: Utc

    def refusal(self, at: datetime) -> Refusal | None:
        """Why it takes no answer that was given then; None when it does."""
        if self.closed_at is not None:
            return "survey_closed" if at >= self.closed_at else None
        if self.state in ("draft", "paused"):
            return "survey_draft" if self.state == "draft" else "survey_paused"
        if self.starts_at is not None and at < self.starts_at:
            return "survey_not_started"
        return "survey_ended" if self.ends_at is not None and at >= self.ends_at else None


class Survey(Face):
    """A survey with its draft; what is asked is `number`'s (`GET …/versions/{number}`)."""

    draft: Definition


class Published(Stored):
    """A version, as it will always be."""

    survey: str
    number: int
    published_at: Utc
    definition: Definition


class Snippet(Model):
    """HTML to put into a page of your own: links alone, so that no policy of that page forbids them."""

    url: str
    html: str


def check_times(face: Face) -> None:
    """Raise Invalid for a survey that ends before it starts."""
    if face.starts_at and face.ends_at and face.starts_at >= face.ends_at:
        raise Invalid.in_body("ends_at", "must be after starts_at", "out_of_range")


def definition_of(given: dict[str, Any]) -> dict[str, Any]:
    """Those of the fields that say what is asked."""
    return {name: value for name, value in given.items() if name in Definition.model_fields}
