"""A customer: who they are, how to reach them, and the rules of their identities."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field

from chalicelib.access.model import StaffId
from chalicelib.customers.identity import (
    MAX_OF_A_KIND,
    ExternalId,
    Handle,
    Identity,
    Phone,
    Source,
    normal_phone,
)
from chalicelib.kernel import ids, patches
from chalicelib.kernel.addresses import EmailAddress
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Line, Model, Number, OneReason, Stored, Text, TimeZone, Utc, each_once

CustomerId = Annotated[str, ids.id_of("cus")]
Stage = Literal["lead", "prospect", "customer", "former"]
CustomValue = Annotated[
    Annotated[str, Text(500, 0)] | bool | Annotated[int, Field(ge=-(2**53), le=2**53)] | Number,
    OneReason(
        "must be a text of up to 500 characters without controls, true, false, or a number: "
        "0, or 1e-100 to 1e100 on either side of it"
    ),
]


def _bounded(custom: dict[str, Any]) -> dict[str, Any]:
    if sum(len(name) + len(str(value)) for name, value in custom.items()) > 8000:
        raise ValueError("custom fields hold 8,000 characters together at most")
    return custom


CustomName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,49}$")]
Name = Annotated[str, Line(200)]
CustomFields = Annotated[dict[CustomName, CustomValue], Field(max_length=50), AfterValidator(_bounded)]
OrganisationId = Annotated[str, ids.id_of("org")]
Locale = Annotated[str, Field(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", examples=["en-GB"])]
"""A language tag (BCP 47)."""
Tags = Annotated[list[Annotated[str, Line(50)]], Field(max_length=50), AfterValidator(each_once)]


class NewCustomer(Model):
    """What registers a customer: at least a name or one identity."""

    name: Name | None = None
    emails: Annotated[list[EmailAddress], Field(max_length=MAX_OF_A_KIND), AfterValidator(each_once)] = []
    phones: Annotated[list[Phone], Field(max_length=MAX_OF_A_KIND)] = []
    company: Name | None = None
    external_ids: Annotated[dict[Source, ExternalId], Field(max_length=MAX_OF_A_KIND)] = {}
    handles: Annotated[list[Handle], Field(max_length=MAX_OF_A_KIND), AfterValidator(each_once)] = []
    organisation_id: OrganisationId | None = None
    organisation_role: Name | None = None
    stage: Stage = "lead"
    tags: Tags = []
    locale: Locale | None = None
    time_zone: TimeZone | None = None
    owner: StaffId | None = None
    custom: CustomFields = {}


class CustomerPatch(Model):
    """A JSON Merge Patch (RFC 7396): what is left out stays, null removes; lists are replaced whole."""

    name: Name | None = None
    emails: (
        Annotated[list[EmailAddress], Field(max_length=MAX_OF_A_KIND), AfterValidator(each_once)] | None
    ) = None
    phones: Annotated[list[Phone], Field(max_length=MAX_OF_A_KIND)] | None = None
    company: Name | None = None
    external_ids: Annotated[dict[Source, ExternalId | None], Field(max_length=40)] | None = None
    handles: Annotated[list[Handle], Field(max_length=MAX_OF_A_KIND), AfterValidator(each_once)] | None = None
    organisation_id: OrganisationId | None = None
    organisation_role: Name | None = None
    stage: Stage = "lead"
    tags: Tags | None = None
    locale: Locale | None = None
    time_zone: TimeZone | None = None
    owner: StaffId | None = None
    custom: Annotated[dict[CustomName, CustomValue | None], Field(max_length=100)] | None = None


class Customer(Stored):
    """A person or a business we know. The first e-mail, phone and handle are the primary ones.

    `merged_ids` are the ids whose history is theirs too, since those customers were merged into this one.
    """

    id: CustomerId
    version: int
    name: str | None = None
    emails: list[str] = []
    phones: list[str] = []
    company: str | None = None
    external_ids: dict[str, str] = {}
    handles: list[str] = []
    organisation_id: str | None = None
    organisation_role: str | None = None
    stage: Stage
    tags: list[str] = []
    locale: str | None = None
    time_zone: str | None = None
    owner: str | None = None
    custom: dict[str, Any] = {}
    merged_into: str | None = None
    merged_ids: list[str] = []
    created_at: Utc
    updated_at: Utc

    @classmethod
    def register(cls, new: NewCustomer, *, at: Utc, region: str) -> Self:
        """A new customer. Raises Invalid without a name or identity, or for a number that is none."""
        if not (new.name or new.emails or new.phones or new.external_ids or new.handles):
            raise Invalid("A customer needs a name or a way to be recognised.", code="nothing_to_know_by")
        fields = new.model_dump() | {"phones": _phones(new.phones, region)}
        return cls(id=ids.new_id("cus", at), version=1, created_at=at, updated_at=at, **fields)

    def patched(self, patch: CustomerPatch, *, at: Utc, region: str) -> Self:
        """The customer after the patch, one version on; the same object when nothing changes."""
        given = patches.given(patch)
        for name in ("external_ids", "custom"):
            if name in given:
                given[name] = _merged(getattr(self, name), given[name])
        for name in ("emails", "tags", "phones", "handles"):
            if name in given and given[name] is None:
                given[name] = []
        if given.get("organisation_id", self.organisation_id) != self.organisation_id:
            given.setdefault("organisation_role", None)
        if "phones" in given:
            given["phones"] = _phones(given["phones"], region)
        if not patches.changed(self, given):
            return self
        after = self.model_copy(update=given | {"version": self.version + 1, "updated_at": at})
        after.check_bounds()
        return after

    def check_bounds(self) -> None:
        """Raise Invalid when more is held than a customer may have, or nothing is left to know them by."""
        kinds = (self.emails, self.phones, self.external_ids, self.handles)
        if any(len(held) > MAX_OF_A_KIND for held in kinds) or max(len(self.tags), len(self.custom)) > 50:
            sentence = (
                f"A customer has {MAX_OF_A_KIND} identities of a kind, 50 tags and 50 custom fields at most."
            )
            raise Invalid(sentence, code="too_many")
        try:
            _bounded(self.custom)
        except ValueError as error:
            raise Invalid(str(error), code="too_long") from None
        if not (self.name or self.identities):
            raise Invalid("A customer needs a name or a way to be recognised.", code="nothing_to_know_by")

    def changes_from(self, before: "Customer") -> list[str]:
        """The names of the fields that differ, without the bookkeeping ones."""
        names = set(type(self).model_fields) - {"version", "updated_at"}
        return sorted(name for name in names if getattr(self, name) != getattr(before, name))

    @property
    def identities(self) -> list[Identity]:
        """What this customer can be recognised by, each once."""
        found = [Identity.of_email(address) for address in self.emails]
        found += [Identity("phone", number) for number in self.phones]
        found += [Identity.of_external(*pair) for pair in self.external_ids.items()]
        found += [Identity.of_handle(handle) for handle in self.handles]
        return each_once(found)


def _merged(before: dict[str, Any], patch: dict[str, Any] | None) -> dict[str, Any]:
    """RFC 7396 for one map: null removes a member."""
    if patch is None:
        return {}
    return {name: value for name, value in (before | patch).items() if value is not None}


def _phones(given: list[str], region: str) -> list[str]:
    numbers = []
    for place, text in enumerate(given):
        try:
            numbers.append(normal_phone(text, region))
        except ValueError as error:
            raise Invalid.in_body(f"phones.{place}", str(error), "invalid_phone") from None
    return each_once(numbers)
