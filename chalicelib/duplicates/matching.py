"""How likely two entries are one person: pure rules, each a reason with its weight.

Reasons add up as independent evidence does: what remains of doubt is multiplied. Names that clearly differ
take away from the sum. Equal addresses and numbers need no rule, since they belong to one customer only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from chalicelib.duplicates.model import Code, Match, Reason, Sketch
from chalicelib.organisations.free_mail import FREE_MAIL_DOMAINS

CANDIDATE = 50
"""The score from which a pair is worth somebody's look."""

WEIGHTS: dict[Code, int] = {
    "email_variant": 80,
    "email_lookalike_domain": 75,
    "phone_other_country": 60,
    "phone_extension": 50,
    "same_name_and_organisation": 75,
    "same_name_and_company": 75,
    "same_name_and_domain": 70,
    "same_name_and_phone_area": 60,
    "similar_name_and_organisation": 60,
    "similar_name_and_company": 60,
    "similar_name_and_domain": 55,
    "similar_name_and_phone_area": 50,
    "different_names": -30,
}
SIMILAR, DIFFERENT = 0.92, 0.65
"""Jaro-Winkler similarity of two names from which they are alike, and below which they are not."""

ROLES = frozenset(
    {
        "info", "office", "sales", "contact", "support", "service", "kontakt", "mail", "hello", "admin",
        "billing", "accounts", "team", "help", "buchhaltung", "einkauf", "vertrieb", "bestellung",
        "order", "orders",
    }
)  # fmt: skip
"""Local parts that many people share or have alike."""

AREA_DIGITS = 7
"""Digits at the beginning of a national number that an office or a household shares."""
LONGEST_EXTENSION, SHORTEST_TRUNK = 4, 9
"""Digits of an extension at most, and of the number (E.164, with country code) before it at least."""


def folded(text: str) -> str:
    """A text without case, accents and punctuation, its words in alphabetical order."""
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char)
    )
    return " ".join(sorted(re.findall(r"\w+", bare)))


def mailbox(address: str) -> tuple[str, str]:
    """The local part without its plus tag and dots, and the domain, both in lower case."""
    local, _, domain = address.lower().rpartition("@")
    bare = local.partition("+")[0].replace(".", "")
    return bare or local, domain


def national(number: str) -> str:
    """The national significant number of one in E.164: what remains without the country code."""
    import phonenumbers

    try:
        return phonenumbers.national_significant_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return number.lstrip("+")


def compare(one: Sketch, other: Sketch) -> Match:
    """How likely both are one person; the same whichever comes first."""
    found = [Reason(code=code, weight=WEIGHTS[code]) for code in _codes(one, other)]
    doubt = 1.0
    for reason in found:
        doubt *= 1 - max(reason.weight, 0) / 100
    score = 1 - doubt
    for reason in found:
        score *= 1 + min(reason.weight, 0) / 100
    return Match(score=round(100 * score), reasons=sorted(found, key=lambda one: (-one.weight, one.code)))


def _codes(one: Sketch, other: Sketch) -> Iterator[Code]:
    positive = [*_by_mail(one, other), *_by_phone(one, other)]
    likeness = _likeness(one.name, other.name)
    if likeness is not None and likeness >= SIMILAR:
        positive += _by_name(one, other, same=folded(one.name or "") == folded(other.name or ""))
    yield from positive
    if positive and likeness is not None and likeness < DIFFERENT:
        yield "different_names"


def _likeness(one: str | None, other: str | None) -> float | None:
    """How alike two names are, from 0 to 1; None when one is missing."""
    from rapidfuzz.distance import JaroWinkler

    first, second = folded(one or ""), folded(other or "")
    if not first or not second:
        return None
    return max(JaroWinkler.similarity(first, second), JaroWinkler.similarity(second, first))


def _by_mail(one: Sketch, other: Sketch) -> Iterator[Code]:
    """By the best pair of addresses: the same mailbox written otherwise, or a domain that looks alike."""
    pairs = [(mailbox(a), mailbox(b)) for a in one.emails for b in other.emails]
    same_local = [(a[1], b[1]) for a, b in pairs if a[0] == b[0]]
    if any(a == b for a, b in same_local):
        yield "email_variant"
        return
    personal = [(a[1], b[1]) for a, b in pairs if a[0] == b[0] and a[0] not in ROLES]
    if any(lookalike(a, b) for a, b in personal):
        yield "email_lookalike_domain"


def lookalike(one: str, other: str) -> bool:
    """Whether domains are easily mistaken: one is the other's subdomain, or one slip of the keys apart."""
    from rapidfuzz.distance import OSA

    if one.endswith("." + other) or other.endswith("." + one):
        return True
    if one in FREE_MAIL_DOMAINS and other in FREE_MAIL_DOMAINS:
        return False  # gmx.de and gmx.at are two providers
    return OSA.distance(one, other, score_cutoff=1) <= 1


def _by_phone(one: Sketch, other: Sketch) -> Iterator[Code]:
    """By numbers that are the same in another country, or one the other's extension."""
    pairs = [(a, b) for a in one.phones for b in other.phones if a != b]
    if any(national(a) == national(b) for a, b in pairs):
        yield "phone_other_country"
    if any(_extends(a, b) or _extends(b, a) for a, b in pairs):
        yield "phone_extension"


def _extends(short: str, long: str) -> bool:
    more = len(long) - len(short)
    return len(short) > SHORTEST_TRUNK and 0 < more <= LONGEST_EXTENSION and long.startswith(short)


def _by_name(one: Sketch, other: Sketch, *, same: bool) -> Iterator[Code]:
    """By the best of what both share beside their names."""
    if one.organisation_id and one.organisation_id == other.organisation_id:
        yield "same_name_and_organisation" if same else "similar_name_and_organisation"
    elif folded(one.company or "") and folded(one.company or "") == folded(other.company or ""):
        yield "same_name_and_company" if same else "similar_name_and_company"
    elif own_domains(one) & own_domains(other):
        yield "same_name_and_domain" if same else "similar_name_and_domain"
    if _areas(one) & _areas(other):
        yield "same_name_and_phone_area" if same else "similar_name_and_phone_area"


def own_domains(sketch: Sketch) -> set[str]:
    """The domains of their addresses that say who they work for."""
    return {mailbox(address)[1] for address in sketch.emails} - FREE_MAIL_DOMAINS


def _areas(sketch: Sketch) -> set[str]:
    numbers = (national(number) for number in sketch.phones)
    return {number[:AREA_DIGITS] for number in numbers if len(number) > AREA_DIGITS}
