"""Whoever comes to the door without the right key: what each sends as `Authorization`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chalicelib.access import model, service, store
from chalicelib.access.model import NewApiKey
from chalicelib.kernel import ids
from chalicelib.kernel.commit import commit
from chalicelib.kernel.principals import SYSTEM
from chalicelib.kernel.work import Work
from chalicelib.mail import links
from tests.memory import ROOT_SECRET

ALL = NewApiKey.model_validate({"name": "intruder", "scopes": ["*"]})


def header(text: str, scheme: str = "Bearer") -> str:
    return f"{scheme} {text}"


def valid() -> str:
    """A key that opens everything."""
    work = Work()
    made = service.create_key(work, ALL)
    commit(work)
    return made.key


def expired() -> str:
    """A key that was valid until a moment ago."""
    at = ids.now() - timedelta(hours=1)
    new = ALL.model_copy(update={"valid_until": at + timedelta(minutes=1)})
    stored, text = model.create(new, creator=SYSTEM, at=at)
    work = Work()
    store.add_key(work, stored)
    commit(work)
    return text


def revoked() -> str:
    text = valid()
    work = Work()
    service.revoke_key(work, f"key_{text.split('_')[1]}")
    commit(work)
    return text


def elsewhere() -> str:
    """A key of another installation, of which nothing is known here."""
    return model.create(ALL, creator=SYSTEM, at=ids.now())[1]


def crossed() -> str:
    """The id of one key with the secret of another."""
    return "_".join([*valid().split("_", 2)[:2], elsewhere().split("_", 2)[2]])


def by_its_hash() -> str:
    """What the table keeps of a key, in place of its secret."""
    text = valid()
    _, identifier, secret = text.split("_", 2)
    digest = hashlib.sha256(secret.encode()).digest()
    return f"rk_{identifier}_{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def web_token(algorithm: str, secret: bytes | None = None) -> str:
    """A JSON Web Token (RFC 7519) that says that its bearer may do everything."""
    claims = {"sub": f"key_{valid().split('_')[1]}", "scopes": "*", "scope": "*", "exp": 9999999999}
    parts = [json.dumps(one).encode() for one in ({"alg": algorithm, "typ": "JWT"}, claims)]
    signed = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    tag = hmac.digest(secret, signed.encode(), "sha256") if secret is not None else b""
    return f"{signed}.{base64.urlsafe_b64encode(tag).decode().rstrip('=')}"


def portal_token() -> str:
    """A customer's link in place of a key."""
    until = ids.now() + timedelta(days=1)
    url = links.portal_url("", "cus_01J00000000000000000000000", "lnk_01J00000000000000000000000", until)
    return url.rpartition("/")[2]


def basic() -> str:
    """HTTP Basic (RFC 7617) with a key that is valid."""
    return base64.b64encode(f"{valid()}:".encode()).decode()


REFUSED: dict[str, Callable[[], str | None]] = {
    "nobody": lambda: None,
    "an empty header": lambda: "",
    "no key": lambda: "Bearer ",
    "an expired key": lambda: header(expired()),
    "a revoked key": lambda: header(revoked()),
    "a key of another installation": lambda: header(elsewhere()),
    "one key's id with another's secret": lambda: header(crossed()),
    "a key's hash": lambda: header(by_its_hash()),
    "a key's id": lambda: header(valid().rpartition("_")[0]),
    "a key without a scheme": valid,
    "a key by another scheme": lambda: header(valid(), "Token"),
    "a key by Basic": lambda: header(basic(), "Basic"),
    "two keys": lambda: header(f"{valid()}, {valid()}"),
    "a token with alg none": lambda: header(web_token("none")),
    "a token with alg None": lambda: header(web_token("None")),
    "a token signed with nothing": lambda: header(web_token("HS256", b"")),
    "a token signed with the root secret": lambda: header(web_token("HS256", base64.b64decode(ROOT_SECRET))),
    "a token with alg none by JWT": lambda: header(web_token("none"), "JWT"),
    "a customer's link": lambda: header(portal_token()),
    "AWS's own signature": lambda: "AWS4-HMAC-SHA256 Credential=testing/20261128/us-east-1/execute-api",
}
"""Makes of each who is refused the header that they send."""


def lacking(scope: str) -> list[Any]:
    """The scopes of callers who may together do all but this: a key has 40 at most."""
    others = [one for one in model.Scope.__args__ if one not in ("*", scope)]  # type: ignore[attr-defined]
    return [others[:40], others[40:]]
