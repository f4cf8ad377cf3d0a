"""The articles of the demo business, which `/help` shows."""

from __future__ import annotations

from typing import Any

ARTICLES: dict[str, dict[str, Any]] = {
    "returns": {
        "slug": "returns",
        "section": "Orders",
        "tags": ["refund", "parcel"],
        "texts": {
            "en": {
                "title": "Send something back",
                "markdown": "You may send back whatever you do not like within **30 days**.\n\n"
                "1. Put it in the box it came in.\n2. Stick on the label.\n"
                "3. Hand it in at any post office.\n\n"
                "Your money is back five days after the parcel is here.\n",
            },
            "de": {
                "title": "Etwas zurückgeben",
                "markdown": "Was Ihnen nicht gefällt, nehmen wir **30 Tage** lang zurück.\n\n"
                "1. Packen Sie es in den Karton, in dem es kam.\n2. Kleben Sie den beiliegenden Zettel auf.\n"
                "3. Geben Sie es bei einer Postfiliale ab.\n\n"
                "Das Geld ist fünf Tage nach dem Paket bei Ihnen.\n",
            },
        },
    },
    "flicker": {
        "slug": "lamp-flickers",
        "section": "Lamps",
        "tags": ["Fyr", "dimmer"],
        "texts": {
            "en": {
                "title": "A lamp flickers",
                "markdown": "Most dimmers want a load that one lamp is not. Try these in turn:\n\n"
                "| What | Why |\n|---|---|\n| Turn the dimmer up | below a fifth, bulbs flicker |\n"
                "| Change the bulb | it must be made for dimmers |\n"
                "| Another dimmer | for LED, 3 to 60 W |\n\n"
                "Still flickering? [Send it back](returns).\n",
            },
            "de": {
                "title": "Eine Lampe flackert",
                "markdown": "Die meisten Dimmer brauchen mehr Last, als eine Lampe hat. "
                "Probieren Sie der Reihe nach: den Dimmer höher drehen, die Birne wechseln, "
                "einen Dimmer für LED nehmen.\n",
            },
        },
    },
    "delivery": {
        "slug": "delivery",
        "section": "Orders",
        "tags": ["shipping"],
        "texts": {
            "en": {
                "title": "Where we deliver, and what it costs",
                "markdown": "We deliver to all countries of Europe. Lamps cost 8 €, shelves 29 €.\n",
            },
        },
    },
}
"""By a short name. The first language is the one for who reads none of the others."""
