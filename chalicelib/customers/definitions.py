"""What a business defines of its custom fields: kind, labels, bounds, choices."""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.customers.model import CustomName, Locale
from chalicelib.kernel import patches
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.model import Line, Model, Number, OneReason, Stored

Kind = Literal["text", "number", "boolean", "date", "choice", "url", "money"]
Labels = Annotated[
    dict[Locale, Annotated[str, Line(100)]],
    Field(max_length=10, description="What people call it, by language.", examples=[{"en": "Shoe size"}]),
]
Bound = Annotated[
    Annotated[int, Field(ge=-(2**53), le=2**53)]
    | Number
    | Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")],
    OneReason("must be a number, 0 or 1e-100 to 1e100 on either side of it, or a day such as 2026-01-31"),
]
"""A number for numbers and amounts of money, a day for dates."""
MaxLength = Annotated[int, Field(ge=1, le=500)]

MAX_FIELDS, MAX_FILTERABLE = 100, 10
"""Definitions at most, and how many of them lists can be filtered by: each costs entries in an index."""

MAX_SIZE = 30_000
"""Characters of all definitions together: they are one item, read in one call."""


class Choice(Model):
    value: Annotated[str, Line(100)]
    label: Labels = {}


Choices = Annotated[list[Choice], Field(max_length=100)]


class NewField(Model):
    name: CustomName
    kind: Kind
    label: Labels = {}
    required: bool = False
    filterable: bool = False
    minimum: Bound | None = None
    maximum: Bound | None = None
    max_length: MaxLength | None = None
    choices: Choices = []


class FieldPatch(Model):
    """A JSON Merge Patch (RFC 7396). A `kind` other than it has is refused."""

    kind: Kind = "text"
    label: Annotated[dict[Locale, Annotated[str, Line(100)] | None], Field(max_length=20)] | None = None
    required: bool = False
    filterable: bool = False
    minimum: Bound | None = None
    maximum: Bound | None = None
    max_length: MaxLength | None = None
    choices: Choices = []


class DefinitionsPatch(Model):
    closed: bool


class CustomField(Stored):
    """A field that customers have beside the usual ones."""

    name: CustomName
    version: int
    kind: Kind
    label: dict[str, str] = {}
    required: bool = False
    filterable: bool = False
    minimum: int | float | str | None = None
    maximum: int | float | str | None = None
    max_length: int | None = None
    choices: list[Choice] = []

    @classmethod
    def define(cls, new: NewField) -> Self:
        """Raises Invalid for bounds or choices that do not fit the kind."""
        field = cls(version=1, **new.model_dump())
        field.check_bounds()
        return field

    def patched(self, patch: FieldPatch) -> Self:
        """The field after the patch; the same object when nothing changes. Raises Conflict, Invalid."""
        given: dict[str, Any] = patches.given(patch)
        if given.pop("kind", self.kind) != self.kind:
            raise Conflict("A field keeps its kind; define another one.", code="kind_is_fixed")
        if "label" in given:
            merged = {} if given["label"] is None else self.label | given["label"]
            given["label"] = {locale: text for locale, text in merged.items() if text is not None}
        if not patches.changed(self, given):
            return self
        after = self.model_copy(update=given | {"version": self.version + 1})
        after.check_bounds()
        return after

    def check_bounds(self) -> None:
        """Raise Invalid for bounds or choices that do not fit the kind, or each other."""
        if len(self.label) > 10:
            raise Invalid.in_body("label", "has 10 languages at most", "too_many")
        if (self.kind == "choice") is not bool(self.choices):
            raise Invalid.in_body("choices", "are what a choice has, and no other kind", "does_not_fit")
        if len({choice.value for choice in self.choices}) < len(self.choices):
            raise Invalid.in_body("choices", "names a value twice", "repeated")
        if self.max_length is not None and self.kind != "text":
            raise Invalid.in_body("max_length", "is for texts only", "does_not_fit")
        for name in ("minimum", "maximum"):
            self._check_bound(name, getattr(self, name))
        low: Any = self.minimum
        if low is not None and self.maximum is not None and low > self.maximum:
            raise Invalid.in_body("minimum", "is over the maximum", "does_not_fit")

    def _check_bound(self, name: str, bound: int | float | str | None) -> None:
        if bound is None:
            return
        fits = is_day(bound) if self.kind == "date" else not isinstance(bound, str)
        if not fits or self.kind not in ("number", "money", "date"):
            raise Invalid.in_body(name, f"does not fit the kind {self.kind}", "does_not_fit")

    @property
    def title(self) -> str:
        """What people call it: in English, else in the first language it has, else by its name."""
        return self.label.get("en") or next(iter(self.label.values()), self.name)


def is_day(value: object) -> bool:
    """Whether this is a day that exists, as `YYYY-MM-DD`."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


class Definitions(Stored):
    """All custom fields there are. When `closed`, customers have no others."""

    version: int = 0
    closed: bool = False
    data: list[CustomField] = []

    def find(self, name: str) -> CustomField | None:
        return next((field for field in self.data if field.name == name), None)

    def with_fields(self, fields: list[CustomField]) -> Self:
        """The next version, with these fields. Raises Invalid when they are too many or too long."""
        if len(fields) > MAX_FIELDS or sum(field.filterable for field in fields) > MAX_FILTERABLE:
            reason = f"There are {MAX_FIELDS} custom fields at most, {MAX_FILTERABLE} of them filterable."
            raise Invalid(reason, code="too_many")
        after = self.model_copy(update={"data": fields, "version": self.version + 1})
        if len(after.model_dump_json()) > MAX_SIZE:
            raise Invalid("All definitions together are too long.", code="too_long")
        return after
