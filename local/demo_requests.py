"""What of the demo is posted to the API, in which order: what a request needs is posted before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local import demo, demo_articles, demo_macros, demo_relations

Steps = dict[str, str]
"""Step -> id of what was posted; empty when the API had it before."""

PEOPLE = {**demo.CUSTOMERS, **demo_relations.SECOND_ENTRIES}


@dataclass(frozen=True)
class Request:
    """A POST of the demo: `step` names it, in memory and as its Idempotency-Key."""

    step: str
    path: str
    body: dict[str, Any]


def house() -> Iterator[Request]:
    """What is there before the customers: fields, topics, staff, articles, macros, companies."""
    for body in demo_relations.FIELDS:
        yield Request(f"field-{body['name']}", "/v1/fields", body)
    for body in demo_relations.TOPICS:
        yield Request(f"topic-{body['id']}", "/v1/topics", body)
    for name, body in demo_relations.STAFF.items():
        yield Request(f"staff-{name}", "/v1/staff", body)
    for name, article in demo_articles.ARTICLES.items():
        yield Request(f"article-{name}", "/v1/articles", article)
    for name, macro in demo_macros.MACROS.items():
        yield Request(f"macro-{name}", "/v1/macros", macro)
    for name, organisation in demo_relations.ORGANISATIONS.items():
        yield Request(f"organisation-{name}", "/v1/organisations", organisation.body)


def relations(steps: Steps, began: datetime) -> Iterator[Request]:
    """Who belongs where, who was registered twice, what is allowed, and what is to be done."""
    ids = {name: made for name in PEOPLE if (made := steps.get(f"customer-{name}", ""))}
    yield from _members(steps, ids)
    for second, first in demo_relations.MERGES.items():
        if first in ids and second in ids:
            yield Request(f"merge-{second}", f"/v1/customers/{ids[first]}/merge", {"merged_id": ids[second]})
    for name, body in demo_relations.CONSENTS.items():
        if name in ids:
            yield Request(f"consent-{name}", f"/v1/customers/{ids[name]}/consents", body)
    for name, body in demo_relations.ASKED.items():
        if name in ids:
            yield Request(f"asked-{name}", f"/v1/customers/{ids[name]}/consents/confirmations", body)
    yield from _follow_ups(steps, began, ids)


def _members(steps: Steps, ids: dict[str, str]) -> Iterator[Request]:
    for name, organisation in demo_relations.ORGANISATIONS.items():
        made = steps[f"organisation-{name}"]
        for member, role in organisation.members.items():
            if made and member in ids:
                body = {"customer_id": ids[member], "role": role}
                yield Request(f"member-{member}", f"/v1/organisations/{made}/members", body)


def _follow_ups(steps: Steps, began: datetime, ids: dict[str, str]) -> Iterator[Request]:
    for task in demo_relations.FOLLOW_UPS:
        owner = steps[f"staff-{task.owner}"]
        if owner and task.customer in ids:
            due_at = _utc(began + timedelta(days=task.days))
            body = {"customer_id": ids[task.customer], "owner": owner, "title": task.title, "due_at": due_at}
            yield Request(f"task-{task.customer}", "/v1/tasks", body)


def contacts(steps: Steps, began: datetime) -> Iterator[Request]:
    """What hangs on the registered customers: contacts, tickets, feedback."""
    ids = {name: steps.get(f"customer-{name}", "") for name in demo.CUSTOMERS}
    for number, contact in enumerate(demo.CONTACTS):
        body = {
            "channel": contact.channel,
            "direction": contact.direction,
            "summary": contact.summary,
            "occurred_at": _utc(began - timedelta(days=contact.days)),
            **({"outcome": contact.outcome} if contact.outcome else {}),
        }
        if ids[contact.customer]:
            yield Request(f"contact-{number}", f"/v1/customers/{ids[contact.customer]}/interactions", body)
    for name, ticket in demo.TICKETS.items():
        if ids[name]:
            yield Request(f"ticket-{name}", "/v1/tickets", {"customer_id": ids[name], **ticket})
    for number, (name, response) in enumerate(demo.responses()):
        if ids[name]:
            yield Request(f"feedback-{number}", "/v1/feedback", {"customer_id": ids[name], **response})


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
