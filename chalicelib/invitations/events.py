"""What is recorded about invitations. The first two only wake our own workers, and expire."""

from typing import ClassVar

from chalicelib.kernel.events import EventData, Waking
from chalicelib.kernel.model import Utc


class InvitationScheduled(Waking):
    """Sets the timer of an invitation's mail, or of a reminder."""

    type: ClassVar[str] = "invitation.scheduled"
    invitation_id: str


class InvitationDue(EventData):
    """Now it is to be sent, or reminded of: the step that was due at this time, and no other."""

    type: ClassVar[str] = "invitation.due"
    invitation_id: str
    survey: str
    due_at: Utc


class InvitationSent(EventData):
    """`reminder` is 0 for the invitation itself."""

    type: ClassVar[str] = "invitation.sent"
    invitation_id: str
    survey: str
    message_id: str
    reminder: int


class InvitationSkipped(EventData):
    type: ClassVar[str] = "invitation.skipped"
    invitation_id: str
    survey: str
    reason: str
