"""The link in a confirmation mail: signed, so that nothing is stored for it, and good for a week."""

from __future__ import annotations

import base64
import binascii
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
    payload = " ".join(str(part) for part in invitation).removeprefix("cus_")
    signed = tokens.tag("consent", payload) + payload.encode()
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def unseal(token: str) -> Invitation | None:
    """What a token stands for; None for one that we did not make."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        given, payload = raw[: tokens.TAG_BYTES], raw[tokens.TAG_BYTES :].decode()
    except (binascii.Error, ValueError):
        return None
    read = _PAYLOAD.fullmatch(payload)
    if read is None or not tokens.matches("consent", payload, given):
        return None
    return Invitation(f"cus_{read[1]}", read[2], read[3], int(read[4]), read[5])
