"""How an answer finds its thread: signed addresses, signed message ids, and an index of message ids.

SES overwrites our Message-ID and some phones drop References, so each mail carries three keys: a token in
the Reply-To address, the same token as the first of its References, and the id that SES gave it. A token
routes; it proves nobody's identity.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable

from chalicelib.kernel import tokens

_KEY_ID = "1"
_TOKEN = re.compile(r"(?P<ulid>[0-7][0-9a-hjkmnp-tv-z]{25})(?P<key_id>[0-9])(?P<tag>[a-z2-7]{16})")
_TAG = re.compile(r"\[#([0-9A-HJKMNP-TV-Z]{8})\]")
MAX_LOOKED_UP = 5


def _token(ulid: str) -> str:
    """26 characters of ULID, one of key id, 16 of an 80-bit MAC: lower case, since mail may fold case."""
    tag = base64.b32encode(tokens.tag("thread", ulid.lower(), _KEY_ID)).decode().lower()
    return f"{ulid.lower()}{_KEY_ID}{tag}"


def _read_token(text: str) -> str | None:
    found = _TOKEN.fullmatch(text.lower())
    if found is None:
        return None
    try:
        given = base64.b32decode(found["tag"].upper())
    except binascii.Error:
        return None
    valid = tokens.matches("thread", found["ulid"], given, found["key_id"])
    return found["ulid"].upper() if valid else None


def reply_address(ulid: str, mailbox: str) -> str:
    """The mailbox with the thread's token as its plus-tag; the local part stays within 64 characters."""
    local, _, domain = mailbox.partition("@")
    return f"{local[:20]}+{_token(ulid)}@{domain}"


def signed_id(ulid: str, domain: str) -> str:
    """A message id, without brackets, that leads to the thread: the first of our References."""
    return f"{_token(ulid)}@{domain}"


def from_addresses(addresses: Iterable[str]) -> str | None:
    """The ULID of the thread whose token is in one of these envelope recipients."""
    for address in addresses:
        plus_tag = address.partition("@")[0].partition("+")[2]
        if ulid := _read_token(plus_tag):
            return ulid
    return None


def from_ids(message_ids: Iterable[str]) -> str | None:
    """The ULID of the thread whose signed id is among these message ids."""
    for message_id in message_ids:
        if ulid := _read_token(message_id.partition("@")[0]):
            return ulid
    return None


def tag_of(ulid: str) -> str:
    """The short tag that people see in subjects: the last eight characters of the id."""
    return ulid[-8:].upper()


def tags_in(subject: str) -> list[str]:
    """The tags in a subject, as written `[#7KQ2M9XB]`."""
    return _TAG.findall(subject.upper())


def index_key(kind: str, value: str) -> str:
    """The partition of a thread key; hashed, since message ids are long and may hold addresses."""
    return f"THR#{hashlib.sha256(f'{kind}:{value}'.encode()).hexdigest()[:40]}"


def keys_of_ids(message_ids: Iterable[str]) -> list[str]:
    """Where a thread may be indexed under these ids: as somebody's Message-ID, or as an id SES gave us.

    SES adds a domain to its ids on the wire that its API does not tell, so those match on the left part.
    Of many ids the first five are looked up.
    """
    keys = []
    for message_id in list(message_ids)[:MAX_LOOKED_UP]:
        keys.append(index_key("ses", message_id.partition("@")[0]))
        keys.append(index_key("mid", message_id))
    return list(dict.fromkeys(keys))
