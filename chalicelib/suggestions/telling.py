"""Telling those who voted that the status changed: a job of slices, in which each is told once a change.

It is mail on a topic: only who agreed gets it, with a link to leave. A change that comes while the one before
is still being told ends that: who was not told of it yet hears of the newer one only.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.consent.permission import Question
from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.kernel import ids, table
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.languages import language_of
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import queueing
from chalicelib.mail import service as mail
from chalicelib.suggestions import ballots, steps, store
from chalicelib.suggestions.ballots import Vote
from chalicelib.suggestions.events import SuggestionTelling
from chalicelib.suggestions.model import Suggestion, Telling
from chalicelib.suggestions.news import news
from chalicelib.suggestions.voting import TOPIC

TOGETHER = 40
"""Voters of one step: a mail is two writes."""


def start(work: Work, one: Suggestion) -> None:
    """Begin to tell the voters, in the change's own transaction."""
    telling = Telling(
        id=ids.keyed_id("tel", one.id, str(one.changes)), suggestion_id=one.id, change=one.changes
    )
    steps.add_telling(work, telling)
    _record(work, telling)


def _record(work: Work, telling: Telling) -> None:
    event = SuggestionTelling(job_id=telling.id, step=telling.step, suggestion_id=telling.suggestion_id)
    work.record(steps.telling_partition(telling.id), event)


def step(work: Work, telling_id: str, step: int) -> None:
    """Queue the mails to the next 40 voters: five calls. Raises NotFound when it is done."""
    telling = steps.get_telling(telling_id)
    if telling.step != step:
        return
    one = store.find(telling.suggestion_id)
    if one is None or not one.is_public or one.changes != telling.change:
        steps.end_telling(work, telling)
        return
    voters = ballots.cast_for(one.id, limit=TOGETHER, after=telling.after, customers=True)
    for customer in _readers(work, [Vote.of(item) for item in voters.items], telling):
        _tell(work, one, telling, customer)
    if voters.after is None:
        steps.end_telling(work, telling)
        return
    update = {"step": step + 1, "after": voters.after, "version": telling.version + 1}
    after = telling.model_copy(update=update)
    steps.replace_telling(work, after)
    _record(work, after)


def _readers(work: Work, votes: list[Vote], telling: Telling) -> list[Customer]:
    """Those voters who agreed, have an address, and were not told: two calls, more for who was merged."""
    questions = {str(vote.customer_id): Question(vote.customer_id, "email", TOPIC) for vote in votes}
    keys = dict.fromkeys(key for question in questions.values() for key in question.keys)
    found = table.get_many(keys)
    willing = [one for one, question in questions.items() if question.answer(found, work.now)]
    people = {person.id: person for one in willing if (person := _person(one, found)) and person.emails}
    told = table.get_many(mail.message_key(_mail_id(telling, one)) for one in people)
    return [one for one in people.values() if mail.message_key(_mail_id(telling, one.id)) not in told]


def _person(customer_id: str, found: Mapping[Key, Item]) -> Customer | None:
    """Who voted, or whom they were merged into."""
    item = found.get(customers.profile_key(customer_id))
    if item is not None and not item.get("merged_into"):
        return customers.of_item(item)
    try:
        return customers.get(customer_id)
    except NotFound:
        return None


def _mail_id(telling: Telling, customer_id: str) -> str:
    return ids.keyed_id("msg", telling.id, customer_id)


def _tell(work: Work, one: Suggestion, telling: Telling, customer: Customer) -> None:
    to = mail.address_of(customer)
    if to is None:
        return
    url = f"{settings().public_url}/ideas/{one.id}"
    subject, text = news(language_of(customer.locale), one.title, one.status, one.answer, url)
    draft = queueing.Draft(
        id=_mail_id(telling, customer.id),
        to=to,
        subject=subject,
        text=text,
        customer_id=customer.id,
        topic=TOPIC,
    )
    queueing.queue(work, draft)
