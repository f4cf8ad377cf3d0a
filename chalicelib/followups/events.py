"""What is recorded about follow-ups; what was written is private."""

from typing import ClassVar

from chalicelib.kernel.events import EventData, Waking


class FollowUpOpened(EventData):
    """`rule` names the rule that opened it, unless somebody did."""

    type: ClassVar[str] = "followup.opened"
    audited: ClassVar[bool] = True
    audited_by: ClassVar[tuple[str, str]] = ("fup", "followup_id")
    followup_id: str
    feedback_id: str
    survey: str
    kind: str
    score: int | None = None
    urgent: bool
    rule: str | None = None
    owner: str | None = None
    team: str | None = None
    ticket_id: str | None = None


class FollowUpMoved(EventData):
    """From one state to another; the event's actor and time say by whom and when."""

    type: ClassVar[str] = "followup.moved"
    audited: ClassVar[bool] = True
    audited_by: ClassVar[tuple[str, str]] = ("fup", "followup_id")
    followup_id: str
    followup_version: int
    before: str
    state: str
    untold: str | None = None


class FollowUpChanged(EventData):
    """`changed` names the fields, but the state, whose changes are moves."""

    type: ClassVar[str] = "followup.changed"
    audited: ClassVar[bool] = True
    audited_by: ClassVar[tuple[str, str]] = ("fup", "followup_id")
    followup_id: str
    followup_version: int
    changed: list[str]


class FollowUpNoted(EventData):
    type: ClassVar[str] = "followup.noted"
    followup_id: str
    note_id: str


class FollowUpScheduled(Waking):
    """Sets the timer of the reminder, or of when it is due."""

    type: ClassVar[str] = "followup.scheduled"
    followup_id: str


class FollowUpReminded(EventData):
    """`overdue`: it was due, and was not resolved; `message_ids` are the mails to staff."""

    type: ClassVar[str] = "followup.reminded"
    followup_id: str
    overdue: bool
    message_ids: list[str]


class FollowUpRulesChanged(EventData):
    """`names` are the rules there are now, in order."""

    type: ClassVar[str] = "followups.rules_changed"
    audited: ClassVar[bool] = True
    names: list[str]
