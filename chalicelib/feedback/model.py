"""A response to a survey, or a suggestion: what may be said, how it travels, and what is kept of it."""

import hashlib
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.customers.model import CustomerId, CustomFields, Locale, Stage
from chalicelib.feedback.understanding.model import Sentiment, Understanding, Urgency
from chalicelib.kernel import ids
from chalicelib.kernel.addresses import EmailAddress
from chalicelib.kernel.model import Model, Stored, Text, Utc, each_once
from chalicelib.surveys.model import Refusal, SurveyKey
from chalicelib.surveys.questions import Answers
from chalicelib.timeline.model import Channel

FeedbackId = Annotated[str, ids.id_of("fbk")]
Survey = SurveyKey
FeedbackTag = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,39}$", examples=["checkout"])]
Kind = Literal["nps", "csat", "ces", "comment", "suggestion"]
Rejection = (
    Literal["unknown_customer", "anonymous_survey", "wrong_kind", "invalid_answers", "no_such_survey"]
    | Refusal
)
"""Why a response counts nowhere. Those of its survey: it takes none now, or asks something else."""

KINDS: tuple[Kind, ...] = ("nps", "csat", "ces", "comment", "suggestion")
SCALES: dict[Kind, tuple[int, int]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
"""Lowest and highest score of the kinds that have one; the others are words alone."""

MAX_BYTES = 24_000
"""Of a response as JSON, so that its item stays under 32 KB whatever the script."""

MAX_COMMENT = 5000
MAX_TAGS = 10
PREVIEW = 200
"""Characters of a comment that the timeline shows."""


class NewFeedback(Model):
    """A response as it is given: by a customer's id, by an e-mail address, or anonymously."""

    customer_id: CustomerId | None = None
    email: EmailAddress | None = None
    survey: Survey = "default"
    kind: Kind
    score: Annotated[
        int | None,
        Field(validate_default=True, description="nps 0–10, csat 1–5, ces 1–7; the other kinds have none."),
    ] = None
    comment: Annotated[
        Annotated[str, Text(MAX_COMMENT)] | None,
        Field(validate_default=True, description="A comment and a suggestion are nothing without it."),
    ] = None
    channel: Channel = "web"
    language: Annotated[
        Locale | None, Field(description="Of the comment; found from its words unless given.")
    ] = None
    tags: Annotated[
        list[FeedbackTag],
        AfterValidator(each_once),
        Field(max_length=MAX_TAGS, description="What it belongs to: a branch, a product, a release."),
    ] = []
    custom: CustomFields = {}
    answers: Annotated[
        Answers, Field(description="To the further questions of a survey that is defined.")
    ] = {}
    survey_version: Annotated[
        int | None, Field(ge=1, le=500, description="Which version was asked; the current one unless given.")
    ] = None

    @field_validator("email")
    @classmethod
    def _one_person(cls, email: str | None, info: ValidationInfo) -> str | None:
        if email is not None and info.data.get("customer_id") is not None:
            raise PydanticCustomError("one_identity", "give customer_id or email, not both")
        return email

    @field_validator("score")
    @classmethod
    def _on_its_scale(cls, score: int | None, info: ValidationInfo) -> int | None:
        kind = info.data.get("kind")
        if kind not in SCALES:
            if kind is not None and score is not None:
                raise PydanticCustomError("no_score", "a {kind} has no score", {"kind": kind})
            return score
        low, high = SCALES[kind]
        if score is None or not low <= score <= high:
            bounds = {"kind": kind, "low": low, "high": high}
            raise PydanticCustomError(
                "score_out_of_range", "{kind} takes a score from {low} to {high}", bounds
            )
        return score

    @field_validator("comment")
    @classmethod
    def _said(cls, comment: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("kind") in ("comment", "suggestion") and not (comment or "").strip():
            raise PydanticCustomError("nothing_said", "is required for this kind")
        return comment

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if len(self.model_dump_json().encode()) > MAX_BYTES:
            raise PydanticCustomError("too_long", "a response has 24,000 bytes at most")
        return self

    @property
    def fingerprint(self) -> str:
        """The same for the same response, so that a repeat is told from another one under its id."""
        return hashlib.sha256(self.model_dump_json(exclude_defaults=True).encode()).hexdigest()


class Submission(Model):
    """The body of a queue message: a response on its way, in JSON.

    Other systems may send it, too (docs/feedback.md). `version` is 1; a change that an older worker would
    misread gets another number, and a worker refuses numbers it does not know. `submitted_at` is when the
    request came, `submitted_by` the API key's id, or `page`. `bulk` is history that is taken over: nobody
    reacts to it as to news. An anonymous one tells its day only, and is nobody's; what a page took was
    checked there.
    """

    version: Literal[1]
    id: FeedbackId
    submitted_at: Utc
    submitted_by: Annotated[str, Text(100)]
    bulk: bool = False
    response: NewFeedback
    anonymous: bool = False
    invited: bool = False
    invitation_id: Annotated[str, ids.id_of("inv")] | None = None
    ticket_id: Annotated[str, ids.id_of("tkt")] | None = None


class Accepted(Model):
    """What a caller gets at once: the id the response will have, and where it will be found."""

    id: FeedbackId
    status_url: str


class Feedback(Stored):
    """A response as it is kept. One of an unknown customer is `rejected`: visible, and counted nowhere."""

    id: FeedbackId
    version: int = 1
    status: Literal["received", "rejected"]
    reason: Rejection | None = None
    customer_id: str | None = None
    survey: str
    kind: Kind
    score: int | None = None
    comment: str | None = None
    channel: Channel
    language: str | None = None
    stage: Annotated[Stage | None, Field(description="Of its customer, when it came.")] = None
    tags: list[str] = []
    sentiment: Sentiment | None = None
    themes: Annotated[list[str], Field(description="What its words are about; five at most.")] = []
    urgency: Urgency = Urgency()
    custom: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    survey_version: int | None = None
    anonymous: Annotated[bool, Field(description="Of an anonymous survey: nobody may know more.")] = False
    invited: Annotated[bool, Field(description="We had asked for it, by an invitation.")] = False
    invitation_id: str | None = None
    ticket_id: Annotated[str | None, Field(description="What the invitation was about.")] = None
    reduced: Annotated[
        bool,
        Field(description="Its customer was erased, or its time was over: only what is counted is left."),
    ] = False
    submitted_at: Utc
    received_at: Utc

    @classmethod
    def of(
        cls,
        submission: Submission,
        understanding: Understanding,
        *,
        customer_id: str | None,
        at: Utc,
        stage: Stage | None = None,
    ) -> Self:
        """The response of a customer, who is at a stage, or of nobody we know, and what is made of it."""
        given = submission.response.model_dump(exclude={"email", "customer_id", "language"})
        return cls(
            id=submission.id,
            status="received",
            customer_id=customer_id,
            stage=stage,
            anonymous=submission.anonymous,
            invited=submission.invited,
            invitation_id=submission.invitation_id,
            ticket_id=submission.ticket_id,
            submitted_at=submission.submitted_at,
            received_at=at,
            language=understanding.language,
            sentiment=understanding.sentiment,
            themes=understanding.themes,
            urgency=understanding.urgency,
            **given,
        )

    def rejected(self, reason: Rejection) -> Self:
        return self.model_copy(update={"status": "rejected", "reason": reason})

    def without_person(self) -> Self:
        """What may stay of it when its customer may not: what is counted, and its time."""
        nobodys = dict.fromkeys(("customer_id", "comment", "invitation_id", "ticket_id"))
        words: dict[str, Any] = {"tags": [], "themes": []}  # nothing was counted by them yet
        return self.model_copy(update={**nobodys, **words, "custom": {}, "answers": {}, "reduced": True})

    @property
    def preview(self) -> str | None:
        """The beginning of the comment, in one line."""
        line = " ".join((self.comment or "").split())
        return line if len(line) <= PREVIEW else line[: PREVIEW - 1] + "…" if line else None
