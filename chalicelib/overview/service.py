"""The 360° view: what is read for it, and the summary that is computed beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.consent import service as consent
from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.feedback import summary as feedback
from chalicelib.feedback.summary import FeedbackFigures
from chalicelib.kernel import ids, table
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.model import Utc
from chalicelib.kernel.table import Item
from chalicelib.kernel.work import Work
from chalicelib.organisations import service as organisations
from chalicelib.organisations.model import Organisation
from chalicelib.overview import store
from chalicelib.overview.model import Figures, Summary, TaskFigures, View
from chalicelib.overview.store import Read
from chalicelib.support import summary as support
from chalicelib.support.model import Ticket
from chalicelib.support.summary import TicketFigures
from chalicelib.tasks import service as tasks
from chalicelib.timeline import service as timeline
from chalicelib.timeline import summary as contacts

LATEST = 10
"""Events of a view."""


def view(customer_id: str) -> View:
    """A customer at a glance, under the id of whom they were merged into: 2 calls, and 1 for each merged id.

    Raises NotFound. What the summary names is shown only if it is still true.
    """
    own = store.read(customer_id)
    customer = _customer(own)
    if customer.merged_into:
        own = store.read(customer.merged_into)
        customer = _customer(own)
    parts = [own, *(store.read(one) for one in customer.merged_ids)]
    summary = own.summary
    named = _named(summary, customer)
    return View(
        customer=customer,
        organisation=_organisation(customer, named),
        consents=consent.come_to(item for part in parts for item in part.consents),
        tickets=_open_tickets(summary, named),
        last_feedback=feedback.of_item(_last_feedback(summary, named)),
        events=[timeline.entry(item) for item in _latest(parts)],
        figures=_figures(parts, summary, ids.now()),
    )


def _customer(part: Read) -> Customer:
    if part.profile is None:
        raise NotFound("There is no such customer.", code="no_such_customer")
    return customers.of_item(part.profile)


def _named(summary: Summary | None, customer: Customer) -> dict[table.Key, Item]:
    """The items that the summary and the profile name, in one call."""
    keys = [support.ticket_key(ticket_id) for ticket_id in summary.tickets.open_ids] if summary else []
    if summary and summary.feedback.last_id:
        keys.append(feedback.feedback_key(summary.feedback.last_id))
    if customer.organisation_id:
        keys.append(organisations.key(customer.organisation_id))
    return table.get_many(keys)


def _organisation(customer: Customer, named: dict[table.Key, Item]) -> Organisation | None:
    if customer.organisation_id is None:
        return None
    return organisations.of_item(named.get(organisations.key(customer.organisation_id)))


def _open_tickets(summary: Summary | None, named: dict[table.Key, Item]) -> list[Ticket]:
    named_ids = summary.tickets.open_ids if summary else []
    found = [support.still_open(named.get(support.ticket_key(one))) for one in named_ids]
    return [ticket for ticket in found if ticket is not None]


def _last_feedback(summary: Summary | None, named: dict[table.Key, Item]) -> Item | None:
    last_id = summary.feedback.last_id if summary else None
    return named.get(feedback.feedback_key(last_id)) if last_id else None


def _latest(parts: Sequence[Read]) -> list[Item]:
    events = [item for part in parts for item in part.events]
    return sorted(events, key=lambda item: str(item["sk"]), reverse=True)[:LATEST]


def _figures(parts: Sequence[Read], summary: Summary | None, now: Utc) -> Figures:
    since = min(customers.of_item(part.profile).created_at for part in parts if part.profile)
    if summary is None:
        nothing = {"tickets": TicketFigures(), "feedback": FeedbackFigures(), "tasks": TaskFigures()}
        return Figures.model_validate({"customer_since": since, **nothing})
    last = summary.contacts.last
    return Figures(
        customer_since=since,
        last_contact=last,
        last_inbound=summary.contacts.last_inbound,
        last_outbound=summary.contacts.last_outbound,
        days_since_last_contact=(now - last.at).days if last else None,
        tickets=summary.tickets,
        feedback=summary.feedback,
        tasks=summary.tasks,
        summarised_at=summary.summarised_at,
    )


@dataclass(frozen=True)
class Subject:
    """Somebody to summarise, and what was summarised before."""

    customer: Customer
    before: Summary | None


def subjects(customer_ids: Iterable[str]) -> dict[str, Subject]:
    """Whose summaries tell of these customers, by id: their own, or of whom they were merged into.

    Two calls, three when somebody was merged; for 100 customers at most. Those who are gone are left out.
    """
    found = _profiles(customer_ids)
    heirs = {one.merged_into for one in found.values() if one.merged_into} - set(found)
    found |= _profiles(heirs) if heirs else {}
    alive = {one.id: one for one in found.values() if not one.merged_into}
    before = store.summaries(alive) if alive else {}
    return {one: Subject(customer, before.get(one)) for one, customer in alive.items()}


def _profiles(customer_ids: Iterable[str]) -> dict[str, Customer]:
    found = table.get_many(customers.profile_key(one) for one in customer_ids)
    return {item["id"]: customers.of_item(item) for item in found.values()}


def summarise(work: Work, subject: Subject) -> None:
    """Compute a customer's summary from what is there now, and write it if it says anything new.

    Four calls for each id that they have. Fails with Stale when it was computed meanwhile by another one.
    """
    group = [subject.customer.id, *subject.customer.merged_ids]
    before = subject.before
    summary = Summary(
        version=before.version + 1 if before else 1,
        contacts=contacts.summary_of(group),
        tickets=support.summary_of(group),
        feedback=feedback.summary_of(group),
        tasks=_tasks(group),
        summarised_at=work.now,
    )
    if before is None or not summary.says_as(before):
        store.put(work, subject.customer.id, summary, before)


def _tasks(group: Sequence[str]) -> TaskFigures:
    each = [tasks.summary_of(one) for one in group]
    due = [one.next_due_at for one in each if one.next_due_at]
    return TaskFigures(open=sum(one.open for one in each), next_due_at=min(due, default=None))
