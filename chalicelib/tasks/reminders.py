"""What happens when a reminder is due: an entry on the timeline, and a mail to the owner."""

from __future__ import annotations

from datetime import datetime

from chalicelib.access import service as access
from chalicelib.access.model import Staff
from chalicelib.kernel.config import settings
from chalicelib.kernel.work import Work
from chalicelib.mail import queueing
from chalicelib.mail.parts import Address
from chalicelib.tasks import service, store
from chalicelib.tasks.events import TaskReminded
from chalicelib.tasks.model import Task

_TEXT = """Hello {name},

you wanted to be reminded of a follow-up:

{title}

Due: {due}
Task: {task_id}
Customer: {customer_id}

{business}
"""


def wake(work: Work, task_id: str, at: datetime) -> None:
    """Remind the owner of a task that is open and due for it at this time; a stale timer finds it later.

    Raises NotFound for a task that is gone.
    """
    task = store.get(task_id)
    if not task.is_to_be_reminded(at):
        return
    owner = access.get_staff(task.owner)
    message_id = queueing.queue(work, _draft(task, owner)).id if owner.active else None
    sent = [message_id] if message_id else []
    reminded = task.model_copy(
        update={
            "remind_at": None,
            "reminded_at": work.now,
            "reminders": [*task.reminders, *sent],
            "version": task.version + 1,
            "updated_at": work.now,
        }
    )
    store.replace(work, reminded)
    service.record(work, reminded, TaskReminded(task_id=task.id, message_id=message_id))


def _draft(task: Task, owner: Staff) -> queueing.Draft:
    """Without the customer's id: it is no mail to them, so their timeline does not show it as one.

    The task keeps the mail's id instead, so that it is erased with them.
    """
    due = task.due_at.astimezone(settings().zone).strftime("%Y-%m-%d %H:%M %Z")
    text = _TEXT.format(
        name=owner.name,
        title=task.title,
        due=due,
        task_id=task.id,
        customer_id=task.customer_id,
        business=settings().business_name,
    )
    to = Address(address=owner.email, name=owner.name)
    return queueing.Draft(to=to, subject=f"Follow-up: {task.title}", text=text, auto_reply=True)
