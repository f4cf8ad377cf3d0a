"""Links to a customer's own tickets: asked for by mail, made by staff, opened.

Whether an address is a customer's is looked up by a worker, after the answer; so neither the answer nor the
time that it takes tells.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Literal, NamedTuple

from chalicelib.customers import recognition
from chalicelib.customers import service as customers
from chalicelib.customers.identity import Identity
from chalicelib.customers.model import Customer
from chalicelib.kernel import ids, table
from chalicelib.kernel.errors import Conflict, Forbidden, NotFound
from chalicelib.kernel.http.visitors import Visitor
from chalicelib.kernel.languages import language_of
from chalicelib.kernel.table import Item
from chalicelib.kernel.work import Work
from chalicelib.mail import links, queueing
from chalicelib.mail.parts import Address
from chalicelib.portal import store
from chalicelib.portal.events import PortalLinkAsked, PortalLinkMade, PortalLinkRevoked
from chalicelib.portal.model import (
    MOST_OF_VISITOR,
    MOST_TO_ADDRESS,
    MadePortalLink,
    NewPortalLink,
    PortalLink,
)
from chalicelib.portal.texts import mailed

Link = Callable[[str], str]
"""Makes an absolute URL of a path."""


class Entered(NamedTuple):
    """Whose tickets a link opens, and all ids under which they lie."""

    customer: Customer
    ids: list[str]


def ask(work: Work, email: str, visitor: Visitor) -> None:
    """Have a link mailed, if the address is a customer's: two calls, whoever's it is.

    After five in a day nothing is sent to it, and the answer does not tell. Raises Conflict
    `too_many_requests` after 20 of one network address.
    """
    day = work.now.date().isoformat()
    theirs, visitors = store.asked_key(f"to {email.casefold()}", day), store.asked_key(visitor.address, day)
    found = table.get_many([theirs, visitors])
    if found.get(visitors, {}).get("count", 0) >= MOST_OF_VISITOR:
        sentence = "Too many links were asked for from here today."
        raise Conflict(sentence, code="too_many_requests", retry_after=86_400)
    store.count_asking(work, visitors, MOST_OF_VISITOR)
    if found.get(theirs, {}).get("count", 0) >= MOST_TO_ADDRESS:
        return
    store.count_asking(work, theirs, MOST_TO_ADDRESS)
    request_id = ids.new_id("prt", work.now)
    store.add_request(work, request_id, email)
    event = PortalLinkAsked(job_id=request_id, step=1)
    work.record(store.partition(request_id), event, expires_at=store.until(work.now))


def step(work: Work, request_id: str, step: int) -> None:  # noqa: ARG001 - a job of one step
    """Mail the link, if the address is a customer's; the address is forgotten. Raises NotFound."""
    email = store.requested(request_id)
    store.remove_request(work, request_id)
    customer = recognition.look_up(email=email)
    wanted = Identity.of_email(email)
    known = [one for one in customer.emails if Identity.of_email(one) == wanted] if customer else []
    if customer is None or not known:
        return
    subject, text = mailed(language_of(customer.locale), links.PORTAL_URL)
    to = Address(address=known[0])
    mail = queueing.queue(
        work, queueing.Draft(to=to, subject=subject, text=text, customer_id=customer.id, auto_reply=True)
    )
    _keep(work, customer.id, links.portal_link_of(mail.id), "mailed", links.PORTAL_VALID_FOR)


def make(work: Work, customer_id: str, new: NewPortalLink, link: Link) -> MadePortalLink:
    """A link for a customer, to be handed to them. Raises NotFound."""
    customer = customers.get(customer_id)
    customers.require(work, customer.id)
    made = _keep(work, customer.id, ids.new_id("lnk", work.now), "made", timedelta(days=new.valid_days))
    event = PortalLinkMade(customer_id=customer.id, link_id=made.id, valid_days=new.valid_days)
    work.record(customers.partition(customer.id), event, customer_id=customer.id)
    url = links.portal_url(link(""), customer.id, made.id, made.expires_at)
    return MadePortalLink(**dict(made), url=url)


def _keep(
    work: Work, customer_id: str, link_id: str, how: Literal["made", "mailed"], lasts: timedelta
) -> PortalLink:
    link = PortalLink(id=link_id, how=how, created_at=work.now, expires_at=work.now + lasts)
    store.add_link(work, customer_id, link)
    return link


def made_links(customer_id: str, *, limit: int, after: str | None) -> tuple[list[PortalLink], str | None]:
    """A page of a customer's links that work, newest first: a call an id. Raises NotFound."""
    found, position = store.links(customers.group_of(customer_id), limit=limit, after=after)
    if not found and after is None:
        customers.get(customer_id)
    return found, position


def revoke(work: Work, customer_id: str, link_id: str) -> None:
    """Have a link open nothing any more. Raises NotFound `no_such_link`."""
    group = customers.group_of(customer_id)
    key = store.find_link(group, link_id)
    if key is None:
        raise NotFound("There is no such link.", code="no_such_link")
    store.remove_link(work, key)
    event = PortalLinkRevoked(customer_id=group[0], link_id=link_id)
    work.record(customers.partition(group[0]), event, customer_id=group[0])


def enter(token: str) -> Entered:
    """Whose tickets a token opens: one call, two when they were merged into somebody else.

    Raises NotFound `no_such_link`, `no_such_customer`; Forbidden `link_expired`, `link_revoked`.
    """
    entrance = links.entrance(token)
    if entrance is None:
        raise NotFound("This link is not complete.", code="no_such_link")
    if entrance.is_over(ids.now()):
        raise Forbidden("This link works no more; ask for another one.", code="link_expired")
    profile_key = customers.profile_key(entrance.customer_id)
    link_key = store.link_key(entrance.customer_id, entrance.link_id)
    found = table.get_many([profile_key, link_key])
    try:
        customer = _customer(found.get(profile_key))
    except NotFound:
        gone = "There is nobody here any more whom this link is for."
        raise NotFound(gone, code="no_such_customer") from None
    if link_key not in found:
        raise Forbidden("This link was taken back; ask for another one.", code="link_revoked")
    return Entered(customer, [customer.id, *customer.merged_ids])


def _customer(profile: Item | None) -> Customer:
    """Of a profile, or whom it was merged into. Raises NotFound."""
    if profile is None:
        raise NotFound("There is no such customer.", code="no_such_customer")
    return customers.get(profile["merged_into"]) if "merged_into" in profile else customers.of_item(profile)
