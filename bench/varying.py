"""Makes every invocation its own: ids, addresses and mails differ from one to the next.

The numbered places of an id keep what tells it from the others of its event. It needs the standard library
alone, since it also runs beside a packaged handler, which sees nothing else of this folder.
"""

from __future__ import annotations

import re

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DIGIT = f"[{_DIGITS}]"
_ULID = re.compile(rf"(?<![0-9A-Za-z])([0-7]{_DIGIT}{{16}}){_DIGIT}{{8}}({_DIGIT})(?![0-9A-Z])")
_ADDRESS = re.compile(r"([a-z0-9]+)(?:\.zz[0-9a-z]{6})?@(example\.(?:org|net))")
_OBJECT = re.compile(r"(inbound/[0-9a-z]+)(?:-zz[0-9a-z]{6})?")
_MARK = re.compile(rf"(?:[0-7]{_DIGIT}{{16}}|[.-])ZZ({_DIGIT}{{6}})(?:{_DIGIT}|@|\b)", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)?|\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r'"N": ?"-?[\d.]+"')


def mark(number: int) -> str:
    """Eight characters of a ULID that say the number, below 32^6."""
    digits = "".join(_DIGITS[number >> 5 * place & 31] for place in range(5, -1, -1))
    return "ZZ" + digits


def vary(text: str, number: int) -> str:
    """The same text of somebody else: equal ids and addresses stay equal, different ones different."""
    said = mark(number)
    text = _ULID.sub(rf"\g<1>{said}\g<2>", text)
    text = _ADDRESS.sub(rf"\1.{said.lower()}@\2", text)
    return _OBJECT.sub(rf"\1-{said.lower()}", text)


def number_in(text: str) -> int | None:
    """The number of the invocation that asks; None where it names nobody."""
    found = _MARK.search(text)
    if found is None:
        return None
    number = 0
    for digit in found[1].upper():
        number = number << 5 | _DIGITS.index(digit)
    return number


def plain(text: str) -> str:
    """What requests of the same kind have in common, whoever they are about and whenever they come."""
    text = vary(text, 0)
    return _NUMBER.sub('"N"', _MOMENT.sub("T", text))
