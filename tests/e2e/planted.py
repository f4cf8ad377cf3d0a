"""What must never be logged: everything of people and every secret that the tests said or were told.

Noted while they talk to the API and to the mail door, and looked for in the logs in the end, in every form
that a program might write it in.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

KINDS = {
    "an API key": re.compile(r"\brk_[0-9A-Z]{26}_[\w-]{43}(?![\w-])"),
    "an address": re.compile(r"[\w.+-]{2,64}@(?:[\w-]+\.)+[a-z]{2,}"),
    "a phone number": re.compile(r"\+[1-9]\d{9,14}\b"),
    "a link's token": re.compile(r"/(?:my|s|confirm|unsubscribe|preferences|download)/([\w-]{30,})"),
    "a webhook's secret": re.compile(r"\bwhsec_[\w+/=-]{20,}"),
    "what was planted": re.compile(r"\bZqx[A-Z]\w{5,}"),
}
"""What is worth noting, by what it is; a mark is a word that only a test would write."""
MOST = 20_000
"""Texts that are kept; a run of all tests says about a tenth of it."""

_heard: dict[str, str] = {}


def hear(*texts: str | bytes | None) -> None:
    """Note what is in a request, an answer or a mail."""
    for text in texts:
        if not text or len(_heard) > MOST:
            continue
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        for kind, pattern in KINDS.items():
            for found in pattern.finditer(said[:1_000_000]):
                _heard.setdefault(found[found.lastindex or 0], kind)


def heard() -> dict[str, str]:
    """What was noted, and of which kind each is."""
    return dict(_heard)


def forms_of(secret: str) -> Iterator[str]:
    """How a program might write a text, in lower case: as it is, in JSON, URLs, base64, or a part of it."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield from _in_base64(secret)
    if secret.startswith("rk_"):
        yield secret.split("_", 2)[2]
    if secret.startswith("+"):
        yield secret[1:]


def _in_base64(secret: str) -> Iterator[str]:
    """What is the same of its base64 wherever in a longer text it stands (three places in a group)."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + secret.encode()).decode()
        whole = encoded[4 if before else 0 : len(encoded) // 4 * 4 - 4]
        if len(whole) >= 12:
            yield whole
            yield whole.replace("+", "-").replace("/", "_")


def found_in(lines: Iterable[str], secrets: dict[str, str]) -> list[tuple[str, str, str]]:
    """Of each secret that is in a line, whatever its case: what it is, the secret, and the line."""
    forms = {form.lower(): secret for secret in secrets for form in forms_of(secret)}
    shortest = min(map(len, forms), default=0)
    starts: dict[str, list[str]] = {}
    for form in forms:
        starts.setdefault(form[:shortest], []).append(form)
    told: dict[str, tuple[str, str, str]] = {}
    for line in lines:
        small = line.lower()
        for place in range(len(small) - shortest + 1):
            for form in starts.get(small[place : place + shortest], ()):
                if small.startswith(form, place):
                    secret = forms[form]
                    told.setdefault(secret, (secrets[secret], secret, line))
    return list(told.values())
