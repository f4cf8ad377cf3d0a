"""What a merge is asked for, shows, does and keeps."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.customers.model import Customer, CustomerId
from chalicelib.kernel.model import Model, Stored

PLAIN = ("name", "company", "organisation_id", "organisation_role", "stage", "locale", "time_zone", "owner")
LISTS = ("emails", "phones", "handles", "tags")
MAPS = ("external_ids", "custom")

Side = Literal["survivor", "merged"]
FieldName = Annotated[
    str, Field(pattern=f"^({'|'.join(PLAIN + LISTS)}|custom[.][a-z][a-z0-9_]{{0,49}})$", examples=["company"])
]


class Versions(Model):
    """The versions that a choice was made on, as the preview showed them."""

    survivor: int | None = None
    merged: int | None = None


class MergeRequest(Model):
    """Whom to merge in, and whose value to take where the proposal is not wanted.

    Of lists of identities both sides' are kept, and the choice says whose come first.
    """

    merged_id: CustomerId
    choices: Annotated[dict[FieldName, Side], Field(max_length=100)] = {}
    versions: Versions = Versions()


class Difference(Model):
    """One field of both customers. `conflict`: both have a value, and they differ."""

    field: str
    survivor: Any = None
    merged: Any = None
    proposed: Any = None
    conflict: bool


class Change(Stored):
    """What merging made of one of the survivor's fields."""

    field: str
    before: Any = None
    after: Any = None


class Merge(Stored):
    """What was done when a customer was merged, kept with their profile until it is undone."""

    survivor_id: str
    changes: list[Change]


class Profile(Customer):
    """A customer with what only merging needs to know of them."""

    merge: Merge | None = None

    @property
    def shown(self) -> Customer:
        """The customer as everybody sees them."""
        return Customer(**self.model_dump(exclude={"merge"}))


class Left(Model):
    """What an undo left as it was: a field that changed since, or an identity that went elsewhere.

    An identity was `removed` since, `taken` by another customer, or `kept` by the survivor, who got it anew.
    """

    field: str
    reason: Literal["changed", "removed", "taken", "kept"]
    value: str | None = None


class Preview(Model):
    """Both customers, what differs field by field, and what the survivor would be."""

    survivor: Customer
    merged: Customer
    fields: list[Difference]
    result: Customer


class UndoRequest(Model):
    merged_id: CustomerId


class Undone(Model):
    """Both customers after the undo, and what was left because it changed since the merge."""

    survivor: Customer
    restored: Customer
    left: list[Left]
