"""Asking for a mail to be sent: whom it is for, and what it says, from the caller or from a template."""

from __future__ import annotations

from typing import Any

from chalicelib.access import service as access
from chalicelib.consent import service as consent
from chalicelib.consent.model import SERVICE
from chalicelib.customers import recognition
from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.kernel import ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.work import Work
from chalicelib.mail import attaching, mailboxes, queueing
from chalicelib.mail import service as mail
from chalicelib.mail.links import PREFERENCES_URL, UNSUBSCRIBE_URL
from chalicelib.mail.mailbox_model import Mailbox
from chalicelib.mail.model import Message, TemplateUse
from chalicelib.mail.new_mail import NewMail, NewTest
from chalicelib.mail.parts import Address
from chalicelib.templates import rendering
from chalicelib.templates.model import NewPreview, Rendered

LINKS = {"unsubscribe_url": UNSUBSCRIBE_URL, "preferences_url": PREFERENCES_URL}


def send(work: Work, new: NewMail) -> Message:
    """Queue a mail to a customer or an address. Raises NotFound, or Invalid for one without an address."""
    new.check(work.now)
    customer, to = _recipient(new)
    if new.topic is not None:
        consent.require_topic(work, new.topic)
    identifier = ids.new_id("msg", work.now)
    draft = queueing.Draft(
        id=identifier,
        to=to,
        customer_id=customer.id if customer else None,
        topic=new.topic,
        mailbox=_mailbox(new),
        tracked=_is_tracked(new),
        send_at=new.send_at,
        **_said(work, new, customer),
        attachments=attaching.take(new.attachments, owner=identifier),
    )
    return queueing.queue(work, draft)


def _mailbox(new: NewMail) -> Mailbox:
    """Where it comes from; one that is not known here may have been made by another process just now."""
    if new.mailbox is None:
        return mailboxes.default()
    found = mailboxes.current().find(new.mailbox) or mailboxes.read().find(new.mailbox)
    if found is None or not found.active:
        raise Invalid.in_body("mailbox", "is no active mailbox of ours", "no_such_mailbox")
    return found


def _is_tracked(new: NewMail) -> bool:
    """A mail on a topic is, another one only if it is asked for, and none unless the stack allows it."""
    allowed = bool(settings().tracking_configuration_set)
    if new.track and not allowed:
        raise Invalid.in_body("track", "needs the stack's OpenAndClickTracking", "not_tracked")
    wanted = new.topic not in (None, SERVICE) if new.track is None else new.track
    return wanted and allowed


def _recipient(new: NewMail) -> tuple[Customer | None, Address]:
    if new.customer_id is not None:
        customer = customers.get(new.customer_id)
        primary = mail.address_of(customer)
        if primary is None:
            raise Invalid("This customer has no e-mail address.", code="no_address")
        return customer, primary
    to = Address(address=str(new.email))
    known = recognition.id_of_email(to.address)
    return customers.get(known) if known else None, to


def _said(work: Work, new: NewMail, customer: Customer | None) -> dict[str, Any]:
    """Subject, text and HTML, from the caller or from the template."""
    if new.template is None:
        return {"subject": new.subject, "text": new.text, "html": new.html}
    values = placeholders(work, customer) | new.values
    language = new.language or (customer.locale if customer else None)
    try:
        template_id = rendering.named(new.template).id
        rendered = rendering.render_template(template_id, language=language, values=values)
    except NotFound as error:
        raise Invalid.in_body("template", "names no published template", error.code) from None
    return said_by(template_id, rendered)


def placeholders(work: Work, customer: Customer | None) -> dict[str, Any]:
    """What is filled in for whoever asks for a mail."""
    staff = access.get_staff(work.principal.actor) if work.principal.actor else None
    return rendering.about(customer=customer, staff=staff) | LINKS


def said_by(template_id: str, rendered: Rendered) -> dict[str, Any]:
    """A filled-in template as the fields of a Draft."""
    used = TemplateUse(id=template_id, version=rendered.version, language=rendered.language)
    return {"subject": rendered.subject, "text": rendered.text, "html": rendered.html, "template": used}


def send_test(work: Work, template_id: str, new: NewTest) -> Message:
    """Mail a template to one of the staff, as far as it can be filled in. Raises NotFound, Invalid."""
    access.require_staff(work, new.staff_id, "staff_id")
    staff = access.get_staff(new.staff_id)
    values = rendering.about(staff=staff) | LINKS | new.values
    wanted = NewPreview(values={}, language=new.language, number=new.number)
    rendered = rendering.preview(template_id, wanted, values)
    said = said_by(template_id, rendered) | {"subject": f"[Test] {rendered.subject}"[:500]}
    return queueing.queue(
        work, queueing.Draft(to=Address(address=staff.email, name=staff.name), auto_reply=True, **said)
    )
