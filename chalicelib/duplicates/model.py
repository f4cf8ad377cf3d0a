"""Two entries that may be one person: how likely that is, why, and what was decided about it."""

import hashlib
from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.customers.model import Customer
from chalicelib.kernel import ids
from chalicelib.kernel.model import Model, Stored, Utc

DuplicateId = Annotated[str, ids.id_of("dup")]
State = Literal["open", "dismissed", "merged"]
Code = Literal[
    "email_variant",
    "email_lookalike_domain",
    "phone_other_country",
    "phone_extension",
    "same_name_and_organisation",
    "same_name_and_company",
    "same_name_and_domain",
    "same_name_and_phone_area",
    "similar_name_and_organisation",
    "similar_name_and_company",
    "similar_name_and_domain",
    "similar_name_and_phone_area",
    "different_names",
]


class Reason(Stored):
    """What speaks for it, or with a negative weight against it; `weight` is in percent."""

    code: Code
    weight: int


class Sketch(Stored):
    """What is compared of a customer. Lists hold the first few only."""

    id: str
    name: str | None = None
    company: str | None = None
    organisation_id: str | None = None
    emails: Annotated[list[str], Field(max_length=5)] = []
    phones: Annotated[list[str], Field(max_length=5)] = []

    @classmethod
    def of(cls, customer: Customer) -> Self:
        return cls(
            id=customer.id,
            name=customer.name,
            company=customer.company,
            organisation_id=customer.organisation_id,
            emails=customer.emails[:5],
            phones=customer.phones[:5],
        )

    @property
    def fingerprint(self) -> str:
        """The same for the same sketch, so that a change of anything else is told from one that matters."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:32]


class Match(Model):
    """How likely two sketches are of one person, from 0 to 100, and why."""

    score: int
    reasons: list[Reason]


class Pair(Stored):
    """A candidate: two customers who may be one. The smaller id comes first."""

    id: DuplicateId
    version: int
    customer_ids: list[str]
    score: int
    reasons: list[Reason]
    state: State
    found_at: Utc
    updated_at: Utc


class Known(Stored):
    """A customer of a pair, as far as one needs it to decide."""

    id: str
    name: str | None = None
    company: str | None = None
    emails: list[str] = []
    phones: list[str] = []
    stage: str
    created_at: Utc


class Duplicate(Pair):
    """A pair as it is listed, with who they are."""

    customers: list[Known] = []


class Placement(Stored):
    """Where the worker put a customer: the blocks they are found in, and what it compared last."""

    version: int
    blocks: list[str] = []
    compared: str | None = None


def pair_id(one: str, other: str) -> str:
    """The id of the pair of two customers, in whichever order they come."""
    return ids.keyed_id("dup", "pair", *sorted((one, other)))
