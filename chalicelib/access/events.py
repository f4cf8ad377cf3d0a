"""What is recorded about keys, staff and teams: the audit trail of access."""

from typing import ClassVar

from chalicelib.kernel.events import EventData


class KeyCreated(EventData):
    type: ClassVar[str] = "key.created"
    audited: ClassVar[bool] = True
    key_id: str
    scopes: list[str]


class KeyRevoked(EventData):
    type: ClassVar[str] = "key.revoked"
    audited: ClassVar[bool] = True
    key_id: str


class StaffChanged(EventData):
    type: ClassVar[str] = "staff.changed"
    audited: ClassVar[bool] = True
    staff_id: str
    changed: list[str]


class TeamChanged(EventData):
    type: ClassVar[str] = "team.changed"
    audited: ClassVar[bool] = True
    team_id: str
    changed: list[str]
