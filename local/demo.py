"""The demo business: Harbour & Pine, a maker of lamps and small furniture, its customers and what they say.

Names are invented; addresses and telephone numbers are from the ranges kept for examples and drama.
"""

from __future__ import annotations

import random
import struct
import zlib
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

Body = dict[str, Any]

CUSTOMERS: dict[str, Body] = {
    "ada": {
        "name": "Ada Lindqvist", "emails": ["ada.lindqvist@example.com"], "phones": ["+46317501234"],
        "stage": "customer", "tags": ["lamps", "newsletter"],
        "locale": "sv-SE", "time_zone": "Europe/Stockholm", "custom": {"favourite_wood": "birch"},
    },
    "tom": {
        "name": "Tom Okafor", "emails": ["tom@example.org"], "phones": ["+442079460123"],
        "company": "Okafor Cafés",
        "stage": "customer", "tags": ["trade"], "locale": "en-GB", "time_zone": "Europe/London",
        "custom": {"trade_discount": 15},
    },
    "grace": {
        "name": "Grace Miller", "emails": ["grace.miller@example.com", "gm@example.net"],
        "phones": ["+12025550143"],
        "stage": "customer", "tags": ["lamps"], "locale": "en-US", "time_zone": "America/New_York",
    },
    "juergen": {
        "name": "Jürgen Groß", "emails": ["j.gross@example.org"], "phones": ["+493023125042"],
        "stage": "customer", "tags": ["shelves", "newsletter"],
        "locale": "de-DE", "time_zone": "Europe/Berlin", "custom": {"favourite_wood": "oak"},
    },
    "elodie": {
        "name": "Élodie Martin", "emails": ["elodie.martin@example.com"], "phones": ["+33199001234"],
        "stage": "customer", "tags": ["store"], "locale": "fr-FR", "time_zone": "Europe/Paris",
    },
    "haruka": {
        "name": "佐藤 遥", "emails": ["haruka.sato@example.com"], "company": "Sato Interior",
        "stage": "customer", "tags": ["trade"], "locale": "ja-JP", "time_zone": "Asia/Tokyo",
    },
    "maria": {
        "name": "María José Núñez", "emails": ["mj.nunez@example.net"],
        "stage": "prospect", "tags": ["shelves"], "locale": "es-ES", "time_zone": "Europe/Madrid",
    },
    "liam": {
        "name": "Liam O'Sullivan", "emails": ["liam.osullivan@example.org"], "phones": ["+353209120123"],
        "stage": "prospect", "tags": ["trade-fair"], "locale": "en-IE", "time_zone": "Europe/Dublin",
    },
    "priya": {
        "name": "Priya Raman", "emails": ["priya@example.com"], "company": "Studio Raman",
        "stage": "prospect", "tags": ["trade"], "locale": "en-IN", "time_zone": "Asia/Kolkata",
    },
    "ruby": {
        "name": "Ruby Tran", "emails": ["ruby.tran@example.net"], "phones": ["+61491570006"],
        "stage": "customer", "tags": ["lamps"], "locale": "en-AU", "time_zone": "Australia/Sydney",
    },
    "bruno": {
        "name": "Bruno Costa", "emails": ["bruno.costa@example.org"],
        "stage": "lead", "tags": [], "locale": "pt-BR", "time_zone": "America/Sao_Paulo",
    },
    "wanjiru": {
        "name": "Wanjiru Kamau", "emails": ["wanjiru@example.com"],
        "stage": "former", "tags": ["lamps"], "locale": "en-KE", "time_zone": "Africa/Nairobi",
    },
}  # fmt: skip
"""By a short name, which is their external id at the source `demo`."""


@dataclass(frozen=True)
class Contact:
    """Something that happened between a customer and us, `days` before the demo was planted."""

    customer: str
    days: float
    channel: str
    direction: str
    summary: str
    outcome: str | None = None


CONTACTS = (
    Contact("ada", 40, "store", "inbound", "Looked at reading lamps, took the catalogue", "interested"),
    Contact("ada", 31, "web", "inbound", "Ordered the lamp Fyr in brass", "ordered"),
    Contact("ada", 9, "phone", "inbound", "Asked how to change the bulb of Fyr", "answered"),
    Contact("tom", 60, "event", "inbound", "Met at the hotel fair, wants lamps for six cafés", "follow up"),
    Contact("tom", 52, "phone", "outbound", "Talked about delivery dates and trade prices", "quote asked"),
    Contact("tom", 51, "fax", "inbound", "Signed order form for 48 lamps", "ordered"),
    Contact("grace", 22, "mobile", "inbound", "Tracked a parcel in the app", None),
    Contact("grace", 20, "chat", "inbound", "Parcel was left with a neighbour", "solved"),
    Contact("juergen", 75, "letter", "inbound", "Praised the shelf Kai, enclosed a photograph", "thanked"),
    Contact("juergen", 12, "sms", "outbound", "Told that the shelf arrives between 9 and 11", "delivered"),
    Contact("elodie", 5, "store", "inbound", "Brought back a chair with a scratch", "exchanged"),
    Contact("haruka", 33, "email", "outbound", "Sent the trade catalogue in Japanese", None),
    Contact("maria", 3, "web", "inbound", "Left a shelf in the basket", None),
    Contact("liam", 60, "event", "inbound", "Left a card at the fair", "call back"),
    Contact("liam", 57, "phone", "outbound", "No answer, left a message", "voicemail"),
    Contact("priya", 15, "social", "inbound", "Asked publicly for lead times to Bengaluru", "answered"),
    Contact("ruby", 8, "chat", "inbound", "Asked whether Fyr runs on 240 V", "answered"),
    Contact("bruno", 2, "web", "inbound", "Asked for the catalogue", None),
    Contact("wanjiru", 90, "phone", "inbound", "Closed her account, moves abroad", "closed"),
)

TICKETS: dict[str, Body] = {
    "tom": {
        "channel": "phone",
        "subject": "Two lamps flicker",
        "text": "Two of the 48 lamps flicker when dimmed.",
    },
    "elodie": {
        "channel": "store",
        "subject": "Scratched chair",
        "text": "Chair exchanged; the old one goes back to the workshop.",
    },
    "ruby": {
        "channel": "chat",
        "subject": "Plug for Australia",
        "text": "Needs a type I plug for the lamp Fyr.",
    },
}

_ANSWERS = {
    "nps": (
        "relationship",
        range(11),
        ("Beautiful lamps.", "Lieferung war schnell.", "Un peu cher.", "Took too long."),
    ),
    "csat": (
        "support",
        range(1, 6),
        ("Quick and kind.", "Had to ask twice.", "とても親切でした。", "No reply for days."),
    ),
    "ces": (
        "returns",
        range(1, 8),
        ("Very easy.", "The form was long.", "Sin problemas.", "Could not find the label."),
    ),
}
_LANGUAGES = ("en", "de", "fr", "en")


def responses(count: int = 60) -> list[tuple[str, Body]]:
    """Feedback of the customers, mostly content ones, the same at each call; every tenth has no score."""
    chance = random.Random(1847)
    names = list(CUSTOMERS)
    found: list[tuple[str, Body]] = []
    for number in range(count):
        channel = chance.choice(("email", "web", "mobile", "store"))
        kind = ("nps", "csat", "ces", "nps")[number % 4]
        survey, scores, remarks = _ANSWERS[kind]
        body: Body = {"survey": survey, "kind": kind, "channel": channel, "language": "en"}
        if number % 10 == 9:
            body |= {
                "kind": "suggestion",
                "survey": "ideas",
                "comment": f"Please offer more colours, {channel} order {number}.",
            }
        else:
            score = max(chance.choice(scores), chance.choice(scores))
            remark = min(3, (len(scores) - 1 - score + scores[0]) * 4 // len(scores))
            body |= {"score": score, "comment": remarks[remark], "language": _LANGUAGES[remark]}
        found.append((names[number % len(names)], body))
    return found


def png(width: int = 96, height: int = 64) -> bytes:
    """A small picture of a lamp's glow, for an attachment."""
    rows = b"".join(
        b"\0" + b"".join(bytes((240, 200 - row, 90 + column)) for column in range(width))
        for row in range(height)
    )

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _mail(key: str, sender: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["Subject"] = subject
    message["Message-ID"] = f"<demo-{key}@mail.example.com>"
    message.set_content(text)
    return message


def mails() -> dict[str, EmailMessage]:
    """What customers and one stranger write; the sender fills in To and Date."""
    broken = _mail(
        "broken-lamp",
        "Grace Miller <grace.miller@example.com>",
        "My lamp arrived broken",
        "Hello,\n\nthe shade of my lamp Fyr has a crack. A picture is attached.\n"
        "Can you send a new one?\n\nGrace\n",
    )
    broken.add_alternative(
        "<p>Hello,</p><p>the shade of my lamp <b>Fyr</b> has a crack. A picture is attached.<br>"
        "Can you send a new one?</p><p>Grace</p>",
        subtype="html",
    )
    broken.add_attachment(png(), maintype="image", subtype="png", filename="crack.png")
    return {
        "broken-lamp": broken,
        "frage-regal": _mail(
            "frage-regal",
            "Jürgen Groß <j.gross@example.org>",
            "Frage zum Regal „Kai“",
            "Guten Tag,\n\nwie viel Gewicht trägt ein Boden des Regals?\n\nFreundliche Grüße\nJürgen Groß\n",
        ),
        "stranger": _mail(
            "stranger",
            "Noor de Vries <noor@example.net>",
            "Do you deliver to the Netherlands?",
            "Hi,\n\nI saw your lamps in a café. Do you deliver to Utrecht, and what does it cost?\n\nNoor\n",
        ),
    }
