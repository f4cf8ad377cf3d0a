"""What is recorded about suggestions; titles, texts and answers are private."""

from typing import ClassVar

from chalicelib.kernel.events import Continuing, EventData


class SuggestionPosted(EventData):
    type: ClassVar[str] = "suggestion.posted"
    audited: ClassVar[bool] = True
    audited_by: ClassVar[tuple[str, str]] = ("sug", "suggestion_id")
    suggestion_id: str
    source: str
    moderation: str


class SuggestionChanged(EventData):
    type: ClassVar[str] = "suggestion.changed"
    audited: ClassVar[bool] = True
    audited_by: ClassVar[tuple[str, str]] = ("sug", "suggestion_id")
    suggestion_id: str
    suggestion_version: int
    changed: list[str]
    status: str
    moderation: str


class SuggestionVoted(EventData):
    """Votes came or went: the worker counts them anew. `voted` says which, of one vote."""

    type: ClassVar[str] = "suggestion.voted"
    suggestion_id: str
    voted: bool | None = None


class SuggestionMerged(Continuing):
    """Begins the job that moves the votes."""

    type: ClassVar[str] = "suggestion.merged"
    audited: ClassVar[bool] = True
    audited_by: ClassVar[tuple[str, str]] = ("sug", "suggestion_id")
    suggestion_id: str
    into: str


class SuggestionMoving(Continuing):
    """The next step of moving votes."""

    type: ClassVar[str] = "suggestion.moving"


class SuggestionTelling(Continuing):
    """The next step of telling the voters."""

    type: ClassVar[str] = "suggestion.telling"
    suggestion_id: str
