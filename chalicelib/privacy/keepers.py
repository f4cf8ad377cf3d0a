"""Who keeps something about a customer: the one table that access and erasure go through.

Order matters to erasure. The profile goes first, so that nobody is recognised any more and nothing new is
filed with them; tickets go before events, which name the messages; what is left of the partition goes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.consent import service as consent
from chalicelib.customers import erasure as customers
from chalicelib.directory import service as directory
from chalicelib.duplicates import service as duplicates
from chalicelib.feedback import service as feedback
from chalicelib.followups import erasure as followups
from chalicelib.invitations import service as invitations
from chalicelib.kernel import blobs
from chalicelib.kernel.blobs import StoredObject
from chalicelib.kernel.config import settings
from chalicelib.kernel.work import Work
from chalicelib.mail import erasure as mail
from chalicelib.privacy import store
from chalicelib.suggestions import erasure as suggestions
from chalicelib.support import erasure as support
from chalicelib.tasks import service as tasks
from chalicelib.timeline import service as timeline

Records = Callable[[str], Iterator[dict[str, Any]]]
Files = Callable[[str], Iterator[StoredObject]]
Erase = Callable[[Work, str], dict[str, int]]
"""Adds to a Work what removes some of a customer's things, 95 writes at most, and says how many of what kind.

It removes their objects at once, before the Work is committed. Empty when there is nothing left, and only
then; a repeat finds what the commit before it left, so that nothing is counted twice.
"""


ARCHIVES = 20
"""Archives that one transaction removes at most."""


@dataclass(frozen=True)
class Keeper:
    """One feature's part. `records` and `files` are for access; what is nobody's to see has none.

    `told` says in the archive what the records are, to the person they are about.
    """

    name: str
    erase: Erase
    records: Records | None = None
    files: Files | None = None
    told: str = ""


def _erase_profile(work: Work, customer_id: str) -> dict[str, int]:
    """Free identities, and suppress their addresses, so that a later import does not mail who was erased."""
    freed = customers.erase(work, customer_id)
    suppressed = mail.suppress_erased(work, freed.addresses)
    return freed.counts | ({"suppressions": suppressed} if suppressed else {})


def _erase_archives(work: Work, customer_id: str) -> dict[str, int]:
    """Remove what was collected for them, and for whom they were merged with; that it was asked stays."""
    survivors = [customer_id, *sorted(customers.once_merged_into(customer_id))]
    each = (store.access_of_customer(customer_id, survivor, limit=ARCHIVES) for survivor in survivors)
    found = [one for some in each for one in some][:ARCHIVES]
    for access in found:
        blobs.erase(store.folder(access.id), bucket=settings().files_bucket)
        changed = {"state": "erased", "volumes": [], "version": access.version + 1}
        store.replace_access(work, access.model_copy(update=changed))
    return {"archives": len(found)} if found else {}


def _counted(kind: str, erase: Callable[[Work, str], int]) -> Erase:
    """For features that keep one kind of things, and say how many they removed."""

    def counted(work: Work, customer_id: str) -> dict[str, int]:
        count = erase(work, customer_id)
        return {kind: count} if count else {}

    return counted


KEEPERS: tuple[Keeper, ...] = (
    Keeper("profile", _erase_profile, customers.export_of, told="who you are to us"),
    Keeper("archives", _erase_archives),
    Keeper("merges", customers.erase_told),
    Keeper("tickets", support.erase, support.export_of, support.files_of, told="what you asked of us"),
    Keeper("tasks", tasks.erase, tasks.export_of, told="what we meant to do for you"),
    Keeper("followups", followups.erase, followups.export_of, told="what came of what you said"),
    Keeper(
        "consents", consent.erase, consent.export_of, told="what you allow, and how you like to be reached"
    ),
    Keeper(
        "duplicates",
        _counted("duplicates", duplicates.erase),
        duplicates.export_of,
        told="that another entry may be of you",
    ),
    Keeper("index", directory.erase),
    Keeper(
        "invitations",
        _counted("invitations", invitations.erase),
        invitations.export_of,
        told="surveys that we invited you to",
    ),
    Keeper("feedback", feedback.erase, feedback.export_of, told="what you said in surveys"),
    Keeper("suggestions", suggestions.erase, suggestions.export_of, told="what you suggested and voted for"),
    Keeper(
        "messages", mail.erase, mail.export_of, mail.files_of, told="mails both ways, and notes about you"
    ),
    # The events went with the messages they name.
    Keeper("timeline", customers.erase_rest, timeline.export_of, told="what happened, oldest first"),
)
