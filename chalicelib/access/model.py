"""Who may use the API, and for whom: keys with scopes, staff, teams."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from chalicelib.kernel import ids
from chalicelib.kernel.addresses import EmailAddress
from chalicelib.kernel.errors import Forbidden, Invalid
from chalicelib.kernel.model import Line, Model, Stored, Utc, each_once
from chalicelib.kernel.principals import Principal

Scope = Literal[
    "*",
    "customers:read",
    "customers:write",
    "timeline:read",
    "timeline:write",
    "tickets:read",
    "tickets:write",
    "support:write",
    "macros:read",
    "macros:write",
    "portal:write",
    "messages:read",
    "messages:write",
    "templates:read",
    "templates:write",
    "suppressions:read",
    "suppressions:write",
    "feedback:read",
    "feedback:write",
    "followups:read",
    "followups:write",
    "suggestions:read",
    "suggestions:write",
    "ops:read",
    "ops:write",
    "surveys:read",
    "surveys:write",
    "invitations:read",
    "invitations:write",
    "staff:read",
    "staff:write",
    "staff:act",
    "keys:read",
    "keys:write",
    "organisations:read",
    "organisations:write",
    "fields:write",
    "mailboxes:write",
    "consent:read",
    "consent:write",
    "imports:read",
    "imports:write",
    "exports:read",
    "exports:write",
    "tasks:read",
    "tasks:write",
    "calendars:read",
    "calendars:write",
    "sla:read",
    "sla:write",
    "audit:read",
    "privacy:read",
    "privacy:write",
    "articles:read",
    "articles:write",
    "rules:read",
    "rules:write",
    "webhooks:read",
    "webhooks:write",
]
"""What a key can be allowed; `*` is everything.

A scope opens what belongs to its list: `timeline:read` shows subjects, previews and old and new values,
and the view of a customer; `tickets:read` the texts of a ticket's messages and notes. Writing answers with
what was written.
"""

Assignment = Literal["round_robin", "least_busy"]
"""How somebody is chosen in a team: whose turn it is, or who has the fewest open tickets."""
KeyId = Annotated[str, ids.id_of("key")]
Scopes = Annotated[
    list[Scope], Field(min_length=1, max_length=len(get_args(Scope))), AfterValidator(each_once)
]
"""As many as there are, at most."""

_KEY = re.compile(f"rk_({ids.ULID_PATTERN})_([A-Za-z0-9_-]{{43}})")
"""An API key as text: the ULID of its id, and 256 random bits in base64url."""

USE_RECORDED_EVERY = timedelta(hours=1)
"""How exact `last_used_at` is: a key in constant use is written once in this time, not at every call."""


class NewApiKey(Model):
    name: Annotated[str, Line(100)]
    scopes: Scopes
    valid_until: Utc | None = None


class ApiKey(Stored):
    """An API key without its secret, of which only a hash is stored."""

    id: KeyId
    version: int
    name: str
    scopes: list[Scope]
    created_at: Utc
    valid_until: Utc | None = None
    revoked_at: Utc | None = None
    last_used_at: Utc | None = None

    def is_valid(self, at: datetime) -> bool:
        """Whether the key opens anything at this time."""
        return self.revoked_at is None and (self.valid_until is None or at < self.valid_until)


class StoredApiKey(ApiKey):
    secret_hash: str

    def has_secret(self, secret: str) -> bool:
        """Compare in constant time. A fast hash suffices: the secret has 256 random bits."""
        return hmac.compare_digest(self.secret_hash, hash_of(secret))


class CreatedApiKey(ApiKey):
    """The one time that the key itself, `rk_…`, is shown."""

    key: str


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def create(new: NewApiKey, *, creator: Principal, at: datetime) -> tuple[StoredApiKey, str]:
    """A new key and its text. Nobody can give more than they have, and no key is born expired."""
    missing = [scope for scope in new.scopes if scope not in creator.scopes and "*" not in creator.scopes]
    if missing:
        raise Forbidden(
            "A key cannot grant scopes that its creator lacks.", code="missing_scope", scopes=missing
        )
    if new.valid_until is not None and new.valid_until <= at:
        raise Invalid("valid_until lies in the past.", code="expired")
    secret = secrets.token_urlsafe(32)
    identifier = ids.new_id("key", at)
    key = StoredApiKey(
        id=identifier, version=1, created_at=at, secret_hash=hash_of(secret), **new.model_dump()
    )
    return key, f"rk_{identifier.removeprefix('key_')}_{secret}"


def parse(text: str) -> tuple[str, str] | None:
    """The id and the secret in an API key, or None when it cannot be one."""
    found = _KEY.fullmatch(text)
    return (f"key_{found[1]}", found[2]) if found else None


StaffId = Annotated[str, ids.id_of("stf")]
TeamId = Annotated[str, ids.id_of("tea")]


def is_staff_id(text: str) -> bool:
    return re.fullmatch(f"stf_{ids.ULID_PATTERN}", text) is not None


TeamIds = Annotated[list[TeamId], Field(max_length=20), AfterValidator(each_once)]


class NewStaff(Model):
    name: Annotated[str, Line(100)]
    email: EmailAddress
    team_ids: TeamIds = []


class StaffPatch(Model):
    name: Annotated[str, Line(100)] = ""
    email: EmailAddress = ""
    team_ids: TeamIds = []
    active: bool = True


class Staff(Stored):
    """Somebody who works here: may own customers, be assigned tickets, and be acted for."""

    id: StaffId
    version: int
    name: str
    email: str
    team_ids: list[str] = []
    active: bool = True
    created_at: Utc
    updated_at: Utc


class NewTeam(Model):
    name: Annotated[str, Line(100)]


class Team(Stored):
    id: TeamId
    version: int
    name: str
    created_at: Utc
    updated_at: Utc
