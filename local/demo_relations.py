"""Of the demo: companies, second entries, consents, follow-ups, and the fields, topics and staff for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]

FIELDS: tuple[Body, ...] = (
    {
        "name": "favourite_wood",
        "kind": "choice",
        "label": {"en": "Favourite wood", "de": "Lieblingsholz"},
        "choices": [{"value": wood} for wood in ("ash", "birch", "oak", "pine")],
        "filterable": True,
    },
    {
        "name": "trade_discount",
        "kind": "number",
        "label": {"en": "Trade discount, %"},
        "minimum": 0,
        "maximum": 40,
    },
)

TOPICS: tuple[Body, ...] = (
    {"id": "newsletter", "name": "New lamps and furniture"},
    {"id": "catalogue", "name": "The printed catalogue", "double_opt_in": False},
)

STAFF: dict[str, Body] = {"mette": {"name": "Mette Holm", "email": "mette.holm@example.com"}}


@dataclass(frozen=True)
class Organisation:
    """A company, and the role of each customer in it."""

    body: Body
    members: dict[str, str]


ORGANISATIONS = {
    "okafor": Organisation(
        {"name": "Okafor Cafés", "domains": ["okafor-cafes.example"], "tags": ["trade"]}, {"tom": "owner"}
    ),
    "sato": Organisation(
        {"name": "Sato Interior", "website": "https://sato.example/", "tags": ["trade"]}, {"haruka": "buyer"}
    ),
    "raman": Organisation({"name": "Studio Raman", "domains": ["raman.example"]}, {"priya": "founder"}),
}

SECOND_ENTRIES: dict[str, Body] = {
    "juergen-again": {
        "name": "Jürgen Gross", "emails": ["jgross@example.org"], "stage": "lead", "tags": ["trade-fair"],
    },
    "grace-again": {
        "name": "Grace Miller", "emails": ["gmiller@example.com"], "stage": "lead", "locale": "en-US",
    },
}  # fmt: skip
"""People who were registered twice: one pair is left to be found, one is merged."""

MERGES = {"grace-again": "grace"}
"""Second entry -> the customer who goes on."""

CONSENTS: dict[str, Body] = {
    "elodie": {"channel": "letter", "topic": "catalogue", "state": "granted", "source": "card in the store"},
    "tom": {"channel": "email", "topic": "catalogue", "state": "granted", "source": "hotel fair"},
    "liam": {"channel": "phone", "topic": "newsletter", "state": "denied", "source": "phone call"},
    "wanjiru": {"channel": "email", "topic": "newsletter", "state": "withdrawn", "source": "phone call"},
}

ASKED: dict[str, Body] = {"ada": {"topic": "newsletter", "source": "web form /newsletter"}}
"""Who is asked by mail to confirm: the link is in the outbox."""


@dataclass(frozen=True)
class FollowUp:
    """What a member of staff is to do, `days` after the demo was planted."""

    customer: str
    owner: str
    days: float
    title: str


FOLLOW_UPS = (
    FollowUp("liam", "mette", 2, "Call back about lamps for the pub"),
    FollowUp("tom", "mette", 5, "Send the quote for the seventh café"),
)
