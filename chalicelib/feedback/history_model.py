"""History taken over: a file of responses that another system collected, on its way through the queue."""

from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.feedback.model import Kind, Survey
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Line, Model, Stored, Utc
from chalicelib.timeline.model import Channel
from chalicelib.transfer.reading.dialect import Dialect

HistoryId = Annotated[str, ids.id_of("fim")]
State = Literal["awaiting_upload", "running", "finished", "failed"]
Problem = Literal["file_changed", "file_gone", "no_such_column"]
Column = Annotated[str, Line(200)]
MAX_REJECTS = 100
"""Rejected rows that are told one by one; all are counted."""


class Columns(Model):
    """Which column of the file holds what. Without `submitted_at` a response is of today."""

    score: Column | None = None
    comment: Column | None = None
    submitted_at: Annotated[
        Column | None, Field(description="RFC 3339; a time without zone, or a day, is the business's.")
    ] = None
    email: Column | None = None
    customer_id: Column | None = None
    channel: Column | None = None
    language: Column | None = None
    tags: Annotated[Column | None, Field(description="Several, with commas or semicolons between.")] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.score is None and self.comment is None:
            raise PydanticCustomError("nothing_said", "name a column for the score, the comment, or both")
        return self


class NewHistory(Model):
    """What the rows are: of which survey and kind, and where they say what."""

    survey: Survey = "default"
    kind: Kind
    channel: Annotated[Channel, Field(description="Of rows that name none.")] = "web"
    columns: Columns


class Rejected(Stored):
    """A row that is no response; `row` counts from 1, without the heading."""

    row: int
    code: str


class History(Stored):
    """How far it is. `accepted` rows were sent to the queue; whether each is counted, the worker decides."""

    id: HistoryId
    version: int
    state: State
    setup: NewHistory
    problem: Problem | None = None
    rows: int = 0
    accepted: int = 0
    rejected: dict[str, int] = {}
    rejects: Annotated[list[Rejected], Field(description="The first hundred of them.")] = []
    created_at: Utc
    finished_at: Utc | None = None


class Job(History):
    """The same with what only the job needs."""

    step: int = 0
    started_by: str = ""
    etag: str = ""
    dialect: Dialect | None = None
    offset: int = 0


class Upload(Stored):
    """PUT the file to this URL."""

    url: str
    expires_at: Utc


class CreatedHistory(History):
    upload: Upload


def places(columns: Columns, names: list[str]) -> dict[str, int]:
    """Where each field stands. Raises Invalid `no_such_column`."""
    known = {name.strip().casefold(): place for place, name in enumerate(names)}
    found = {}
    for field, column in columns.model_dump(exclude_none=True).items():
        if column.casefold() not in known:
            raise Invalid("The file has no such column.", code="no_such_column")
        found[field] = known[column.casefold()]
    return found


def fields_of(cells: list[str], where: dict[str, int], setup: NewHistory) -> dict[str, Any]:
    """A row's fields, as `POST /v1/feedback` takes them, and its time. Raises Invalid for no score."""
    said = {name: cells[place].strip() for name, place in where.items() if place < len(cells)}
    given: dict[str, Any] = {name: text for name, text in said.items() if text}
    given.pop("submitted_at", None)
    if "score" in given:
        given["score"] = _whole(given["score"])
    if "tags" in given:
        tags = given["tags"].lower().replace(";", ",").split(",")
        given["tags"] = [tag.strip() for tag in tags if tag.strip()]
    if "channel" in given:
        given["channel"] = given["channel"].lower()
    return {"survey": setup.survey, "kind": setup.kind, "channel": setup.channel, **given}


def _whole(text: str) -> int:
    """A whole number; spreadsheets write it as `9.0`, too. Raises Invalid."""
    whole, _, rest = text.replace(",", ".").partition(".")
    sign = whole.removeprefix("-")
    if not (sign.isascii() and sign.isdecimal() and len(sign) <= 4) or rest.strip("0"):
        raise Invalid("The score is no whole number.", code="no_score")
    return int(whole)


def moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """A row's time. Raises Invalid `invalid_time` for what is none, or lies ahead."""
    try:
        if len(text) == len("2026-01-31"):
            found = datetime.combine(date.fromisoformat(text), time(12), zone)
        else:
            found = datetime.fromisoformat(text)
            found = found if found.tzinfo else found.replace(tzinfo=zone)
        if datetime(1970, 1, 2, tzinfo=zone) <= found <= now:
            return found
    except (ValueError, OverflowError):
        pass
    raise Invalid("The time is none, or lies ahead.", code="invalid_time")
