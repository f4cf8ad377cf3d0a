"""Signed links, each of its own kind: the right one, and all that are like it and are none."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.kernel import tokens
from tests.intruders import callers

ELSEWHERE = b"another installation's secret..."
EXPIRED, YEAR_2286 = 1, 9_999_999_999


@dataclass(frozen=True)
class Kind:
    """Links of one purpose: what their token says of somebody, until when."""

    purpose: tokens.Purpose
    payload: str

    def until(self, end: int = YEAR_2286) -> str:
        return self.payload.format(until=end)

    @property
    def right(self) -> str:
        return tokens.seal(self.purpose, self.until())

    @property
    def expired(self) -> str:
        return tokens.seal(self.purpose, self.until(EXPIRED))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _signed(secret: bytes, info: str, payload: str) -> str:
    key = tokens.hkdf(secret, info.encode())
    return _encoded(hmac.digest(key, payload.encode(), "sha256")[: tokens.TAG_BYTES] + payload.encode())


def forged(kind: Kind, others: list[Kind], somebody_else: Kind) -> Iterator[tuple[str, str]]:
    """Tokens that nobody here made for this, by what is wrong with each."""
    payload = kind.until()
    tag = tokens.tag(kind.purpose, payload)
    yield "none at all", "x"
    yield "cut", kind.right[:-1]
    yield "longer", kind.right + "AAAA"
    yield "without a tag", _encoded(payload.encode())
    yield "with an empty tag", _encoded(bytes(tokens.TAG_BYTES) + payload.encode())
    yield "with half a tag", _encoded(tag[:5] + payload.encode())
    yield "with a bit of the tag turned", _encoded(bytes([tag[0] ^ 1]) + tag[1:] + payload.encode())
    yield "for longer than it was", _encoded(tag + kind.until(YEAR_2286 - 1).encode())
    yield "about somebody else", _encoded(tag + somebody_else.until().encode())
    yield "with what follows", _encoded(tag + payload.encode() + b" x")
    yield "of another installation", _signed(ELSEWHERE, f"{kind.purpose}/1", payload)
    yield "by another key of ours", _encoded(tokens.tag(kind.purpose, payload, "2") + payload.encode())
    yield "not signed (alg none)", callers.web_token("none")
    yield "a key", callers.valid()
    yield "no text", _encoded(tokens.TAG_BYTES * b"\xff" + b"\xff\xfe")
    for other in others:
        yield f"signed for {other.purpose}", tokens.seal(other.purpose, payload)
        yield f"a link for {other.purpose}", other.right
    for purpose in ("cursor", "webhook", "suppression", "vote", "thread"):
        yield f"signed for {purpose}", tokens.seal(purpose, payload)
