"""Keys and tags: one root secret, a key per purpose by HKDF (RFC 5869), short MACs to sign with.

The root is a base64 SSM SecureString, read once per process. Purposes carry a key id, so that a key can
be rotated by naming the next id; `suppression` never rotates, since its hashes must match for ever.
"""

from __future__ import annotations

import base64
import hmac
from functools import cache
from typing import Literal

from chalicelib.kernel import aws
from chalicelib.kernel.config import Misconfigured, settings
from chalicelib.kernel.table import busy_is_unavailable

Purpose = Literal[
    "cursor",
    "thread",
    "suppression",
    "consent",
    "preferences",
    "download",
    "vote",
    "webhook",
    "portal",
    "survey",
]

_SALT = b"rapport"
ROOT_BYTES = 32
TAG_BYTES = 10
"""80 bits: enough for a tag that an attacker can only try online."""


@cache
def _root() -> bytes:
    name = settings().secret_parameter
    with busy_is_unavailable("secret store"):
        answer = aws.ssm().get_parameter(Name=name, WithDecryption=True)
    try:
        root = base64.b64decode(answer["Parameter"].get("Value", ""), validate=True)
    except ValueError:
        root = b""
    if len(root) < ROOT_BYTES:
        raise Misconfigured(f"the secret in {name} is not base64 of {ROOT_BYTES} bytes or more")
    return root


def hkdf(secret: bytes, info: bytes, salt: bytes = _SALT) -> bytes:
    """32 bytes of key for `info`: HKDF-SHA-256, extract and one expand step (RFC 5869 §2)."""
    extracted = hmac.digest(salt, secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


@cache
def key(purpose: Purpose, key_id: str = "1") -> bytes:
    """The key of a purpose, 32 bytes."""
    return hkdf(_root(), f"{purpose}/{key_id}".encode())


def tag(purpose: Purpose, message: str, key_id: str = "1") -> bytes:
    """An 80-bit MAC of the message under the purpose's key."""
    return hmac.digest(key(purpose, key_id), message.encode(), "sha256")[:TAG_BYTES]


def matches(purpose: Purpose, message: str, given: bytes, key_id: str = "1") -> bool:
    """Whether `given` is the message's tag, in constant time."""
    return hmac.compare_digest(tag(purpose, message, key_id), given)


def seal(purpose: Purpose, payload: str) -> str:
    """A payload with its tag, in URL-safe characters: for links that store nothing."""
    signed = tag(purpose, payload) + payload.encode()
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def unseal(purpose: Purpose, token: str) -> str | None:
    """The payload of a token; None for one that we did not make."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        given, payload = raw[:TAG_BYTES], raw[TAG_BYTES:].decode()
    except ValueError:
        return None
    return payload if matches(purpose, payload, given) else None


def keyed_hash(purpose: Purpose, value: str) -> str:
    """A hash that only this installation can compute: finds a value again without storing it (256 bits)."""
    return hmac.digest(key(purpose), value.encode(), "sha256").hex()


def forget() -> None:
    """Drop what was derived; for tests, which change the root."""
    _root.cache_clear()
    key.cache_clear()
