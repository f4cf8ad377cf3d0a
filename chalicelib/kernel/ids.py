"""Identifiers and the clock: `cus_01J…`, a readable prefix and a ULID (github.com/ulid/spec)."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from threading import Lock

from pydantic import StringConstraints

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The first moment that a ULID can tell."""
MILLISECOND = timedelta(milliseconds=1)

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ULID_PATTERN = "[0-7][0-9A-HJKMNP-TV-Z]{25}"


def now() -> datetime:
    """The current time in UTC, to the millisecond, which is what ULIDs and JSON carry."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def stamp(at: datetime) -> str:
    """RFC 3339 with milliseconds and `Z`: sorts as it reads."""
    return at.isoformat(timespec="milliseconds")[:23] + "Z"


def _base32(number: int, length: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(length - 1, -1, -1))


_last = [0, 0]
"""The moment and the random part of the newest ULID of this process."""
_making = Lock()


def ulid(at: datetime, randomness: bytes | None = None) -> str:
    """A ULID of the moment `at`; 80 random bits unless `randomness` (10 bytes) is given.

    Those made one after the other in one millisecond sort in that order (the spec's monotonic ULIDs), so
    that what one request records keeps its order.
    """
    moment = (at - EPOCH) // MILLISECOND
    if randomness is not None:
        return _base32(moment, 10) + _base32(int.from_bytes(randomness, "big"), 16)
    with _making:
        tail = _last[1] + 1 if moment == _last[0] else int.from_bytes(os.urandom(10), "big") >> 1
        _last[:] = moment, tail
    return _base32(moment, 10) + _base32(tail, 16)


def new_id(prefix: str, at: datetime) -> str:
    """A new id such as `cus_01J…` that sorts by the time `at`."""
    return f"{prefix}_{ulid(at)}"


def derived_id(prefix: str, at: datetime, *parts: str) -> str:
    """An id whose random part follows from `parts`: the same parts and time give the same id."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return f"{prefix}_{ulid(at, digest[:10])}"


def keyed_id(prefix: str, *parts: str) -> str:
    """An id that follows from `parts` alone, its time part too: it does not tell when it was made."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return f"{prefix}_{_base32(int.from_bytes(digest[:16], 'big'), 26)}"


def id_of(prefix: str) -> StringConstraints:
    """`Annotated[str, id_of("cus")]`: ids with this prefix; an id of another kind is refused."""
    return StringConstraints(pattern=f"^{prefix}_{ULID_PATTERN}$")
