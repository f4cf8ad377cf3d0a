"""A suggestion: what is wished, how many wish it, what becomes of it, and what the public sees of it."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.customers.model import CustomerId
from chalicelib.feedback.model import FeedbackId
from chalicelib.kernel import ids
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc

SuggestionId = Annotated[str, ids.id_of("sug")]
Status = Literal["under_review", "planned", "started", "done", "declined"]
STATUSES: tuple[Status, ...] = ("under_review", "planned", "started", "done", "declined")
ENDED: tuple[Status, ...] = ("done", "declined")
"""Nobody votes any more."""
Moderation = Literal["pending", "public", "rejected"]
Source = Literal["staff", "customer", "public"]
"""Who wrote it down: staff, a customer by their link, or somebody without one."""

MAX_MERGED = 20
"""Duplicates of one suggestion at most, since their pointers are written in one transaction."""

Title = Annotated[str, Line(120, 5)]
Wish = Annotated[str, Text(5000)]
Answer = Annotated[str, Text(5000)]


class NewSuggestion(Model):
    """A suggestion that staff write down, perhaps for a customer, or from what a response said."""

    title: Title
    text: Annotated[Wish | None, Field(description="Without it, the response's comment.")] = None
    customer_id: CustomerId | None = None
    feedback_id: FeedbackId | None = None


class SuggestionPatch(Model):
    """A JSON Merge Patch. A new `status` is told to those who voted, with the `answer`."""

    title: Title = ""
    text: Wish = ""
    status: Status = "under_review"
    answer: Annotated[Answer | None, Field(description="What everybody reads below it.")] = None
    moderation: Annotated[Moderation, Field(description="What comes from outside is `pending`.")] = "public"


class Suggestion(Stored):
    """A suggestion as staff see it. `votes` in lists lags a moment; read alone it is exact."""

    id: SuggestionId
    version: int = 1
    title: str
    text: str
    status: Status = "under_review"
    answer: str | None = None
    moderation: Moderation = "public"
    source: Source = "staff"
    customer_id: Annotated[str | None, Field(description="Whose wish it is, if they are known.")] = None
    feedback_id: str | None = None
    votes: int = 0
    changes: Annotated[int, Field(description="How often its status changed.")] = 0
    merged_into: str | None = None
    merged_ids: list[str] = []
    status_at: Utc
    created_at: Utc
    updated_at: Utc

    @property
    def is_public(self) -> bool:
        return self.moderation == "public" and self.merged_into is None

    def changed(self, given: dict[str, Any], at: Utc) -> Self:
        """One version on; a change of status is numbered."""
        more: dict[str, Any] = {"version": self.version + 1, "updated_at": at}
        if given.get("status", self.status) != self.status:
            more |= {"changes": self.changes + 1, "status_at": at}
        return self.model_copy(update=given | more)


class PublicSuggestion(Model):
    """A suggestion as everybody sees it: nothing of who wrote it or who votes."""

    id: str
    title: str
    text: str
    status: Status
    answer: str | None
    votes: int
    created_at: Utc
    status_at: Utc

    @classmethod
    def of(cls, one: Suggestion) -> Self:
        return cls.model_validate(one.model_dump(include=set(cls.model_fields)))


class PublicPost(Model):
    """A suggestion from outside. It is seen by nobody until staff publish it."""

    title: Title
    text: Wish
    token: Annotated[
        str | None,
        Field(max_length=300, description="Of the customer's own link (`/my`), whose wish it is then."),
    ] = None


class Posted(Model):
    """It waits for staff to look at it."""

    id: str
    moderation: Moderation


class NewVote(Model):
    """A vote, or with `voted: false` that it is taken back."""

    voted: bool = True
    token: Annotated[
        str | None,
        Field(max_length=300, description="Of the customer's own link; without it a network has one vote."),
    ] = None
    tell_me: Annotated[
        bool,
        Field(description="With a token: that they agree to be mailed when its status changes."),
    ] = False


class StaffVote(Model):
    """A vote for a customer who asked for it."""

    customer_id: CustomerId
    voted: bool = True


class Voted(Model):
    """How it stands: `suggestion_id` is of what it was merged into, if it was."""

    suggestion_id: str
    voted: bool
    votes: int


class NewMerge(Model):
    into: Annotated[SuggestionId, Field(description="What goes on, with the votes of both.")]


class Telling(Stored):
    """A job that tells the voters of a change, `after` whom it goes on."""

    id: str
    version: int = 1
    suggestion_id: str
    change: int
    step: int = 1
    after: str | None = None
