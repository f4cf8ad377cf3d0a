"""What is recorded about customers."""

from __future__ import annotations

from typing import ClassVar

from chalicelib.kernel.events import EventData


class CustomerRegistered(EventData):
    type: ClassVar[str] = "customer.registered"
    audited: ClassVar[bool] = True
    customer_id: str
    stage: str


class CustomerUpdated(EventData):
    """`changed` names the fields; their old and new values are private."""

    type: ClassVar[str] = "customer.updated"
    audited: ClassVar[bool] = True
    customer_id: str
    customer_version: int
    changed: list[str]


class CustomerDeleted(EventData):
    type: ClassVar[str] = "customer.deleted"
    audited: ClassVar[bool] = True
    customer_id: str


class FieldsChanged(EventData):
    """A custom field was defined, changed or removed; without a name, what holds for all of them."""

    type: ClassVar[str] = "fields.changed"
    audited: ClassVar[bool] = True
    field_name: str | None = None
    changed: list[str]
