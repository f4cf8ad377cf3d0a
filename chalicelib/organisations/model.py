"""An organisation: a company or another body that several customers belong to."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field

from chalicelib.access.model import StaffId
from chalicelib.kernel import ids, patches
from chalicelib.kernel.addresses import Domain
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import BREAKS, Line, Model, Stored, Utc, each_once
from chalicelib.organisations.free_mail import FREE_MAIL_DOMAINS

OrganisationId = Annotated[str, ids.id_of("org")]
Name = Annotated[str, Line(200)]
Domains = Annotated[
    list[Domain],
    Field(max_length=20, description="Whose addresses are its people's; each subdomain by itself."),
    AfterValidator(each_once),
]
_WEBSITE = r"^https?://[^\s/]"
_WEBSITE_LINE = rf"^https?://[^\s/{BREAKS}][^{BREAKS}]*$"
Website = Annotated[str, Line(500), Field(pattern=_WEBSITE, json_schema_extra={"pattern": _WEBSITE_LINE})]
Phone = Annotated[str, Line(40), Field(description="As it is to be shown.")]
AddressLines = Annotated[
    list[Annotated[str, Line(200)]], Field(max_length=6, description="The postal address, as on an envelope.")
]
Tags = Annotated[list[Annotated[str, Line(50)]], Field(max_length=50), AfterValidator(each_once)]


class NewOrganisation(Model):
    name: Name
    domains: Domains = []
    website: Website | None = None
    phone: Phone | None = None
    address: AddressLines = []
    owner: StaffId | None = None
    tags: Tags = []


class OrganisationPatch(Model):
    """A JSON Merge Patch (RFC 7396): what is left out stays, null removes; lists are replaced whole."""

    name: Name = ""
    domains: Domains | None = None
    website: Website | None = None
    phone: Phone | None = None
    address: AddressLines | None = None
    owner: StaffId | None = None
    tags: Tags | None = None


class Organisation(Stored):
    """A company or another body. Customers belong to it by their `organisation_id`."""

    id: OrganisationId
    version: int
    name: str
    domains: list[str] = []
    website: str | None = None
    phone: str | None = None
    address: list[str] = []
    owner: str | None = None
    tags: list[str] = []
    created_at: Utc
    updated_at: Utc

    @classmethod
    def create(cls, new: NewOrganisation, *, at: Utc) -> Self:
        """A new organisation. Raises Invalid `shared_domain` for a domain that is everybody's."""
        refuse_shared(new.domains)
        identifier = ids.new_id("org", at)
        return cls(id=identifier, version=1, created_at=at, updated_at=at, **new.model_dump())

    def patched(self, patch: OrganisationPatch, *, at: Utc) -> Self:
        """The organisation after the patch, one version on; the same object when nothing changes."""
        given: dict[str, Any] = patches.given(patch)
        for name in ("domains", "address", "tags"):
            if name in given and given[name] is None:
                given[name] = []
        refuse_shared(given.get("domains", []))
        if not patches.changed(self, given):
            return self
        return self.model_copy(update=given | {"version": self.version + 1, "updated_at": at})

    def changes_from(self, before: "Organisation") -> list[str]:
        """The names of the fields that differ, without the bookkeeping ones."""
        names = set(type(self).model_fields) - {"version", "updated_at"}
        return sorted(name for name in names if getattr(self, name) != getattr(before, name))


def refuse_shared(domains: list[str]) -> None:
    """Raise Invalid for a domain of a mail provider: its addresses belong to people of any company."""
    for place, domain in enumerate(domains):
        if domain in FREE_MAIL_DOMAINS:
            reason = "is a mail provider's, not one organisation's"
            raise Invalid.in_body(f"domains.{place}", reason, "shared_domain")
