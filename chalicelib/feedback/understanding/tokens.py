"""Words, emoticons and marks of a text, in one pass: what sentiment and themes look at."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from chalicelib.feedback.understanding.lexicon import KEPT_WORDS

MAX_READ = 5_000
"""Characters that are looked at: all that a comment may have."""
MAX_WORD = 40
"""Characters of a word that are looked at."""

_EMOTICON = (
    r"[<>]?[:;=8xX][-o'^]?[)\](\[dDpP/\\|*@3oO<>{}]+(?![a-z0-9])"
    r"|<3|</3|\^_\^|[-oO]_[-oO]|T_T|\(:|\):|xD\b"
)
_TOKEN = re.compile(
    rf"(?P<skip>https?://\S{{1,2000}}|www\.\S{{1,2000}}|[\w.+-]{{1,64}}@[\w-]{{1,64}}[\w.-]{{0,200}}|@\w{{1,40}})"
    rf"|(?P<emoticon>{_EMOTICON})"
    r"|(?P<number>\d[\d.,:/%]*(?:\w{1,10})?)"
    r"|(?P<word>#?[^\W\d_]+(?:['’`´-][^\W\d_]+)*['’]?)"
    r"|(?P<mark>[.!?…;:,\n()\"“”—–]+|[\u2190-\u2bff\U0001f000-\U0001faff\u2764]\ufe0f?)"
)
_REPEATED = re.compile(r"(.)\1{2,}")
_APOSTROPHES = str.maketrans("’`´", "'''")


class Token(NamedTuple):
    """A word in small letters, or a mark; `kind` is the group that matched.

    `loud` is written in capitals, `capital` begins with one, `first` begins a sentence.
    """

    kind: str
    text: str
    loud: bool = False
    stretched: bool = False
    capital: bool = False
    first: bool = False


def tokens(text: str) -> list[Token]:
    """What a text consists of, in its order; linear in its length."""
    found: list[Token] = []
    for match in _TOKEN.finditer(unicodedata.normalize("NFC", text[:MAX_READ])):
        kind, raw = str(match.lastgroup), match[0]
        if kind == "word":
            found += _words(raw[:MAX_WORD], not found or found[-1].kind == "mark")
        elif kind != "skip":
            found.append(Token(kind, raw))
    return found


@lru_cache(maxsize=KEPT_WORDS)
def _words(raw: str, first: bool) -> tuple[Token, ...]:
    loud = len(raw) > 2 and raw.isupper()
    plain = raw.translate(_APOSTROPHES).lower().strip("#'")
    short = _REPEATED.sub(r"\1\1", plain)
    halves = [half for half in short.split("-") if half]
    parts = [part for half in halves for part in _parts(half)]
    capital = raw.lstrip("#")[:1].isupper()
    return tuple(Token("word", part, loud, short != plain, capital, first) for part in parts)


_CONTRACTIONS = (
    "won't=will not, can't=can not, cannot=can not, shan't=shall not, mustn't=must not, needn't=need not, "
    "wont=will not, cant=can not, ain't=is not, aint=is not, dunno=do not know, gonna=going to, "
    "wanna=want to, would've=would have, could've=could have, should've=should have, wouldve=would have, "
    "couldve=could have, shouldve=should have"
)
_NEGATED = ["do", "does", "did", "is", "was", "were", "are", "have", "has", "had", "would", "could", "should"]


@cache
def _contracted() -> dict[str, tuple[str, ...]]:
    whole = dict(pair.split("=") for pair in _CONTRACTIONS.split(", "))
    for verb in _NEGATED:
        whole |= {f"{verb}n't": f"{verb} not", f"{verb}nt": f"{verb} not"}
    return {short: tuple(long.split()) for short, long in whole.items()}


_ENGLISH_ENDINGS: dict[str, tuple[str, ...]] = {
    "s": (),
    "re": (),
    "ll": (),
    "m": ("am",),
    "ve": ("have",),
    "d": ("would",),
}


def _parts(word: str) -> tuple[str, ...]:
    """A contraction taken apart: `don't` is `do not`, `l'hôtel` is `l hôtel`."""
    if (known := _contracted().get(word)) is not None:
        return known
    if "'" not in word:
        return (word,)
    head, _, tail = word.partition("'")
    if tail in _ENGLISH_ENDINGS and (len(head) > 1 or head == "i"):
        return (head, *_ENGLISH_ENDINGS[tail])
    return tuple(part for part in word.split("'") if part)
