"""What is recorded about feedback."""

from typing import ClassVar

from chalicelib.feedback.model import Kind, Rejection
from chalicelib.feedback.understanding.model import Label
from chalicelib.kernel.events import EventData


class FeedbackReceived(EventData):
    """The beginning of the comment is private. With `has_topics` it is to be counted by them."""

    type: ClassVar[str] = "feedback.received"
    feedback_id: str
    survey: str
    kind: Kind
    score: int | None = None
    customer_id: str | None = None
    sentiment: Label | None = None
    urgent: bool = False
    has_topics: bool = False


class SurveyAnswered(EventData):
    """A page took a response: wakes the worker that stores it. It names nobody, and expires."""

    type: ClassVar[str] = "survey.answered"
    feedback_id: str
    survey: str


class FeedbackRejected(EventData):
    type: ClassVar[str] = "feedback.rejected"
    feedback_id: str
    survey: str
    reason: Rejection
