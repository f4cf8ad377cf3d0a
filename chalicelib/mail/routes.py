"""Messages over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.mail import service as mail
from chalicelib.mail.model import Content, Download, ListedClass, Message, MessageId, NewMail, State

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
    """Send a mail to a customer or an address. It is queued here; its `status` tells what became of it."""
    return mail.send(work, body)


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
    return mail.content(message_id)


@routes.get("/v1/messages/{message_id}/raw", scope="messages:read")
def read_message_source(message_id: MessageId) -> Download:
    """Get a link to the mail as it came in."""
    return mail.raw_link(message_id)


@routes.get("/v1/messages/{message_id}/attachments/{attachment_id}", scope="messages:read")
def read_message_attachment(message_id: MessageId, attachment_id: AttachmentId) -> Download:
    """Get a link to an attachment."""
    return mail.attachment_link(message_id, attachment_id)
