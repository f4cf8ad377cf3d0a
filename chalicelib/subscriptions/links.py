"""The link in a confirmation mail: signed, so that nothing is stored for it, and good for a week."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel import ids, tokens

_PAYLOAD = re.compile(
    rf"({ids.ULID_PATTERN}) ([a-z0-9_-]{{1,40}}) ([0-9a-f]{{64}}) (\d{{1,12}}) ([a-z]{{2}})"
)


class Invitation(NamedTuple):
    """What a link stands for: whom we asked about which topic, where, until when, in which language."""

    customer_id: str
    topic: str
    address_hash: str
    expires_at: int
    language: str

    def is_over(self, at: datetime) -> bool:
        return self.expires_at <= at.timestamp()


def address_hash(address: str) -> str:
    """An address without naming it, in links and in the item of what is pending."""
    return tokens.keyed_hash("consent", address.casefold())


def seal(invitation: Invitation) -> str:
    """The token of a link, in URL-safe characters."""
    return tokens.seal("consent", " ".join(str(part) for part in invitation).removeprefix("cus_"))


def unseal(token: str) -> Invitation | None:
    """What a token stands for; None for one that we did not make."""
    read = _PAYLOAD.fullmatch(tokens.unseal("consent", token) or "")
    return Invitation(f"cus_{read[1]}", read[2], read[3], int(read[4]), read[5]) if read else None
