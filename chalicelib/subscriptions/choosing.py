"""What somebody does with the links below a campaign's mail: leave its topic, or choose what they get.

Looking changes nothing, since mail scanners follow links. Whoever has the link has the mail, so no password
is asked; and a grant that needs double opt-in is still confirmed by another mail, since mails are forwarded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from chalicelib.consent import service as consent
from chalicelib.consent import statements, topics
from chalicelib.consent.model import NO, SERVICE, Channel, NewConsent, State, StoredConsent, Topic
from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer, CustomerPatch
from chalicelib.kernel import ids
from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Conflict, Invalid, NotFound, Stale, Unavailable
from chalicelib.kernel.http.routes import Form, Link
from chalicelib.kernel.languages import LANGUAGES, language_of
from chalicelib.kernel.principals import ANONYMOUS
from chalicelib.kernel.work import Work
from chalicelib.mail import links
from chalicelib.mail.links import Choice
from chalicelib.subscriptions import service as subscriptions
from chalicelib.subscriptions.model import NewConfirmation

Outcome = Literal["asked", "left", "choices", "saved", "over", "unknown"]
SOURCE = "preference page"
ONE_CLICK = "unsubscribe link"
TRIES = 4
"""How often a choice is made anew when another change came between."""


class Box(NamedTuple):
    """A topic on a channel, as somebody can choose it."""

    channel: Channel
    topic: Topic
    state: State | None

    @property
    def name(self) -> str:
        return f"{self.channel}:{self.topic.id}"

    @property
    def on(self) -> bool:
        return self.state in ("granted", "pending")


class Chosen(NamedTuple):
    """What became of it, in which language to say so, and what there is to choose."""

    outcome: Outcome
    language: str = "en"
    topic: str = ""
    boxes: tuple[Box, ...] = ()


def look_at_leaving(token: str) -> Chosen:
    """Ask whether they want to leave the topic."""
    choice = links.choice(token)
    if choice is None:
        return Chosen("unknown")
    return Chosen("asked", _language(_customer(choice)), _name(choice.topic))


def leave(work: Work, token: str) -> Chosen:
    """Withdraw what was granted, or deny; nothing when that was said before. An old link still does."""
    choice = links.choice(token)
    if choice is None:
        return Chosen("unknown")
    customer = _customer(choice)
    left = Chosen("left", _language(customer), _name(choice.topic))
    if customer is None:
        return left
    try:
        now = statements.standing([customer.id, *customer.merged_ids], "email", choice.topic)
    except Invalid:  # the topic was ended: nothing is sent about it
        return left
    state = now.state(work)
    if state not in NO:
        given = StoredConsent(
            customer_id=customer.id,
            channel="email",
            topic=choice.topic,
            version=1,
            state="denied" if state is None else "withdrawn",
            basis="consent",
            source=ONE_CLICK,
            evidence=_evidence(choice),
            occurred_at=work.now,
            covers=customer.merged_ids,
        )
        customers.require(work, customer.id)
        statements.put(work, now, given)
    return left


def look(token: str) -> Chosen:
    """What there is to choose, and how it stands."""
    choice = links.choice(token)
    customer = _customer(choice) if choice else None
    if choice is None or customer is None:
        return Chosen("unknown")
    if choice.is_over(ids.now()):
        return Chosen("over", _language(customer))
    return Chosen("choices", _language(customer), boxes=_boxes(customer))


def choose(token: str, form: Form, link: Link) -> Chosen:
    """Take down what somebody chose: each topic and channel by itself, only where it differs."""
    seen = look(token)
    choice = links.choice(token)
    if seen.outcome != "choices" or choice is None:
        return seen
    shown, wanted = set(form.get("shown", [])), set(form.get("on", []))
    if "nothing" in form:
        shown, wanted = {box.name for box in seen.boxes}, set()
    for box in seen.boxes:
        if box.name in shown and box.on is not (box.name in wanted):
            _change(choice, box, link)
    _speak(choice, form.get("language", [""])[0])
    return look(token)._replace(outcome="saved")


def _change(choice: Choice, box: Box, link: Link) -> None:
    if box.on:
        _settle(lambda work: _state(work, choice, box, "withdrawn"))
    elif box.channel == "email" and box.topic.double_opt_in:
        new = NewConfirmation(topic=box.topic.id, source=SOURCE, evidence=_evidence(choice))
        try:
            _settle(lambda work: subscriptions.ask(work, choice.customer_id, new, link))
        except Conflict:  # asked not long ago: that mail still holds
            return
    else:
        _settle(lambda work: _state(work, choice, box, "granted"))


def _state(work: Work, choice: Choice, box: Box, state: Literal["granted", "withdrawn"]) -> None:
    new = NewConsent(
        channel=box.channel, topic=box.topic.id, state=state, source=SOURCE, evidence=_evidence(choice)
    )
    statements.state(work, choice.customer_id, new)


def _speak(choice: Choice, language: str) -> None:
    """Note the language that somebody wants, unless it is the one they have."""
    customer = customers.get(choice.customer_id)
    if language in LANGUAGES and language != _language(customer):
        _settle(lambda work: customers.change(work, customer.id, CustomerPatch(locale=language)))


def _settle(change: Callable[[Work], object]) -> None:
    """Commit a change by itself, read anew when another one came between."""
    for _ in range(TRIES):
        work = Work(principal=ANONYMOUS)
        try:
            change(work)
            return commit(work)
        except Stale:
            continue
    raise Unavailable("Others keep changing this; try again.")


def _evidence(choice: Choice) -> str:
    return f"by the link in the mail {choice.message_id}"


def _customer(choice: Choice) -> Customer | None:
    try:
        return customers.get(choice.customer_id)
    except NotFound:
        return None


def _language(customer: Customer | None) -> str:
    return language_of(customer.locale if customer else None)


def _name(topic_id: str) -> str:
    try:
        return topics.get(topic_id).name
    except NotFound:
        return topic_id


def _boxes(customer: Customer) -> tuple[Box, ...]:
    """Every active topic by e-mail, and on other channels where something was said."""
    known, _ = topics.by_id(limit=topics.MOST, after=None)
    said = {(one.channel, one.topic): one.state for one in consent.of_customer(customer.id).effective}
    boxes = []
    for topic in known:
        if topic.active and topic.id != SERVICE:
            channels: set[Channel] = {channel for channel, name in said if name == topic.id} | {"email"}
            each = sorted(channels, key=lambda channel: (channel != "email", channel))
            boxes += [Box(channel, topic, said.get((channel, topic.id))) for channel in each]
    return tuple(boxes)
