"""Double opt-in: somebody is asked by mail, and only their own answer grants."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.consent import statements
from chalicelib.consent.model import NO, SERVICE, State, StoredConsent
from chalicelib.consent.statements import Standing
from chalicelib.customers import recognition
from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.work import Work
from chalicelib.mail import queueing
from chalicelib.mail.parts import Address
from chalicelib.subscriptions import links, store
from chalicelib.subscriptions.links import Invitation
from chalicelib.subscriptions.model import VALID_FOR, NewConfirmation, NewSubscription, Subscription
from chalicelib.subscriptions.texts import language_of, text_of

Link = Callable[[str], str]
"""Makes an absolute URL of a path."""


def ask(work: Work, customer_id: str, new: NewConfirmation, link: Link) -> Subscription:
    """Ask a customer to confirm a topic. Raises NotFound, Invalid, Conflict `asked_recently`."""
    customer = customers.get(customer_id)
    address = new.email or (customer.emails[0] if customer.emails else None)
    if address is None:
        raise Invalid("This customer has no e-mail address.", code="no_address")
    if address.lower() not in (known.lower() for known in customer.emails):
        raise Invalid.in_body("email", "is not an address of this customer", "not_theirs")
    now = _standing(customer, new.topic)
    customers.require(work, customer.id)
    return _asked(work, customer, now, NewSubscription(**new.model_dump() | {"email": address}), link)


def subscribe(work: Work, new: NewSubscription, link: Link) -> Subscription:
    """Take a sign-up down; who is new becomes a lead. Raises Invalid, Conflict `asked_recently`.

    Who had said no is asked even where double opt-in is not: anybody could have typed their address.
    """
    known = recognition.id_of_email(new.email)
    if known is None:
        customer = customers.register_lead(work, new.email, new.name or "", locale=new.locale)
    else:
        customer = customers.get(known)
        customers.require(work, customer.id)
    now = _standing(customer, new.topic)
    doubly = now.topic is not None and now.topic.double_opt_in
    if doubly or now.state(work) in NO:
        return _asked(work, customer, now, new, link)
    return _stated(work, customer, now, new, "granted")


def _standing(customer: Customer, topic: str) -> Standing:
    if topic == SERVICE:
        raise Invalid.in_body("topic", "needs no consent", "needs_no_consent")
    return statements.standing([customer.id, *customer.merged_ids], "email", topic)


def _asked(work: Work, customer: Customer, now: Standing, new: NewSubscription, link: Link) -> Subscription:
    """Set the consent to pending and queue the mail that asks, unless it is granted already."""
    granted = now.granted(work)
    if granted is not None:
        return Subscription(customer_id=customer.id, consent=granted.shown)
    store.count_asking(work, links.address_hash(new.email), new.topic)
    pending = _stated(work, customer, now, new, "pending")
    message = queueing.queue(work, _draft(work, customer, now, new, link))
    return pending.model_copy(update={"message_id": message.id})


def _stated(work: Work, customer: Customer, now: Standing, new: NewSubscription, said: State) -> Subscription:
    given = StoredConsent(
        customer_id=customer.id,
        channel="email",
        topic=new.topic,
        version=1,
        state=said,
        basis="consent",
        source=new.source,
        evidence=new.evidence,
        occurred_at=work.now,
        covers=customer.merged_ids,
        asked_at_hash=links.address_hash(new.email) if said == "pending" else None,
    )
    after = statements.put(work, now, given, repeatable=True)
    return Subscription(customer_id=customer.id, consent=after.shown)


def _draft(work: Work, customer: Customer, now: Standing, new: NewSubscription, link: Link) -> queueing.Draft:
    language = language_of(new.locale or customer.locale)
    expires_at = int((work.now + VALID_FOR).timestamp())
    invitation = Invitation(customer.id, new.topic, links.address_hash(new.email), expires_at, language)
    subject, text = text_of(
        language,
        topic=now.topic.name if now.topic else new.topic,
        url=link(f"/confirm/{links.seal(invitation)}"),
    )
    return queueing.Draft(to=Address(address=new.email), subject=subject, text=text, customer_id=customer.id)
