"""The public pages behind the links below a mail: leaving its topic, choosing, large attachments."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from chalicelib.kernel.http.routes import Form, Link, Raw, Routes
from chalicelib.kernel.work import Work
from chalicelib.mail import downloading
from chalicelib.subscriptions import choice_pages, choosing

routes = Routes("Consent", __name__)
Token = Annotated[str, StringConstraints(max_length=1000)]


@routes.get("/unsubscribe/{token}", public=True)
def look_at_unsubscribing(token: Token) -> Raw:
    """Show the page behind the link to unsubscribe. It changes nothing."""
    return choice_pages.shown(choosing.look_at_leaving(token), token)


@routes.post("/unsubscribe/{token}", public=True)
def unsubscribe(token: Token, work: Work) -> Raw:
    """Leave the topic of a mail, by the button of that page, or of a mail program (RFC 8058)."""
    return choice_pages.shown(choosing.leave(work, token), token)


@routes.get("/preferences/{token}", public=True)
def look_at_preferences(token: Token) -> Raw:
    """Show what somebody gets, topic by topic, and in which language. It changes nothing."""
    return choice_pages.shown(choosing.look(token), token)


@routes.post("/preferences/{token}", public=True)
def choose_preferences(token: Token, form: Form, link: Link) -> Raw:
    """Choose what one gets, by the form of that page."""
    return choice_pages.shown(choosing.choose(token, form, link), token)


@routes.get("/download/{token}", public=True, content=(), redirects=302)
def download_attachment(token: Token) -> Raw:
    """Go to an attachment that was too large for its mail. It changes nothing."""
    return downloading.found(token)
