"""What is recorded about organisations."""

from typing import ClassVar

from chalicelib.kernel.events import Continuing, EventData


class OrganisationCreated(EventData):
    type: ClassVar[str] = "organisation.created"
    audited: ClassVar[bool] = True
    organisation_id: str


class OrganisationChanged(EventData):
    """`changed` names the fields; their old and new values are private."""

    type: ClassVar[str] = "organisation.changed"
    audited: ClassVar[bool] = True
    organisation_id: str
    organisation_version: int
    changed: list[str]


class OrganisationDeleted(Continuing):
    """Begins the job that takes the members out."""

    type: ClassVar[str] = "organisation.deleted"
    audited: ClassVar[bool] = True
    organisation_id: str


class OrganisationEmptying(Continuing):
    """Some members of a deleted organisation were taken out, and there may be more."""

    type: ClassVar[str] = "organisation.emptying"
    organisation_id: str
