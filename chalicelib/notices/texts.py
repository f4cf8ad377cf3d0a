"""What a notice says, in plain English: what happened, on which ticket, how to open it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.access.model import Staff
from chalicelib.kernel.config import settings
from chalicelib.mail.service import PREVIEW
from chalicelib.notices.model import MOST_AN_HOUR, Kind
from chalicelib.support import policy
from chalicelib.support.model import Ticket

_SUBJECTS: dict[Kind, str] = {
    "assigned": "Assigned to you",
    "mentioned": "You were mentioned",
    "replied": "New answer",
    "sla_warning": "Due soon",
    "sla_breached": "Overdue",
}
_TARGETS = {
    "first_response": "the first response",
    "next_response": "the next response",
    "resolution": "the solution",
}
_TEXT = """Hello {name},

{happened}

{subject}
Ticket #{tag} · {status} · priority {priority}
{quoted}
Open it: {url}
{last}
To get fewer of these mails: PATCH {base}/v1/staff/{staff_id}/notices
Please do not answer this mail: nobody reads the answers.

{business}
"""
_LAST = """
You had {most} notices of this kind within this hour. No more of them come until the next full hour; what
happens meanwhile is on your tickets.
"""


def notice(
    kind: Kind,
    data: Mapping[str, Any],
    ticket: Ticket,
    *,
    reader: Staff,
    by: str | None,
    quoted: str,
    last: bool,
) -> tuple[str, str]:
    """Subject and text. `by` is who of the staff did it, if any; `quoted` is what was written.

    The tag stands without the brackets by which mails are threaded.
    """
    text = _TEXT.format(
        name=reader.name,
        staff_id=reader.id,
        happened=_happened(kind, data, by),
        subject=ticket.subject,
        tag=ticket.tag,
        status=ticket.status.replace("_", " "),
        priority=ticket.priority,
        quoted=_quoted(quoted),
        url=_url(ticket.id),
        last=_LAST.format(most=MOST_AN_HOUR) if last else "",
        base=settings().public_url,
        business=settings().business_name,
    )
    return f"{_SUBJECTS[kind]}: {ticket.subject[:200]} #{ticket.tag}", text


def _happened(kind: Kind, data: Mapping[str, Any], by: str | None) -> str:
    target = _TARGETS.get(str(data.get("target")), "something")
    match kind:
        case "assigned":
            return f"{by} assigned this ticket to you." if by else "This ticket was assigned to you."
        case "mentioned":
            return f"{by or 'Somebody'} mentioned you in a note."
        case "replied":
            return "Somebody wrote on this ticket."
        case "sla_warning":
            return f"On this ticket {target} is due soon{_when(data)}."
        case "sla_breached":
            return f"On this ticket {target} was due{_when(data)} and is late."


def _quoted(text: str) -> str:
    """The beginning of what was written, in one line."""
    line = " ".join(text.split())
    return f"\n> {line[:PREVIEW]}{' …' if len(line) > PREVIEW else ''}\n" if line else ""


def _when(data: Mapping[str, Any]) -> str:
    """The moment at which it is due, in the business's time zone."""
    if not data.get("due_at"):
        return ""
    at = datetime.fromisoformat(data["due_at"]).astimezone(settings().zone)
    return f": {at:%Y-%m-%d %H:%M %Z}"


def _url(ticket_id: str) -> str:
    """Where staff opens the ticket: in the business's own program, else at the API."""
    template = policy.current().ticket_url
    return (template or f"{settings().public_url}/v1/tickets/{{ticket_id}}").replace("{ticket_id}", ticket_id)
