"""A ticket: what somebody asks of us, who takes part, and the rules of its states."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.model import Stored, Utc, each_once
from chalicelib.mail import threads
from chalicelib.mail.parts import Address, is_writable_id
from chalicelib.sla.clock import StoredSla, TicketSla
from chalicelib.sla.model import Priority
from chalicelib.support.states import ALLOWED, MAX_TAGS, LinkKind, Status, TicketId

LONGEST_SNOOZE = timedelta(days=3653)
MAX_PARTICIPANTS = 20
MAX_LINKS = 50
MAX_CC = 19
"""Addresses of an answer beside whoever asked."""
MAX_MERGED = 20
"""Tickets that are merged into one, at most; as many are split off from one."""
MAX_REFERENCES = 10
"""Message ids of a conversation that our mails name; mail clients need the first and the last ones."""


class Participant(Stored):
    """Somebody whose mails belong to the ticket; unverified when only a token or a header says so."""

    address: str
    verified: bool


class Presence(Stored):
    """Somebody on the staff who looks at the ticket, or answers it, now."""

    staff_id: str
    state: Literal["viewing", "answering"]
    until: Utc


class Link(Stored):
    """What another ticket is to this one: its `parent`, say, or what it is a `duplicate_of`."""

    ticket_id: TicketId
    kind: LinkKind


class Ticket(Stored):
    """`tag` is what people see in subjects; `requester` is whom answers go to."""

    id: TicketId
    version: int
    tag: str
    subject: str
    status: Status
    priority: Priority
    channel: str
    customer_id: str | None = None
    requester: Address | None = None
    participants: list[Participant] = []
    assignee: str | None = None
    team: str | None = None
    tags: list[str] = []
    snoozed_until: Utc | None = None
    sla: TicketSla | None = None
    mailbox: Annotated[
        str | None, Field(description="Our address that it came to, and that it is answered from.")
    ] = None
    language: Annotated[str | None, Field(description="Of its first mail, or its mailbox's (BCP 47).")] = None
    present: Annotated[
        list[Presence],
        Field(description="Who is at it now, when a single ticket is read; no part of its version."),
    ] = []
    links: list[Link] = []
    merged_into: Annotated[str | None, Field(description="The ticket that goes on with this one.")] = None
    merged_ids: Annotated[list[str], Field(description="Tickets whose messages are shown here too.")] = []
    solved_at: Utc | None = None
    closed_at: Utc | None = None
    created_at: Utc
    updated_at: Utc


class StoredTicket(Ticket):
    """A ticket with the ids that thread its next mail: the last one in, and the chain before it."""

    sla: StoredSla | None = None
    asked_at: Utc | None = None
    """When somebody last wrote to us."""
    answered_at: Utc | None = None
    """When staff last answered: an answer is a new version, so that If-Match tells two who answer at once."""
    answered_by_rules: int = 0
    """How often rules have answered since staff last did (rules/model.py bounds it)."""
    last_message_id: str | None = None
    references: list[str] = []
    brought: list[str] = []
    """Of a merged ticket: those that had been merged into it before."""
    status_before_merge: Status | None = None
    split_into: list[str] = []
    followed_by: str | None = None
    """The ticket that was opened when somebody wrote to this one and it could not be opened again."""

    def with_reference(self, message_id: str | None) -> dict[str, object]:
        """What changes when a mail with this id came in; the chain keeps its beginning and its end.

        Nothing changes for an id that no mail of ours could name.
        """
        if message_id is None or not is_writable_id(message_id):
            return {}
        chain = [known for known in self.references if known != message_id] + [message_id]
        if len(chain) > MAX_REFERENCES:
            chain = chain[:1] + chain[-(MAX_REFERENCES - 1) :]
        return {"last_message_id": message_id, "references": chain}

    def takes_part(self, address: str) -> bool:
        """Whether mail from this address belongs here."""
        known = [one.address for one in self.participants]
        return address.lower() in (one.lower() for one in known)

    def joined_by(self, address: str, *, verified: bool) -> list[Participant]:
        """The participants once this address writes; the first ones stay when there is no more room.

        Who was verified once stays so: a forger under the same name is known by the message's verdicts.
        """
        if not self.takes_part(address):
            joined = [*self.participants, Participant(address=address, verified=verified)]
            return joined[:MAX_PARTICIPANTS]
        if not verified:
            return self.participants
        lower = address.lower()
        return [
            one.model_copy(update={"verified": True}) if one.address.lower() == lower else one
            for one in self.participants
        ]

    def with_all(self, addresses: Sequence[str]) -> list[Participant]:
        """The participants once staff bring these in. Raises Conflict `too_many_participants`."""
        ticket = self
        for address in addresses:
            if len(ticket.participants) == MAX_PARTICIPANTS and not ticket.takes_part(address):
                sentence = f"{MAX_PARTICIPANTS} addresses take part at most."
                raise Conflict(sentence, code="too_many_participants")
            joined = ticket.joined_by(address, verified=True)
            ticket = ticket.model_copy(update={"participants": joined})
        return ticket.participants

    def patched(self, given: dict[str, object], *, at: Utc) -> Self:
        """The ticket after a change, one version on; itself when nothing changes.

        Raises Conflict for a status that may not follow, Invalid for a snooze into the past or too far.
        """
        changed = {name: value for name, value in given.items() if getattr(self, name) != value}
        if not changed:
            return self
        until = changed.get("snoozed_until")
        if isinstance(until, type(at)) and not at < until <= at + LONGEST_SNOOZE:
            raise Invalid.in_body("snoozed_until", "must lie in the next ten years", "out_of_range")
        if "status" in changed:
            changed |= self._moved(changed, at)
        return self.model_copy(update=changed | {"version": self.version + 1, "updated_at": at})

    def _moved(self, changed: dict[str, object], at: Utc) -> dict[str, object]:
        """What a step of the status brings with it. Undoing a merge may take any."""
        status = changed["status"]
        if self.merged_into and "merged_into" not in changed:
            raise self.is_merged()
        if status not in ALLOWED[self.status] and not self.merged_into:
            raise Conflict(f"A ticket that is {self.status} cannot become {status}.", code="wrong_status")
        solved = {"solved": at, "closed": self.solved_at}.get(str(status))
        return {"solved_at": solved, "closed_at": at if status == "closed" else None}

    def is_merged(self) -> Conflict:
        """Why nothing can be done with a merged ticket."""
        sentence = "This ticket was merged into another one."
        return Conflict(sentence, code="merged", ticket_id=self.merged_into)

    def linked(self, other_id: str, kind: LinkKind | None) -> list[Link]:
        """The links with this one to another ticket, or without it; one a ticket.

        Raises Conflict `too_many_links`.
        """
        others = [link for link in self.links if link.ticket_id != other_id]
        if kind is None:
            return others
        if len(others) == MAX_LINKS:
            raise Conflict(f"A ticket has {MAX_LINKS} links at most.", code="too_many_links")
        return [*others, Link(ticket_id=other_id, kind=kind)]


def told_of(ticket: Ticket) -> dict[str, Any]:
    """What templates and macros can say of a ticket: the placeholder `ticket`."""
    requester = ticket.requester or Address(address="", name="")
    told = {"id": ticket.id, "tag": ticket.tag, "subject": ticket.subject}
    who = {"name": requester.name, "email": requester.address}
    return {"ticket": told | {"status": ticket.status, "priority": ticket.priority, "requester": who}}


def retagged(tags: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> list[str]:
    """The tags with these and without those. Raises Conflict `too_many_tags`."""
    together = each_once([*(tag for tag in tags if tag not in remove), *add])
    if len(together) > MAX_TAGS:
        raise Conflict(f"A ticket has {MAX_TAGS} tags at most.", code="too_many_tags")
    return together


def new_ticket(
    *,
    at: Utc,
    subject: str,
    channel: str,
    status: Status = "open",
    priority: Priority = "normal",
    customer_id: str | None = None,
    requester: Address | None = None,
    verified: bool = True,
    assignee: str | None = None,
    team: str | None = None,
    tags: Sequence[str] = (),
    identifier: str | None = None,
    mailbox: str | None = None,
    language: str | None = None,
) -> StoredTicket:
    """A ticket that begins now; who asks takes part."""
    identifier = identifier or ids.new_id("tkt", at)
    return StoredTicket(
        id=identifier,
        version=1,
        tag=threads.tag_of(identifier),
        subject=subject or "(no subject)",
        status=status,
        priority=priority,
        channel=channel,
        customer_id=customer_id,
        requester=requester,
        participants=[Participant(address=requester.address, verified=verified)] if requester else [],
        assignee=assignee,
        team=team,
        tags=list(tags),
        mailbox=mailbox,
        language=language,
        created_at=at,
        updated_at=at,
    )
