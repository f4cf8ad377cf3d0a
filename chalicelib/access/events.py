"""What is recorded about keys, staff and teams: the audit trail of access."""

from __future__ import annotations

from typing import ClassVar

from chalicelib.kernel.events import EventData


class KeyCreated(EventData):
    type: ClassVar[str] = "key.created"
    key_id: str
    scopes: list[str]


class KeyRevoked(EventData):
    type: ClassVar[str] = "key.revoked"
    key_id: str


class StaffChanged(EventData):
    type: ClassVar[str] = "staff.changed"
    staff_id: str
    changed: list[str]


class TeamChanged(EventData):
    type: ClassVar[str] = "team.changed"
    team_id: str
    changed: list[str]
