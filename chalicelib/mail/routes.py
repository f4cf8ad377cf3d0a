"""Messages over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.kernel.addresses import EmailAddress
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.mail import attaching, contents, outgoing, queueing, suppression
from chalicelib.mail import service as mail
from chalicelib.mail.model import Content, Download, ListedClass, Message, MessageId, State
from chalicelib.mail.new_mail import NewMail, NewTest, NewUpload, Upload
from chalicelib.mail.suppression import Lifting, NewSuppression, Suppression, SuppressionId
from chalicelib.templates.model import TemplateId

routes = Routes("Messages", __name__)
AttachmentId = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class MessageQuery(PageParameters):
    """Which list: exactly one of these."""

    thread: Annotated[Literal["none"] | None, Field(description="`none`: what joined no ticket.")] = None
    mail_class: Annotated[
        ListedClass | None,
        Field(
            alias="class", description="What came in and is of this class; people's mail is in its tickets."
        ),
    ] = None
    state: Annotated[
        State | None, Field(description="What SES's verdicts came to: the gravest state counts.")
    ] = None


@routes.post("/v1/messages", scope="messages:write", status=201, location="/v1/messages/{id}")
def send_mail(body: NewMail, work: Work) -> Message:
    """Send a mail to a customer or an address, now or at `send_at`.

    It says what you write, or what a template says with your `values`. It is queued here, and sent once; its
    `status` tells what became of it. Only where SES's answer was lost is it `uncertain` whether it went out:
    an answer or a notice is sent again, a mail on a topic is not.
    """
    return outgoing.send(work, body)


@routes.post("/v1/messages/{message_id}/cancel", scope="messages:write")
def cancel_mail(message_id: MessageId, work: Work) -> Message:
    """Take back a mail that still waits to be sent. 409 `not_waiting` when it does not."""
    return queueing.cancel(work, message_id)


@routes.post("/v1/attachments", scope="messages:write", status=201, secret=True)
def upload_attachment(body: NewUpload, work: Work) -> Upload:
    """Get a link to PUT a file to, within the hour; a mail or an answer may attach it within 30 days.

    Attachments of a mail have 25 MB together. Those that do not fit into the 10 MB that SES sends go as a
    link that works for 30 days.
    """
    return attaching.upload(work, body)


@routes.post("/v1/templates/{template_id}/test", scope="templates:write", status=201)
def send_template_test(template_id: TemplateId, body: NewTest, work: Work) -> Message:
    """Mail a template, by default its draft, to one of the staff. What is missing stands in brackets."""
    return outgoing.send_test(work, template_id, body)


class SuppressionQuery(PageParameters):
    email: Annotated[EmailAddress | None, Field(description="Look this address up.")] = None


@routes.get("/v1/suppressions", scope="suppressions:read")
def list_suppressions(query: SuppressionQuery) -> Page[Suppression]:
    """List addresses that get no mail from us, the latest first, or look one up.

    What is stored is a hash, so the list names nobody. It lags a moment; a look-up does not.
    """
    if query.email is not None:
        found = suppression.of_address(query.email)
        return Page(data=[found] if found else [])
    data, position = suppression.newest(limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.post("/v1/suppressions", scope="suppressions:write", status=201)
def add_suppression(body: NewSuppression, work: Work) -> Suppression:
    """Suppress an address until it is lifted: nothing is sent to it, not even answers."""
    return suppression.add(work, body)


@routes.post("/v1/suppressions/{suppression_id}/lift", scope="suppressions:write", status=204)
def lift_suppression(suppression_id: SuppressionId, body: Lifting, work: Work) -> None:
    """Let an address be mailed again; say why. SES's own list may still hold it back."""
    suppression.lift(work, suppression_id, body)


@routes.get("/v1/messages", scope="messages:read")
def list_messages(query: MessageQuery) -> Page[Message]:
    """List what came in and joined no ticket, or is of a class, or in a state, newest first.

    Lags a moment. A ticket's messages are listed with the ticket. A mail of class `unreadable` can be read
    again (`POST /v1/messages/{id}/retry`).
    """
    data, position = mail.listed(
        thread=query.thread,
        mail_class=query.mail_class,
        state=query.state,
        limit=query.limit,
        after=query.cursor,
    )
    return Page(data=data, next_cursor=position)


@routes.get("/v1/messages/{message_id}", scope="messages:read")
def read_message(message_id: MessageId) -> Message:
    """Read a message."""
    return mail.get(message_id)


@routes.get("/v1/messages/{message_id}/content", scope="messages:read")
def read_message_content(message_id: MessageId) -> Content:
    """Read a message's texts in full, and its sanitised HTML."""
    return contents.content(message_id)


@routes.get("/v1/messages/{message_id}/raw", scope="messages:read")
def read_message_source(message_id: MessageId) -> Download:
    """Get a link to the mail as it came in."""
    return contents.raw_link(message_id)


@routes.get("/v1/messages/{message_id}/attachments/{attachment_id}", scope="messages:read")
def read_message_attachment(message_id: MessageId, attachment_id: AttachmentId) -> Download:
    """Get a link to an attachment."""
    return contents.attachment_link(message_id, attachment_id)
