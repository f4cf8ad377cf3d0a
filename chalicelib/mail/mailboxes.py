"""What can be done with mailboxes; they are one item, kept in the process for 30 s.

The support address is the default mailbox: it is always there, and takes what no other one does.
"""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.access import service as access
from chalicelib.kernel import table
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Conflict, Invalid, NotFound, Stale
from chalicelib.kernel.events import changes
from chalicelib.kernel.kept import Kept
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.mail.events import MailboxChanged
from chalicelib.mail.mailbox_model import MAX_MAILBOXES, Mailbox, Mailboxes, MailboxPatch, NewMailbox

KEY = Key("MAILBOXES", "MAILBOXES")
NOTIFIER_TAG = "+notices"
"""What our address ends in, before its @, where notices to staff come from."""


def read() -> Mailboxes:
    """The mailboxes as they are now, the default one first: one call."""
    item = table.get(KEY)
    found = Mailboxes.model_validate(item, strict=False) if item else Mailboxes()
    address = settings().support_address.casefold()
    own = next((one for one in found.data if one.address == address), None)
    default = own or Mailbox.default(address, settings().business_name)
    return found.model_copy(update={"data": [default, *(one for one in found.data if one is not own)]})


_kept = Kept(read)


def current() -> Mailboxes:
    """The mailboxes, as they were 30 seconds ago at most: no call while they are kept, else one."""
    return _kept.current()


def default() -> Mailbox:
    """The mailbox that is always there."""
    return current().data[0]


def notifier() -> Mailbox:
    """Where notices to staff come from: the default mailbox, tagged, so that answers to them are known."""
    box = default()
    local, _, domain = box.address.partition("@")
    return box.model_copy(update={"address": f"{local[:40]}{NOTIFIER_TAG}@{domain}", "signature": None})


def answers_notice(recipients: Iterable[str]) -> bool:
    """Whether a mail went to whom notices come from: it is no customer's, and nobody is to answer it."""
    return any(one.casefold().partition("@")[0].endswith(NOTIFIER_TAG) for one in recipients)


def of_address(address: str | None) -> Mailbox:
    """The mailbox with an address, or the default one; also where it is gone."""
    return (address and current().at(address)) or default()


def addressed(recipients: Iterable[str]) -> list[Mailbox]:
    """The mailboxes that a mail to these recipients came to, each once; the default one for all others."""
    found = {box.id: box for box in (of_address(recipient) for recipient in recipients)}
    return list(found.values()) or [default()]


def are_ours(address: str) -> bool:
    """Whether mail to an address comes to us: SES receives the whole domain."""
    domain = address.casefold().rpartition("@")[2]
    return domain == settings().support_address.casefold().rpartition("@")[2]


def get(mailbox_id: str) -> Mailbox:
    """Raises NotFound."""
    return _known(read(), mailbox_id)


def add(work: Work, new: NewMailbox) -> Mailbox:
    """Add a mailbox. Raises Invalid `other_domain`, Conflict `mailbox_exists` or `too_many_mailboxes`."""
    if not are_ours(new.address):
        raise Invalid.in_body("address", "must be of the mail domain", "other_domain")
    before = read()
    mailbox = Mailbox.made(new, at=work.now)
    known = before.find(mailbox.id)
    if known is not None and known.version:
        raise Conflict("There is a mailbox with that address.", code="mailbox_exists")
    if len(before.data) >= MAX_MAILBOXES:
        raise Conflict(f"There are {MAX_MAILBOXES} mailboxes already.", code="too_many_mailboxes")
    _check_default(mailbox)
    _require_team(work, mailbox)
    _write(work, before, [*(one for one in before.data if one is not known), mailbox])
    work.record(KEY.pk, MailboxChanged(mailbox_id=mailbox.id, changed=["created"]))
    return mailbox


def change(work: Work, mailbox_id: str, patch: MailboxPatch) -> Mailbox:
    """Apply a merge patch. Raises NotFound, Stale, Invalid, Conflict `default_mailbox`."""
    before = read()
    old = _known(before, mailbox_id)
    work.check_version(old.version)
    new = old.patched(patch, at=work.now)
    if new is old:
        return old
    _check_default(new)
    _require_team(work, new)
    _write(work, before, [new if one is old else one for one in before.data])
    named = sorted(part for part in patch.model_fields_set if getattr(old, part) != getattr(new, part))
    work.record(
        KEY.pk, MailboxChanged(mailbox_id=mailbox_id, changed=named), private=changes(old, new, named)
    )
    return new


def remove(work: Work, mailbox_id: str) -> None:
    """Remove a mailbox; its mails go to the default one. Raises NotFound, Stale, Conflict."""
    before = read()
    mailbox = _known(before, mailbox_id)
    work.check_version(mailbox.version)
    if mailbox.address == before.data[0].address:
        raise Conflict("The default mailbox stays.", code="default_mailbox")
    _write(work, before, [one for one in before.data if one is not mailbox])
    work.record(KEY.pk, MailboxChanged(mailbox_id=mailbox_id, changed=["deleted"]))


def _check_default(mailbox: Mailbox) -> None:
    """The default mailbox takes what no other does, so it is active and for support."""
    is_default = mailbox.address == settings().support_address.casefold()
    if is_default and (mailbox.purpose != "support" or not mailbox.active):
        raise Conflict("The default mailbox is active and for support.", code="default_mailbox")


def _known(mailboxes: Mailboxes, mailbox_id: str) -> Mailbox:
    mailbox = mailboxes.find(mailbox_id)
    if mailbox is None:
        raise NotFound("There is no such mailbox.", code="no_such_mailbox")
    return mailbox


def _require_team(work: Work, mailbox: Mailbox) -> None:
    if mailbox.team:
        access.require_team(work, mailbox.team, "team")


def _write(work: Work, before: Mailboxes, data: list[Mailbox]) -> None:
    """The default mailbox is kept once somebody changed it."""
    kept = [one.model_dump(mode="json", exclude_none=True) for one in data if one.version]
    item = {**KEY._asdict(), "version": before.version + 1, "data": kept}
    if before.version:
        work.replace(item, version=before.version)
    else:
        work.put(item, unless_exists=Stale("Somebody else made the first mailbox meanwhile."))
    _kept.forget()
