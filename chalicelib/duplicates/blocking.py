"""Blocking keys: who is compared with whom. Two people who share none of them are never compared.

A key is coarser than what it stands for, so that slips fall into the same block; what is compared in it
decides. Names count only beside something else, since whole towns are called alike.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.duplicates.matching import AREA_DIGITS, ROLES, folded, mailbox, national, own_domains
from chalicelib.duplicates.model import Sketch
from chalicelib.kernel.model import each_once

MAX_BLOCKS = 6


def blocks(sketch: Sketch) -> list[str]:
    """The blocks that a customer is in, `<kind>#<key>`, six at most."""
    found = [*list(_mailboxes(sketch))[:2], *list(_numbers(sketch))[:2], *_contexts(sketch)]
    return each_once(found)[:MAX_BLOCKS]


def _mailboxes(sketch: Sketch) -> Iterator[str]:
    """The mailbox at any domain whose main part has that initial; an office's mailbox at its own domain."""
    for address in sketch.emails:
        local, domain = mailbox(address)
        labels = domain.split(".")
        place = domain if local in ROLES else labels[-2:][0][:1]
        yield f"MAIL#{local}@{place}"


def _numbers(sketch: Sketch) -> Iterator[str]:
    """The beginning of the national number, which an extension and another country code leave as it is."""
    for number in sketch.phones:
        yield f"PHONE#{national(number)[:AREA_DIGITS]}"


def _contexts(sketch: Sketch) -> Iterator[str]:
    """What they belong to, with how the longest word of their name begins: middle names come and go."""
    words = folded(sketch.name or "").split()
    if not words:
        return
    beginning = max(words, key=lambda word: (len(word), word))[:2]
    if sketch.organisation_id:
        yield f"NAME#{sketch.organisation_id}#{beginning}"
    if sketch.company and folded(sketch.company):
        yield f"NAME#{folded(sketch.company)[:200]}#{beginning}"
    for domain in sorted(own_domains(sketch))[:2]:
        yield f"NAME#{domain}#{beginning}"
