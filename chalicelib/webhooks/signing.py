"""Signatures by Standard Webhooks (github.com/standard-webhooks/standard-webhooks, version 1).

A secret follows from the root secret, the webhook's id and its number: nothing that could leak is stored.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime

from chalicelib.kernel import tokens

PREFIX = "whsec_"


def secret(webhook_id: str, number: int) -> str:
    """The secret of a webhook with this number, as its receiver is given it: 256 bits in base64."""
    key = hmac.digest(tokens.key("webhook"), f"{webhook_id}/{number}".encode(), "sha256")
    return PREFIX + base64.b64encode(key).decode()


def headers(message_id: str, at: datetime, body: bytes, secrets: Iterable[str]) -> dict[str, str]:
    """The three headers that say who sent this body, and when; a signature by each secret."""
    timestamp = str(int(at.timestamp()))
    signatures = [signature(message_id, timestamp, body, one) for one in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def signature(message_id: str, timestamp: str, body: bytes, secret: str) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
