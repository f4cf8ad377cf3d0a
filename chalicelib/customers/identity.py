"""What people are recognised by: e-mail addresses, phones, external ids and handles."""

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field

from chalicelib.kernel import ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.model import Line, Model, Text

MAX_OF_A_KIND = 20
"""Identities of one kind that a customer has at most; so that they all fit in one transaction."""

Kind = Literal["email", "phone", "external", "handle"]
IdentityId = Annotated[str, ids.id_of("idy")]
Phone = Annotated[str, Line(40)]
Source = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_-]{0,39}$")]
ExternalId = Annotated[str, Line(200)]
Handle = Annotated[
    str, Field(pattern="^[a-z][a-z0-9_-]{0,29}:[^\\s:][^\\s]{0,99}$", examples=["instagram:ada.lovelace"])
]
"""A social handle: `network:name`."""


def normal_phone(text: str, region: str) -> str:
    """The number in E.164; one without a country code is of `region` (ISO 3166). Raises ValueError."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValueError("is not a phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Identity(NamedTuple):
    """What a person is found under; it belongs to one customer only."""

    kind: Kind
    value: str

    @classmethod
    def of_email(cls, address: str) -> Self:
        """Case does not tell people apart, in the domain or before it; nor do plus tags, where that is set.

        Not case-folded: that would make `straße.de` and `strasse.de` one domain, and they are two people's.
        """
        local, _, domain = address.lower().rpartition("@")
        if settings().fold_plus_tags:
            local = local.partition("+")[0] or local
        return cls("email", f"{local}@{domain}")

    @classmethod
    def of_external(cls, source: str, external_id: str) -> Self:
        return cls("external", f"{source}#{external_id}")

    @classmethod
    def of_handle(cls, handle: str) -> Self:
        """Networks do not tell names apart by their case."""
        return cls("handle", handle.lower())

    @classmethod
    def in_list(cls, field: str, value: str) -> Self:
        """What a value in one of a customer's lists, `emails`, `phones` or `handles`, is found under."""
        match field:
            case "emails":
                return cls.of_email(value)
            case "handles":
                return cls.of_handle(value)
        return cls("phone", value)


class NewIdentity(Model):
    """One more way to recognise a customer: an address, a number, `source:id` or `network:name`."""

    kind: Kind
    value: Annotated[str, Text(260)]
    primary: Annotated[
        bool,
        Field(description="First of its kind: where mail goes, what lists show. External ids have none."),
    ] = False


class KnownIdentity(Model):
    """One way to recognise a customer, as it was given: an address, a number, `source:id` or `network:name`.

    Of each kind the first is the primary one; external ids all are, as a source has one id for a customer.
    """

    id: IdentityId
    kind: Kind
    value: str
    primary: bool


def known(customer_id: str, kind: Kind, value: str, *, primary: bool) -> KnownIdentity:
    """The identity with the id that it has with this customer; the value cannot be told from the id."""
    return KnownIdentity(
        id=ids.keyed_id("idy", customer_id, kind, value), kind=kind, value=value, primary=primary
    )
