"""A mailbox of ours: an address people write to, what its mails are for, and how we answer from it."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field

from chalicelib.access.model import TeamId
from chalicelib.customers.model import Locale
from chalicelib.kernel import ids, patches
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc
from chalicelib.mail.parts import Address

MailboxId = Annotated[str, ids.id_of("mbx")]
Purpose = Literal["support", "feedback"]

MAX_MAILBOXES = 50
"""All of them are one item, which each worker keeps."""
MAX_SIGNATURE = 400

_ADDRESS = re.compile(r"[a-z0-9][a-z0-9._-]{0,19}@[a-z0-9.-]{1,253}")


def _own_address(address: str) -> str:
    """Lower case, its local part short enough to carry a thread's token within 64 characters."""
    folded = address.casefold()
    if not _ADDRESS.fullmatch(folded):
        raise ValueError("is no address of 20 letters, digits, `.`, `_`, `-` at most before the @")
    return folded


class NewMailbox(Model):
    address: Annotated[
        str,
        Line(254),
        AfterValidator(_own_address),
        Field(json_schema_extra={"pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,19}@[A-Za-z0-9.-]{1,253}$"}),
    ]
    name: Annotated[str, Line(100), Field(description="Whom its mails come from.")]
    purpose: Purpose = "support"
    team: TeamId | None = None
    language: Annotated[
        Locale | None, Field(description="That of its mails, where a mail does not tell its own.")
    ] = None
    acknowledge: Annotated[
        bool | None,
        Field(description="Whether a new ticket is acknowledged; unless said, for `support` it is."),
    ] = None
    signature: Annotated[str, Text(MAX_SIGNATURE)] | None = None
    active: bool = True


class MailboxPatch(Model):
    """A JSON Merge Patch (RFC 7396). A mailbox keeps its address."""

    name: Annotated[str, Line(100)] = ""
    purpose: Purpose = "support"
    team: TeamId | None = None
    language: Locale | None = None
    acknowledge: bool = True
    signature: Annotated[str, Text(MAX_SIGNATURE)] | None = None
    active: bool = True


class Mailbox(Stored):
    """A mailbox. Mails to a `feedback` one open no ticket; an inactive one's go to the default mailbox."""

    id: MailboxId
    version: int
    address: str
    name: str
    purpose: Purpose
    team: str | None = None
    language: str | None = None
    acknowledge: bool
    signature: str | None = None
    active: bool = True
    created_at: Utc | None = None
    updated_at: Utc | None = None

    @classmethod
    def made(cls, new: NewMailbox, *, at: Utc) -> Self:
        acknowledge = new.purpose == "support" if new.acknowledge is None else new.acknowledge
        given = new.model_dump() | {"acknowledge": acknowledge}
        return cls(id=id_of(new.address), version=1, created_at=at, updated_at=at, **given)

    @classmethod
    def default(cls, address: str, name: str) -> Self:
        """The one that is there without anybody making it."""
        return cls(
            id=id_of(address), version=0, address=address, name=name, purpose="support", acknowledge=True
        )

    @property
    def sender(self) -> Address:
        """What its mails have in From."""
        return Address(address=self.address, name=self.name)

    def patched(self, patch: MailboxPatch, *, at: Utc) -> Self:
        """The mailbox after the patch; the same object when nothing changes."""
        given: dict[str, Any] = patches.given(patch)
        if not patches.changed(self, given):
            return self
        return self.model_copy(update=given | {"version": self.version + 1, "updated_at": at})


class Mailboxes(Stored):
    """All mailboxes, the default one first. `version` counts the changes of them all."""

    version: int = 0
    data: list[Mailbox] = []

    def find(self, mailbox_id: str) -> Mailbox | None:
        return next((one for one in self.data if one.id == mailbox_id), None)

    def at(self, address: str) -> Mailbox | None:
        """The active mailbox that mail to an address comes to, with whatever plus-tag."""
        local, _, domain = address.casefold().rpartition("@")
        bare = f"{local.partition('+')[0]}@{domain}"
        return next((one for one in self.data if one.active and one.address == bare), None)


def id_of(address: str) -> str:
    """A mailbox's id follows from its address, so that no two can have the same."""
    return ids.keyed_id("mbx", address)
