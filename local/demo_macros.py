"""The macros of the demo business: what its staff say again and again."""

from __future__ import annotations

from typing import Any

_BULB = """Hello {{ customer.name }},

please try another bulb first: flicker mostly comes from the bulb. If it goes on, answer this mail, and we
send you a new lamp."""
_BIRNE = """Guten Tag {{ customer.name }},

bitte versuchen Sie zuerst eine andere Birne: Meist kommt das Flackern von ihr. Wenn es bleibt, antworten Sie
einfach, und Sie bekommen eine neue Lampe von uns."""
_REFUND = """Hello {{ customer.name }},

we sent {{ amount }} back to you today. It takes three days to arrive."""
_GELD = """Guten Tag {{ customer.name }},

heute haben wir Ihnen {{ amount }} zurückgezahlt. Das Geld ist in drei Tagen bei Ihnen."""

MACROS: dict[str, dict[str, Any]] = {
    "bulb": {
        "name": "Try another bulb",
        "default_language": "en",
        "texts": {"en": {"text": _BULB}, "de": {"text": _BIRNE}},
        "changes": {"status": "pending", "add_tags": ["bulb"]},
    },
    "refund": {
        "name": "Refund is on its way",
        "default_language": "en",
        "texts": {"en": {"text": _REFUND}, "de": {"text": _GELD}},
        "changes": {"status": "solved"},
    },
    "escalate": {
        "name": "Escalate",
        "default_language": "en",
        "internal": True,
        "texts": {"en": {"text": "Please look at #{{ ticket.tag }} today."}},
        "changes": {"priority": "urgent", "add_tags": ["escalated"]},
    },
}
