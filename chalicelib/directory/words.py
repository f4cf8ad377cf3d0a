"""How texts become search terms, and how a query is read: the same folding on both sides."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from chalicelib.kernel.model import each_once

MAX_TERM = 64
"""Characters of a term; of longer ones the beginning is kept, in queries too."""
MAX_SUFFIXES = 16
"""Places in a run of a script without spaces at which a query may begin."""
NUMBER_DIGITS = 6
"""Neighbouring chunks of digits are one telephone number when they have so many together."""

_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
"""Latin letters that Unicode does not decompose."""
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
"""How people without these keys spell them; `ue` finds `ü` beside `u`."""
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
"""Accents, and the vowel points of Hebrew and Arabic. Marks that are letters elsewhere stay."""
_INVISIBLE = str.maketrans(dict.fromkeys("\u00ad\u200d\u2060\ufeff"))
"""Soft hyphens and joiners, within words and seen by nobody."""
_NON_JOINER = "\u200c"
"""Parts what Persian writes as one word or as two."""
_APOSTROPHES = "'’‘ʼʻ`´′"
_UNQUOTED = str.maketrans(dict.fromkeys(_APOSTROPHES, ""))
_UNSPACED = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Kana and Han."""
_SUFFIXED = re.compile(f"[{_UNSPACED}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uac00-\ud7af]+")
"""Scripts that are written without spaces, and Hangul, in which the family name is not set apart."""
_GAP = re.compile(rf"(?<=[{_UNSPACED}])\s+(?=[{_UNSPACED}])")
_DOMAIN = re.compile(r"[\w-]{2,}(\.[\w-]{2,})*\.[\w-]+")
_TELEPHONE = re.compile(r"\+?[()./-]*\d[\d()./-]*")


def folded(text: str) -> str:
    """The text without what people type differently: case, accents, widths, compatibility forms."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_INVISIBLE))
    plain = unicodedata.normalize("NFKD", decomposed.casefold())
    plain = _MARKS.sub("", plain.casefold()).translate(_LETTERS)
    return unicodedata.normalize("NFC", "".join(_digit(char) for char in plain))


def _digit(char: str) -> str:
    """A digit of any script as ASCII; anything else as it is."""
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


def words(text: str) -> Iterator[str]:
    """The words of a folded text: what letters, digits and their marks make without a break."""
    for piece in "".join(char if _joins(char) else " " for char in text).split():
        whole = piece.translate(_UNQUOTED)
        if whole:
            yield _shortened(whole)


def _joins(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN" or char in _APOSTROPHES


def _trimmed(chunk: str) -> str:
    """The chunk without the punctuation around it, but for what begins a telephone number or a domain."""
    first = next((place for place, char in enumerate(chunk) if _joins(char) or char in "@+("), len(chunk))
    last = next((place for place, char in enumerate(reversed(chunk)) if _joins(char) or char == ")"), 0)
    return chunk[first : len(chunk) - last]


def _shortened(word: str) -> str:
    """The word within bounds; a number has no leading zeros."""
    return ((word.lstrip("0") or "0") if word.isdecimal() else word)[:MAX_TERM]


def terms_of(text: str) -> list[str]:
    """The terms under which a text is found."""
    found: list[str] = []
    spelled = unicodedata.normalize("NFC", text).casefold().translate(_SPELLED)
    joined = text.replace(_NON_JOINER, "")
    for form in each_once([folded(text), folded(spelled), folded(joined)]):
        closed = _GAP.sub("", form)
        for chunk in each_once([*_chunks(closed), *map(_trimmed, closed.split())]):
            if _TELEPHONE.fullmatch(chunk):
                found.append(_dialled(chunk))
            elif _DOMAIN.fullmatch(chunk):
                found.append(chunk[:MAX_TERM])
            for word in words(chunk):
                found += _suffixes(word)
            found += _after_apostrophes(chunk)
    return each_once([term for term in found if term])


def _suffixes(word: str) -> Iterator[str]:
    """The word, and from every letter on where its script sets no spaces."""
    yield word
    for run in _SUFFIXED.finditer(word):
        for place in range(run.start(), min(run.end(), run.start() + MAX_SUFFIXES)):
            if unicodedata.category(word[place])[0] != "M":
                yield word[place:]


def is_unspaced(word: str) -> bool:
    """Whether the word begins in a script that sets no spaces, so that it is a phrase rather than a word."""
    return _SUFFIXED.match(word) is not None


def _after_apostrophes(chunk: str) -> Iterator[str]:
    """`brien` of O'Brien; single letters, as in Anna's, say nothing."""
    _, *rest = re.split(f"[{_APOSTROPHES}]", chunk)
    for part in rest:
        yield from (word for word in words(part) if len(word) > 1)


def terms_of_email(address: str) -> list[str]:
    """The terms of an address: whole, the words before the @, its domain whole and by labels but the last."""
    whole = "".join(folded(address).split())
    local, _, domain = whole.rpartition("@")
    labels = [word for label in domain.split(".")[:-1] for word in words(label)]
    return each_once([whole[:MAX_TERM], *words(local), domain[:MAX_TERM], *labels])


def terms_of_phone(number: str, national: str) -> list[str]:
    """The terms of a number in E.164 and of its national form: digits without leading zeros."""
    return each_once([number.lstrip("+"), national.lstrip("0")])


def prefixes_of(query: str) -> list[str]:
    """What a query asks for: each is to be the beginning of a term, in any order.

    A chunk with an @ is the beginning of an address (of a domain when it begins with it), one with inner
    dots that of a domain or an address, and neighbouring chunks of digits are one telephone number in any
    notation.
    """
    found: list[str] = []
    for chunk in _chunks(folded(query)):
        if "@" in chunk:
            found.append(chunk.removeprefix("@")[:MAX_TERM])
        elif _TELEPHONE.fullmatch(chunk):
            found.append(_dialled(chunk))
        elif _DOMAIN.fullmatch(chunk):
            found.append(chunk[:MAX_TERM])
        else:
            found += words(chunk)
    return each_once([prefix for prefix in found if prefix])


def _chunks(text: str) -> Iterator[str]:
    """What spaces set apart in a folded text; neighbours that are one telephone number are put together."""
    held: list[str] = []
    for chunk in [*filter(None, map(_trimmed, text.split())), ""]:
        if _TELEPHONE.fullmatch(chunk):
            held.append(chunk)
            continue
        digits = sum(char.isdecimal() for part in held for char in part)
        yield from ["".join(held)] if digits >= NUMBER_DIGITS else held
        held = []
        if chunk:
            yield chunk


def _dialled(text: str) -> str:
    """The digits of a number as terms have them: without +, 00, trunk zero, and a (0) after the country."""
    digits = "".join(char for char in re.sub(r"(?<=\d)\(0\)", "", text) if char.isdecimal())
    return digits.lstrip("0")[:MAX_TERM]
