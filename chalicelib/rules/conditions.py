"""What a rule asks of a mail: conditions on one fact each, and all, any and not of them.

Closed and bounded: no condition asks for anything but the facts of one mail (facts.py), none takes a pattern
that could run for long, and a tree has a depth and a number of nodes.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag

from chalicelib.customers.model import CustomName, CustomValue, Stage
from chalicelib.hours.model import CalendarId
from chalicelib.kernel.model import Line, Model, each_once
from chalicelib.mail.notices.receipts import Verdict
from chalicelib.mail.reading.classify import MailClass

MAX_DEPTH, MAX_NODES = 5, 50
Values = Annotated[
    list[Annotated[str, Line(200)]], Field(min_length=1, max_length=20), AfterValidator(each_once)
]

TextField = Literal[
    "mailbox",
    "sender",
    "sender_name",
    "domain",
    "recipient",
    "subject",
    "text",
    "attachment_name",
    "attachment_type",
]
TextOperator = Literal["is", "contains", "begins_with", "ends_with", "words", "like"]


class TextCondition(Model):
    """Holds when any of the values fits. Case, accents and widths do not count.

    `words` finds the value as whole words; `like` compares the whole text with `*` for anything.
    `recipient`, `attachment_name` and `attachment_type` have many texts: any of them may fit.
    """

    field: TextField
    operator: TextOperator
    values: Values


class ClassCondition(Model):
    """What kind of mail it is."""

    field: Literal["class"]
    values: Annotated[list[MailClass | Literal["unreadable"]], Field(min_length=1, max_length=10)]


class LanguageCondition(Model):
    """Which language it is in, as ISO 639 has it; a mail too short to tell is in none."""

    field: Literal["language"]
    values: Annotated[list[Annotated[str, Field(pattern="^[a-z]{2,3}$")]], Field(min_length=1, max_length=20)]


class StageCondition(Model):
    """The stage of the customer who wrote it; who is not known by a verified address has none."""

    field: Literal["stage"]
    values: Annotated[list[Stage], Field(min_length=1, max_length=10)]


class TagCondition(Model):
    """Whether the customer who wrote it has any of these tags."""

    field: Literal["tag"]
    values: Values


class CustomCondition(Model):
    """A custom field of the customer who wrote it. `at_least` and `at_most` compare numbers, and days."""

    field: Literal["custom"]
    name: CustomName
    operator: Literal["is", "contains", "at_least", "at_most", "is_set"]
    value: CustomValue | None = None


class VerdictCondition(Model):
    """What SES found. Spam never comes to rules; `UNKNOWN` is what SES could not tell."""

    field: Literal["spam", "virus"]
    values: Annotated[list[Verdict], Field(min_length=1, max_length=3)]


class FlagCondition(Model):
    """`reply`: it joins a ticket. `known_customer`: its sender is a customer by a verified address."""

    field: Literal["sender_verified", "has_attachment", "reply", "known_customer"]
    value: bool


class NumberCondition(Model):
    """How many attachments it has, or how many bytes they have together."""

    field: Literal["attachment_count", "attachment_bytes"]
    at_least: Annotated[int, Field(ge=0, le=10**9)] = 0
    at_most: Annotated[int, Field(ge=0, le=10**9)] = 10**9


class HoursCondition(Model):
    """Whether the business is open when the mail comes, by a calendar or else by the default one."""

    field: Literal["business_hours"]
    open: bool
    calendar_id: CalendarId | None = None


class All(Model):
    """Holds when each of them does; of none, always."""

    all: Annotated[list["Condition"], Field(max_length=20)]


class AnyOf(Model):
    """Holds when one of them does; of none, never."""

    any: Annotated[list["Condition"], Field(max_length=20)]


class Not(Model):
    """Holds when the other one does not."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)
    negated: Annotated["Condition", Field(alias="not")]


Leaf = Annotated[
    TextCondition
    | ClassCondition
    | LanguageCondition
    | StageCondition
    | TagCondition
    | CustomCondition
    | VerdictCondition
    | FlagCondition
    | NumberCondition
    | HoursCondition,
    Discriminator("field"),
]
"""A condition on one fact."""


def _kind(given: Any) -> str:
    """Which of the four it is: by its all, any or not; whatever else is to be a condition on a fact."""
    names = ("all", "any", "not")
    if isinstance(given, dict):
        return next((name for name in names if name in given), "leaf")
    kinds = ((All, "all"), (AnyOf, "any"), (Not, "not"))
    return next((name for kind, name in kinds if isinstance(given, kind)), "leaf")


Condition = Annotated[
    Annotated[Leaf, Tag("leaf")]
    | Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")],
    Discriminator(_kind),
]


def nodes(condition: Condition) -> Iterator[tuple[int, Condition]]:
    """Every condition of a tree with its depth, from 1."""
    pending: list[tuple[int, Condition]] = [(1, condition)]
    while pending:
        depth, one = pending.pop()
        yield depth, one
        pending += [(depth + 1, inner) for inner in _inner(one)]


def _inner(condition: Condition) -> list[Condition]:
    match condition:
        case All():
            return condition.all
        case AnyOf():
            return condition.any
        case Not():
            return [condition.negated]
        case _:
            return []


def _bounded(condition: Condition) -> Condition:
    for count, (depth, _) in enumerate(nodes(condition), 1):
        if depth > MAX_DEPTH or count > MAX_NODES:
            raise ValueError(f"has {MAX_DEPTH} levels and {MAX_NODES} conditions at most")
    return condition


When = Annotated[Condition, AfterValidator(_bounded)]
"""A tree of conditions within its bounds."""
