"""What the rules come to for one mail: what they make of its ticket and its customer, and what is told of it.

All of it goes into the Work that files the mail. No action can keep a mail from being filed: one that cannot
be done is left out, and the run log says why.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.access import service as access
from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer, CustomerPatch
from chalicelib.hours import service as hours
from chalicelib.kernel.errors import Invalid, NotFound, Stale, TooLarge
from chalicelib.kernel.table import Item
from chalicelib.kernel.work import Work
from chalicelib.mail.inbox import Arrival
from chalicelib.rules import facts
from chalicelib.rules.actions import (
    MAX_TAGS,
    Answer,
    Assign,
    ChangeCustomer,
    Ignore,
    LogInteraction,
    MarkSpam,
    Route,
    SetPriority,
    TagTicket,
)
from chalicelib.rules.book import Book
from chalicelib.rules.evaluation import evaluate
from chalicelib.rules.model import Reason
from chalicelib.support import acknowledgement, assigning
from chalicelib.support.fired import Fired
from chalicelib.support.model import StoredTicket, told_of
from chalicelib.support.states import ALLOWED
from chalicelib.templates.model import Rendered
from chalicelib.timeline import service as timeline
from chalicelib.timeline.model import NewInteraction

ON_TICKET = (Route, Assign, SetPriority, TagTicket, MarkSpam, Answer)


class Ruling(Fired):
    """What the rules that fire make of a mail."""

    @property
    def ignores(self) -> bool:
        """Whether the mail is to be filed alone."""
        return self.has(Ignore)

    def without_ticket(self) -> None:
        """Leave out what there is no ticket for."""
        for kind in ON_TICKET:
            self.skip(kind, "no_ticket")

    def too_late(self) -> None:
        """Leave out what a mail that is read long after it came gets no more, and what is done already."""
        for kind in (Answer, Ignore):
            self.skip(kind, "late")

    def on_ticket(self, work: Work, ticket: StoredTicket) -> dict[str, Any]:
        """What the rules make of its ticket. Two calls more where somebody is chosen in a team."""
        given = self._tagged(ticket)
        for _, action in self.each(Route):
            given["team"] = action.team
        given |= self._assigned(work, ticket, given.get("team", ticket.team))
        for _, priority in self.each(SetPriority):
            given["priority"] = priority.priority
        if self.has(MarkSpam):
            if ticket.status == "spam" or "spam" in ALLOWED[ticket.status]:
                given["status"] = "spam"
            else:
                self.skip(MarkSpam, "unfit")
        return given

    def _assigned(self, work: Work, ticket: StoredTicket, team: str | None) -> dict[str, Any]:
        """Whom the last rule that can gives it to."""
        for rule, action in reversed([*self.each(Assign)]):
            found = _chosen(work, action, ticket, team)
            if found.assignee is not None:
                return {"assignee": found.assignee}
            self.skipped[rule.id, action.action] = found.reason
        return {}

    def _tagged(self, ticket: StoredTicket) -> dict[str, Any]:
        tags = list(ticket.tags)
        for rule, action in self.each(TagTicket):
            kept = [tag for tag in tags if tag not in action.remove]
            wanted = list(dict.fromkeys([*kept, *action.add]))
            if len(wanted) > MAX_TAGS:
                self.skipped[rule.id, action.action] = "unfit"
            else:
                tags = wanted
        return {"tags": tags} if tags != ticket.tags else {}

    def customer(self, work: Work, known_id: str | None, *, makes: bool) -> str | None:
        """Whose mail it is once the rules changed or made them, whom the Work then holds to be there.

        `makes`: whoever it really comes from becomes a lead, rules or not.
        """
        if known_id is not None:
            if not self._changes(work) and (makes or self.has(LogInteraction)):
                customers.require(work, known_id, Stale("The customer was deleted meanwhile."))
            return known_id
        sender, wanted = self.arrival.sender, self.has(ChangeCustomer)
        if sender is None or not self.arrival.is_trusted or not (makes or wanted):
            self.skip(ChangeCustomer, "not_their_customer")
            return None
        try:
            told = {"locale": self.arrival.language, **self._told(None)}
            return customers.register_lead(work, sender.address, sender.name, **told).id
        except Invalid:
            self.skip(ChangeCustomer, "unfit")
        if not makes:
            return None
        return customers.register_lead(work, sender.address, sender.name, locale=self.arrival.language).id

    def _changes(self, work: Work) -> bool:
        """Whether the rules change the customer."""
        if self.profile is None:
            return False
        patch = CustomerPatch.model_validate(self._told(self.profile))
        try:
            return customers.apply(work, self.profile, patch) is not self.profile
        except Invalid:
            self.skip(ChangeCustomer, "unfit")
            return False

    def _told(self, customer: Customer | None) -> dict[str, Any]:
        """The customer's fields that rules set."""
        given: dict[str, Any] = {}
        tags = list(customer.tags) if customer else []
        for _, action in self.each(ChangeCustomer):
            if action.stage:
                given["stage"] = action.stage
            if action.custom:
                given["custom"] = given.get("custom", {}) | action.custom
            tags = list(
                dict.fromkeys([*(tag for tag in tags if tag not in action.remove_tags), *action.add_tags])
            )
            given["tags"] = tags[:50]
        return given

    def interact(self, work: Work, customer_id: str | None) -> None:
        """Put on the customer's timeline what rules say."""
        if customer_id is None:
            self.skip(LogInteraction, "not_their_customer")
            return
        for _, action in self.each(LogInteraction):
            said = action.model_dump(exclude={"action"})
            timeline.note(work, customer_id, NewInteraction(channel="email", **said))

    def answer(self, ticket: StoredTicket, history: Item | None, at: datetime) -> Rendered | None:
        """What rules answer, to a person whom the mail really comes from, if the caps allow it."""
        if not self.has(Answer):
            return None
        (_, chosen), *others = self.each(Answer)
        for rule, action in others:
            self.skipped[rule.id, action.action] = "another_answers"
        reason = self._against_answering(ticket, history, at)
        if reason is not None:
            self.skip(Answer, reason)
            return None
        try:
            return self._rendered(chosen, ticket)
        except NotFound:
            self.skip(Answer, "unknown_template")
        except (Invalid, TooLarge):
            self.skip(Answer, "unfit")
        return None

    def _against_answering(self, ticket: StoredTicket, history: Item | None, at: datetime) -> Reason | None:
        if self.has(MarkSpam) or ticket.status == "spam":
            return "marked_spam"
        if not self.arrival.is_trusted:
            return "not_a_person"
        return None if acknowledgement.is_allowed(ticket.subject, history, at) else "capped"

    def _rendered(self, answer: Answer, ticket: StoredTicket) -> Rendered:
        from chalicelib.templates import rendering

        values = rendering.about(customer=self.profile) | {
            **told_of(ticket),
            "mail": {"subject": self.arrival.subject, "sender": {"name": self._sender_name}},
        }
        return rendering.render_template(answer.template_id, language=self._language, values=values)

    @property
    def _sender_name(self) -> str:
        return self.arrival.sender.name if self.arrival.sender else ""

    @property
    def _language(self) -> str | None:
        """The mail's, else the customer's."""
        return self.arrival.language or (self.profile.locale if self.profile else None)


class _Chosen(NamedTuple):
    """Whom an action gives a ticket to, or why nobody."""

    assignee: str | None
    reason: Reason = "unknown_staff"


def _chosen(work: Work, action: Assign, ticket: StoredTicket, team: str | None) -> _Chosen:
    """Who has a ticket in its team keeps it; only one that is new there goes round."""
    if action.how is None:
        assignee = str(action.assignee)
        return _Chosen(assignee if _is_active(assignee) else None)
    if team is None:
        return _Chosen(None, "no_team")
    if ticket.assignee and team == ticket.team:
        return _Chosen(None, "has_assignee")
    return _Chosen(assigning.choose(work, team, action.how), "team_empty")


def _is_active(staff_id: str) -> bool:
    try:
        return access.get_staff(staff_id).active
    except NotFound:
        return False


def decide(
    arrival: Arrival, book: Book, profile: Customer | None, ticket: StoredTicket | None, at: datetime
) -> Ruling:
    """Ask the rules about a mail. Never about spam, nor about our own mails, which would have no end."""
    if not book.rules or arrival.receipt.is_spam or arrival.mail_class == "own_loop":
        return Ruling(arrival, profile)
    depth = ticket.answered_by_rules if ticket else 0
    asked = facts.of(arrival, profile, at=at, reply=ticket is not None, depth=depth)
    decision = evaluate(book.rules, asked, is_open=hours.is_open, is_full=book.is_full)
    return Ruling(arrival, profile, depth, decision)
