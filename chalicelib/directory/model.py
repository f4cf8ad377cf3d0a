"""What customers can be filtered by, and what a search asks for. Pure: says who matches."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.customers.fields import Unfit, normal_money
from chalicelib.customers.model import Customer, Stage
from chalicelib.directory.entries import canonical, field_facet
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.pages import HIGHEST, LOWEST, Bounds

_BOOLEANS = {"true": True, "false": False}


class FieldValue(NamedTuple):
    """A custom field and the value that is asked for."""

    name: str
    value: Any

    @classmethod
    def read(cls, text: str, filterable: dict[str, str]) -> FieldValue:
        """`name:value`, the value as the field's kind has it. Raises Invalid."""
        name, colon, value = text.partition(":")
        if not colon:
            raise Invalid.in_query("field", "has the form name:value", "invalid_field")
        if name not in filterable:
            raise Invalid.in_query("field", "is no field that customers are listed by", "not_filterable")
        return cls(name, _typed(value, filterable[name]))


def _typed(text: str, kind: str) -> Any:
    if kind == "boolean":
        if text not in _BOOLEANS:
            raise Invalid.in_query("field", "is to be true or false", "invalid_field")
        return _BOOLEANS[text]
    if kind == "number":
        return _number(text)
    if kind == "money":
        return _money(text)
    return text


def _money(text: str) -> str:
    try:
        return normal_money(text)[0]
    except Unfit as unfit:
        raise Invalid.in_query("field", unfit.reason, unfit.code) from None


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Invalid.in_query("field", "is to be a number", "invalid_field")
    return number


@dataclass(frozen=True)
class Filters:
    """Who is asked for; all of it has to hold. Times are from the first one on, and before the second."""

    stage: Stage | None = None
    owner: str | None = None
    tag: str | None = None
    organisation_id: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None
    field: FieldValue | None = None

    @property
    def facets(self) -> list[str]:
        """The facets that are asked for, those of the shortest lists first."""
        found = [field_facet(*self.field)] if self.field else []
        named = {
            "organisation": self.organisation_id,
            "tag": self.tag,
            "owner": self.owner,
            "stage": self.stage,
        }
        return found + [f"{name}#{value}" for name, value in named.items() if value is not None]

    @property
    def ids(self) -> Bounds:
        """Between which ids customers of that time of creation have theirs."""
        return (_id(self.created_from) or LOWEST, _id(self.created_to) or HIGHEST)

    @property
    def times(self) -> Bounds:
        """Between which stamps their last changes lie."""
        low = ids.stamp(self.updated_from) if self.updated_from else LOWEST
        return (low, ids.stamp(self.updated_to) if self.updated_to else HIGHEST)

    @property
    def of_updates(self) -> bool:
        """Whether a range of updates is asked for."""
        return bool(self.updated_from or self.updated_to)

    def match(self, customer: Customer) -> bool:
        """Whether a customer is one of them."""
        low, high = self.times
        return (
            customer.merged_into is None
            and self.stage in (None, customer.stage)
            and self.owner in (None, customer.owner)
            and (self.tag is None or self.tag in customer.tags)
            and self.organisation_id in (None, customer.organisation_id)
            and self.ids[0] <= customer.id < self.ids[1]
            and low <= ids.stamp(customer.updated_at) < high
            and (self.field is None or self._has_field(customer))
        )

    def _has_field(self, customer: Customer) -> bool:
        assert self.field is not None
        name, value = self.field
        return name in customer.custom and canonical(customer.custom[name]) == canonical(value)


def _id(at: datetime | None) -> str | None:
    """The lowest id of a customer of that moment."""
    return f"cus_{ids.ulid(at, bytes(10))}" if at else None


class Found(NamedTuple):
    """A page of customers, where the next one begins, and whether it was chosen among a part only."""

    customers: list[Customer]
    after: str | None
    partial: bool = False
