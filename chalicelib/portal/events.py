"""What is recorded about links to a customer's own tickets."""

from typing import ClassVar

from chalicelib.kernel.events import Continuing, EventData


class PortalLinkAsked(Continuing):
    """Somebody typed an address: wakes who looks whether it is a customer's. It names nobody, and expires."""

    type: ClassVar[str] = "portal.link_asked"


class PortalLinkMade(EventData):
    """A key made a link that opens a customer's tickets."""

    type: ClassVar[str] = "portal.link_made"
    audited: ClassVar[bool] = True
    customer_id: str
    link_id: str
    valid_days: int


class PortalLinkRevoked(EventData):
    """A link opens a customer's tickets no more."""

    type: ClassVar[str] = "portal.link_revoked"
    audited: ClassVar[bool] = True
    customer_id: str
    link_id: str
