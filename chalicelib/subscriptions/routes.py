"""Double opt-in over HTTP: asking for it with a key, and the public page that answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from chalicelib.customers.model import CustomerId
from chalicelib.kernel.http.routes import Link, Raw, Routes
from chalicelib.kernel.work import Work
from chalicelib.subscriptions import confirming, page
from chalicelib.subscriptions import service as subscriptions
from chalicelib.subscriptions.model import NewConfirmation, NewSubscription, Subscription

routes = Routes("Consent", __name__)
Token = Annotated[str, StringConstraints(max_length=1000)]


@routes.post("/v1/subscriptions", scope="consent:write")
def subscribe(body: NewSubscription, work: Work, link: Link) -> Subscription:
    """Take a sign-up by e-mail down; who is new becomes a lead.

    For a topic with double opt-in it is `pending`, and a mail asks them to confirm, in their language.
    409 `asked_recently` when the address was asked within the hour, or five times within a day.
    """
    return subscriptions.subscribe(work, body, link)


@routes.post("/v1/customers/{customer_id}/consents/confirmations", scope="consent:write")
def ask_for_confirmation(
    customer_id: CustomerId, body: NewConfirmation, work: Work, link: Link
) -> Subscription:
    """Ask a customer by mail to confirm that they want a topic; until then it is `pending`.

    409 `asked_recently` when the address was asked within the hour, or five times within a day.
    """
    return subscriptions.ask(work, customer_id, body, link)


@routes.get("/confirm/{token}", public=True)
def look_at_confirmation(token: Token) -> Raw:
    """Show the page behind the link in a confirmation mail. It changes nothing."""
    return page.shown(confirming.look(token), token)


@routes.post("/confirm/{token}", public=True)
def confirm(token: Token, work: Work) -> Raw:
    """Confirm, by the button of that page."""
    return page.shown(confirming.confirm(work, token), token)


@routes.post("/confirm/{token}/decline", public=True)
def decline(token: Token, work: Work) -> Raw:
    """Decline, by the other button of that page."""
    return page.shown(confirming.decline(work, token), token)
