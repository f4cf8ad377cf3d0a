"""Base models: strict, closed, bounded; what every entity, body and event is made of.

Modules of models do without `from __future__ import annotations`: pydantic would have to compile the text of
each annotation, in every cold start.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from annotated_types import GroupedMetadata
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
    WithJsonSchema,
)

from chalicelib.kernel.ids import EPOCH, stamp

Value = TypeVar("Value")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def is_clean(value: str) -> bool:
    """Whether it has no controls and lone surrogates, which DynamoDB, JSON or a terminal would choke on."""
    return _FORBIDDEN.search(value) is None


def _clean(value: str) -> str:
    if not is_clean(value):
        raise ValueError("must not contain control characters or lone surrogates")
    return value


def _single_line(value: str) -> str:
    """Refuse line breaks, Unicode's too: such values reach mail headers and list rows."""
    if len(_clean(value).splitlines()) > 1:
        raise ValueError("must be a single line")
    return value


def _to_utc(value: datetime) -> datetime:
    """Bring an aware time to UTC; a naive one has no meaning to us, and ids begin with 1970."""
    if value.tzinfo is None:
        raise ValueError("must carry a time zone")
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        moment = EPOCH - timedelta(1)
    if moment < EPOCH:
        raise ValueError("must lie in the years 1970 to 9999")
    return moment


def each_once(values: list[Value]) -> list[Value]:
    """The values in their order, without repeats."""
    return list(dict.fromkeys(values))


def _written_out(value: Any) -> Any:
    """Refuse numbers, also as texts, which pydantic would take for seconds since 1970."""
    if not (isinstance(value, datetime) or (isinstance(value, str) and _DAY.match(value))):
        raise ValueError("must be a time such as 2026-01-31T09:30:00Z")
    return value


Utc = Annotated[
    datetime,
    Strict(False),  # what it begins with was looked at
    BeforeValidator(_written_out),
    AfterValidator(_to_utc),
    PlainSerializer(stamp, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment from 1970 to 9999, always in UTC; as text in milliseconds, so that it sorts as it reads."""


BREAKS = r"\x00-\x08\x0a-\x1f\x85\u2028\u2029"


@dataclass(frozen=True)
class Described:
    """Tells the JSON schema, by a keyword of its own, what the validators of a text look for."""

    keyword: str
    value: str

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        schema: dict[str, Any] = handler(core_schema)
        return {self.keyword: self.value, **schema}


@dataclass(frozen=True)
class OneReason:
    """Of a value that may have several types: why it is refused, in one sentence instead of one for each."""

    reason: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> dict[str, Any]:
        schema: dict[str, Any] = handler(source)
        return {**schema, "custom_error_type": "no_such_value", "custom_error_message": self.reason}


_MAYBE_A_LINE = Described("pattern", f"^[^{BREAKS}]*$")
_A_LINE = Described("pattern", rf"^[^{BREAKS}]*[^\s{BREAKS}][^{BREAKS}]*$")
_A_TEXT = Described("pattern", r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")


def _storable(value: float) -> float:
    """Refuse what is too close to 0 for DynamoDB, which refuses the whole transaction."""
    if 0 < abs(value) < SMALLEST:
        raise ValueError("must be 0, or no closer to it than 1e-100")
    return value


SMALLEST, LARGEST = 1e-100, 1e100
Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST), AfterValidator(_storable)]
"""A number that the table can hold, with room left for sums: DynamoDB's go from 1e-130 to 1e126."""


@dataclass(frozen=True)
class Line(GroupedMetadata):
    """`Annotated[str, Line(200)]`: one stripped line of `minimum` to `maximum` characters."""

    maximum: int
    minimum: int = 1

    def __iter__(self) -> Iterator[object]:
        yield StringConstraints(strip_whitespace=True, min_length=self.minimum, max_length=self.maximum)
        yield AfterValidator(_single_line)
        yield _A_LINE if self.minimum else _MAYBE_A_LINE


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("is not an IANA time zone") from None
    return name


TimeZone = Annotated[str, Line(60), AfterValidator(_known_zone)]
"""The name of a time zone (IANA), such as `Europe/Berlin`."""

LocalTime = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["08:30"])]
"""What the clock on the wall shows."""


def _full_date(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"(19|20|21)\d\d-\d\d-\d\d", value, re.ASCII):
        raise ValueError("must be a day such as 2026-01-31")
    return value


Day = Annotated[date, BeforeValidator(_full_date)]
"""RFC 3339's full-date, in years that leave room for a range on both sides."""


@dataclass(frozen=True)
class Text(GroupedMetadata):
    """`Annotated[str, Text(5000)]`: a text of `minimum` to `maximum` characters, line breaks allowed."""

    maximum: int
    minimum: int = 1

    def __iter__(self) -> Iterator[object]:
        yield StringConstraints(min_length=self.minimum, max_length=self.maximum)
        yield AfterValidator(_clean)
        yield _A_TEXT


class Model(BaseModel):
    """Immutable, strict (no coercion), closed (unknown fields refused), built on first use."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        defer_build=True,
        ser_json_inf_nan="null",
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )


class Stored(Model):
    """An entity as it lies in the table: fields that a newer release wrote are ignored, not refused."""

    model_config = ConfigDict(extra="ignore")
