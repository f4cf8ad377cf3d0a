"""How a text feels by its words: valences of words, and what stands around them.

The rules follow what is known of such engines (Hutto and Gilbert, "VADER", ICWSM 2014; Taboada and others,
"Lexicon-Based Methods for Sentiment Analysis", Computational Linguistics 37(2), 2011): intensifiers and
diminishers, negation with a scope, "but", wishes, questions, capitals and exclamation marks. Linear in the
length of the text, which is bounded.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from itertools import accumulate

from chalicelib.feedback.understanding.lexicon import LONGEST_ENTRY, Lexicon, fold
from chalicelib.feedback.understanding.symbols import EMOJI, of_emoticon
from chalicelib.feedback.understanding.tokens import Token

BOOST, DAMP = 0.3, -0.35
"""What an intensifier adds to a word's weight, and a diminisher takes, as a share of it."""
REACH = 5
"""Words before one within which a negation or an intensifier changes it."""
FADING = (1.0, 0.8, 0.6, 0.4, 0.3)
"""How much of an intensifier's effect is left with each word between."""
TURNED, TURNED_BAD = -0.7, -0.4
"""What is left of a good word that is negated, and of a bad one: "not bad" is less than good."""
BEFORE_BUT, AFTER_BUT = 0.5, 1.5
ASKED = 0.4
"""What words weigh in a question."""
WISHED, WISHING = -0.7, 6
"""What a good word weighs that something should have been, so many words before it at most."""
LOUD, STRETCHED = 1.25, 1.2
EXCLAIMED, MAX_EXCLAIMED = 0.08, 4
LAST = 1.25
"""What the last sentence weighs, where people sum up."""
SPREAD = 12.0
"""The sum at which the score is about 0.7 of 1, squared."""

_DOUBLED = re.compile(r"(.)\1")
_NOTHING: frozenset[str] = frozenset()
_STOPS = frozenset(".!?…\n;:")


@dataclass
class Sentence:
    """Words between two stops, with what was found among them."""

    tokens: list[Token] = field(default_factory=list)
    ending: str = ""


@dataclass(frozen=True)
class Reading:
    """What the words sum up to: `score` from −1 to 1, and how much good and bad was found."""

    score: float
    good: float
    bad: float
    hits: int


def sentences(found: list[Token]) -> list[Sentence]:
    """The sentences of a text, by its stops."""
    result = [Sentence()]
    for token in found:
        if token.kind == "mark" and token.text[0] in _STOPS:
            result[-1].ending += token.text
            result.append(Sentence())
        else:
            result[-1].tokens.append(token)
    return [one for one in result if one.tokens or one.ending]


def read(found: list[Token], lexicon: Lexicon) -> Reading:
    """Sum up a text."""
    parts = sentences(found)
    values: list[float] = []
    spoken = [place for place, one in enumerate(parts) if any(t.kind == "word" for t in one.tokens)]
    for place, sentence in enumerate(parts):
        weights = _Sentence(sentence, lexicon).weights()
        factor = LAST if len(spoken) > 2 and place == spoken[-1] else 1.0
        values += [weight * factor for weight in weights if weight]
    good, bad = sum(v for v in values if v > 0), -sum(v for v in values if v < 0)
    total = good - bad
    score = round(total / math.sqrt(total * total + SPREAD), 4) + 0.0  # no −0.0
    return Reading(score, good, bad, len(values))


class _Sentence:
    """The weights of the words of one sentence."""

    def __init__(self, sentence: Sentence, lexicon: Lexicon) -> None:
        self._sentence = sentence
        self._lexicon = lexicon
        self._tokens = sentence.tokens
        self._words = [self._spelled(token) for token in self._tokens]
        known = lexicon.beginnings
        self._begun = [
            self._beginning(place) if word in known else _NOTHING for place, word in enumerate(self._words)
        ]
        self._negators, self._boosters = lexicon.section("negators"), lexicon.section("boosters")
        self._dampers, self._after = lexicon.section("dampers"), lexicon.section("negated after")
        self._weak = lexicon.section("weak negators")
        self._taken: set[int] = set()

    def _spelled(self, token: Token) -> str:
        """A word as the lexicon has it; of a stretched one, `sooo`, the form that it knows."""
        if token.kind != "word":
            return ","
        word = fold(token.text)
        if token.stretched and self._lexicon.valence(word) is None:
            return _DOUBLED.sub(r"\1", word)
        return word

    def _beginning(self, place: int) -> frozenset[str]:
        """What may be an entry that begins here: one word and more."""
        return frozenset(accumulate(self._words[place : place + LONGEST_ENTRY], "{} {}".format))

    def weights(self) -> list[float]:
        """What each hit weighs, in order."""
        hits = self._hits()
        buts = self._places("but")
        wishes = self._places("wishes")
        turning = buts[-1] if buts and 0 < buts[-1] < len(self._words) - 1 else None
        found: list[float] = []
        for begin, end, valence in hits:
            weight = self._weigh(begin, end, valence, wishes)
            if turning is not None:
                weight *= BEFORE_BUT if begin < turning else AFTER_BUT
            found.append(weight)
        if "?" in self._sentence.ending:
            found = [weight * ASKED for weight in found]
        exclaimed = min(self._sentence.ending.count("!"), MAX_EXCLAIMED)
        return [weight * (1 + EXCLAIMED * exclaimed) for weight in found]

    def _hits(self) -> list[tuple[int, int, float]]:
        """Begin, end and valence of the entries that are found; the longest first."""
        found, place = [], 0
        while place < len(self._tokens):
            token = self._tokens[place]
            entry = self._lexicon.valences.phrase(self._words, place) if token.kind == "word" else None
            if entry is not None:
                length, valence = entry
                self._taken.update(range(place, place + length))
                if valence:
                    found.append((place, place + length, valence))
                place += length
                continue
            valence = self._valence(place)
            if valence:
                found.append((place, place + 1, valence))
            place += 1
        return found

    def _valence(self, place: int) -> float:
        token = self._tokens[place]
        match token.kind:
            case "word":
                return self._lexicon.valence(self._words[place]) or 0.0
            case "emoticon":
                return of_emoticon(token.text)
            case "mark":
                return EMOJI.get(token.text[0], 0.0)
        return 0.0

    def _weigh(self, begin: int, end: int, valence: float, wishes: list[int]) -> float:
        """A hit's weight after what stands around it."""
        if self._tokens[begin].kind != "word":
            return valence
        change, negated = self._before(begin, valence)
        if negated or self._negated_after(end):
            return valence * (TURNED if valence > 0 else TURNED_BAD)
        weight = valence * (1 + max(-0.6, min(0.9, change))) * self._stress(begin, end)
        if valence > 0 and any(begin - WISHING <= place < begin for place in wishes):
            return weight * WISHED
        return weight

    def _before(self, begin: int, valence: float) -> tuple[float, bool]:
        """What the words before a hit change of its weight, and whether they negate it."""
        change, negated = 0.0, False
        for distance, place in enumerate(range(begin - 1, max(-1, begin - 1 - REACH), -1)):
            if self._words[place] == "," and distance > 0:
                break
            if place in self._taken:
                continue
            if self._is(self._negators, place) or (valence > 0 and self._is(self._weak, place)):
                negated = True
            elif self._is(self._boosters, place):
                change += BOOST * FADING[distance]
            elif self._is(self._dampers, place):
                change += DAMP * FADING[distance]
        return change, negated

    def _stress(self, begin: int, end: int) -> float:
        """How much capitals and stretched letters add."""
        own = self._tokens[begin:end]
        loud = LOUD if any(token.loud for token in own) and not self._shouting() else 1.0
        return loud * (STRETCHED if any(token.stretched for token in own) else 1.0)

    def _negated_after(self, end: int) -> bool:
        """Whether a negation follows, as after a German or Dutch verb, before anything else is said."""
        if not self._after:
            return False
        for place in range(end, min(len(self._words), end + REACH)):
            if self._words[place] == ",":
                return False
            if self._words[place] in self._after:
                rest = self._words[place + 1 : place + 4]
                return not any(self._lexicon.valence(word) for word in rest if word != ",")
        return False

    def _shouting(self) -> bool:
        """Whether all is in capitals, so that they stress nothing."""
        words = [token for token in self._tokens if token.kind == "word"]
        return sum(token.loud for token in words) * 3 > len(words) * 2

    def _is(self, section: frozenset[str], place: int) -> bool:
        """Whether an entry of a section, of up to three words, begins here."""
        return not section.isdisjoint(self._begun[place])

    def _places(self, section: str) -> list[int]:
        """Where entries of a section begin."""
        entries = self._lexicon.section(section)
        return [place for place, begun in enumerate(self._begun) if begun and not entries.isdisjoint(begun)]
