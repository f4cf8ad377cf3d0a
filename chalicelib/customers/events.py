"""What is recorded about customers."""

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
    """`merged_ids` were merged into the customer and are deleted with them."""

    type: ClassVar[str] = "customer.deleted"
    audited: ClassVar[bool] = True
    customer_id: str
    merged_ids: list[str]


class CustomerMerged(EventData):
    """`merged_id` is one of `customer_id`'s from now on. The values that were taken over are private."""

    type: ClassVar[str] = "customer.merged"
    audited: ClassVar[bool] = True
    customer_id: str
    merged_id: str
    customer_version: int


class CustomerUnmerged(EventData):
    """`merged_id` stands for itself again, as before. The values that went back are private."""

    type: ClassVar[str] = "customer.unmerged"
    audited: ClassVar[bool] = True
    customer_id: str
    merged_id: str
    customer_version: int


class FieldsChanged(EventData):
    """A custom field was defined, changed or removed; without a name, what holds for all of them."""

    type: ClassVar[str] = "fields.changed"
    audited: ClassVar[bool] = True
    field_name: str | None = None
    changed: list[str]
