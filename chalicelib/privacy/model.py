"""Requests that people make by law: to know what we have of them, and to be erased."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.customers.model import CustomerId
from chalicelib.kernel import ids
from chalicelib.kernel.model import Model, Stored, Utc
from chalicelib.kernel.principals import Principal

AccessRequestId = Annotated[str, ids.id_of("sar")]
ErasureId = Annotated[str, ids.id_of("era")]
Reason = Literal["request", "objection", "consent_withdrawn", "unlawful", "obligation", "retention"]
"""Why somebody is erased, after Art. 17 (1) GDPR; never free text, since a certificate names nobody."""
Asker = Literal["person", "representative", "authority", "ourselves"]

KEPT_FOR = timedelta(days=30)
"""How long the files bucket keeps an archive."""


class RequestedBy(Stored):
    """The API key, and the member of staff it acted for."""

    id: str
    staff_id: str | None = None

    @classmethod
    def of(cls, principal: Principal) -> Self:
        return cls(id=principal.id, staff_id=principal.actor)


class NewAccessRequest(Model):
    """Nothing needs to be said but who asked."""

    requested_by: Asker = "person"


class Volume(Stored):
    """One ZIP file of an archive; each can be opened by itself."""

    number: int
    size: int


class AccessRequest(Stored):
    """What we know of a person, being collected. `counts` is what was found so far, by kind."""

    id: AccessRequestId
    version: int
    state: Literal["running", "finished", "erased"]
    customer_id: str
    customer_ids: list[str]
    requested_by: Asker
    recorded_by: RequestedBy
    requested_at: Utc
    finished_at: Utc | None = None
    available_until: Annotated[Utc | None, Field(description="When the archive is deleted.")] = None
    counts: dict[str, int] = {}
    volumes: list[Volume] = []


class StoredAccessRequest(AccessRequest):
    """With where the job is: the section, and how many of its entries are written."""

    step: int = 0
    section: int = 0
    done: int = 0


class Links(Model):
    """Presigned URLs of the volumes, in order; whoever has one can read it until it expires."""

    urls: list[str]
    expires_in: Annotated[int, Field(description="Seconds.")]


class NewErasure(Model):
    """Asks to erase a person for good."""

    confirm: Annotated[
        CustomerId, Field(description="The customer's id once more, so that none goes by mistake.")
    ]
    reason: Reason = "request"
    requested_by: Asker = "person"


class Erasure(Stored):
    """A person being erased. `removed` counts what went, by kind; there is no other personal data in it.

    `settling`: all is gone, and soon it is looked once more for what was under way meanwhile.
    """

    id: ErasureId
    version: int
    state: Literal["running", "settling", "finished"]
    customer_id: str
    customer_ids: list[str]
    reason: Reason
    requested_by: Asker
    recorded_by: RequestedBy
    requested_at: Utc
    finished_at: Utc | None = None
    removed: dict[str, int] = {}


class StoredErasure(Erasure):
    """With where the job is: which keeper of which customer is next, and what this sweep found."""

    step: int = 0
    place: int = 0
    sweep: int = 1
    found: int = 0
    wake_at: Utc | None = None

    def having_removed(self, counts: dict[str, int], place: int) -> Self:
        """One version on, with these added."""
        total = dict(self.removed)
        for kind, count in counts.items():
            total[kind] = total.get(kind, 0) + count
        found = self.found + sum(counts.values())
        return self.model_copy(
            update={"removed": total, "place": place, "found": found, "version": self.version + 1}
        )


class Remainder(Model):
    """Something that stays for a while, or for good, and why."""

    what: str
    why: str
    until: Utc | None = None


class Certificate(Model):
    """What an erasure removed, and what remains. It names nobody, and is kept."""

    erasure_id: ErasureId
    customer_id: CustomerId
    customer_ids: list[str]
    reason: Reason
    requested_by: Asker
    recorded_by: RequestedBy
    requested_at: Utc
    finished_at: Utc
    removed: Annotated[dict[str, int], Field(description="By kind; `suppressions` were added.")]
    remains: list[Remainder]
