"""Mailboxes over HTTP: the addresses that people write to."""

from __future__ import annotations

from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.mail import mailboxes
from chalicelib.mail.mailbox_model import Mailbox, Mailboxes, MailboxId, MailboxPatch, NewMailbox

routes = Routes("Mailboxes", __name__)


@routes.post("/v1/mailboxes", scope="mailboxes:write", status=201, location="/v1/mailboxes/{id}")
def add_mailbox(body: NewMailbox, work: Work) -> Mailbox:
    """Add a mailbox: an address of the mail domain. 409 `mailbox_exists`, `too_many_mailboxes` (50).

    Mails to it are sorted by its purpose within half a minute: those of `support` open tickets, those of
    `feedback` become comments. Mails to any other address of the domain go to the default mailbox.
    """
    return mailboxes.add(work, body)


@routes.get("/v1/mailboxes", scope="messages:read")
def list_mailboxes() -> Mailboxes:
    """List the mailboxes: all of them, the default one, which is always there, first."""
    return mailboxes.read()


@routes.get("/v1/mailboxes/{mailbox_id}", scope="messages:read")
def read_mailbox(mailbox_id: MailboxId) -> Mailbox:
    """Read a mailbox."""
    return mailboxes.get(mailbox_id)


@routes.patch("/v1/mailboxes/{mailbox_id}", scope="mailboxes:write")
def change_mailbox(mailbox_id: MailboxId, body: MailboxPatch, work: Work) -> Mailbox:
    """Change a mailbox, by JSON Merge Patch. The default one stays active and for support (409)."""
    return mailboxes.change(work, mailbox_id, body)


@routes.delete("/v1/mailboxes/{mailbox_id}", scope="mailboxes:write")
def remove_mailbox(mailbox_id: MailboxId, work: Work) -> None:
    """Remove a mailbox. Its tickets stay, and are answered from the default one. 409 for the default one."""
    mailboxes.remove(work, mailbox_id)
