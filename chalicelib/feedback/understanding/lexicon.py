"""The words of a language and what they weigh, read from words/ when the language is first met."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib import resources

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
"""Languages that are understood; of others only emoticons and emoji are."""
LEAST_STEM = 3
"""Letters that a stem, or what an ending is taken from, has at least."""
KEPT_WORDS = 4096
"""Words of a language of which it is remembered what they mean: people use the same ones all the time."""
NEXT_LETTERS = 2
"""Letters of the second word of a phrase that it is looked up by; a stem there has as many."""
LONGEST_ENTRY = 3
"""Words that an entry of negators and the like has at most."""


@lru_cache(maxsize=KEPT_WORDS)
def fold(word: str) -> str:
    """A word without accents, as entries are compared."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word.replace("ß", "ss"))
    return "".join(part for part in parts if not unicodedata.combining(part))


@dataclass
class Entries:
    """Words, stems and phrases with what they weigh, to be found in a text.

    Stems lie by their first three letters, phrases by their first word and the first letters of the next
    one, the longest first.
    """

    words: dict[str, float] = field(default_factory=dict)
    stems: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    phrases: dict[str, dict[str, list[tuple[tuple[str, ...], float]]]] = field(default_factory=dict)

    def add(self, entry: str, valence: float) -> None:
        """File an entry; one that ends in a star is a stem, one of several words a phrase."""
        parts = tuple(fold(entry).replace("'", " ").split())
        if len(parts) > 1:
            same = self.phrases.setdefault(parts[0], {}).setdefault(parts[1][:NEXT_LETTERS], [])
            same.append((parts, valence))
            same.sort(key=lambda pair: -len(pair[0]))
        elif parts[0].endswith("*"):
            alike = self.stems.setdefault(parts[0][:LEAST_STEM], [])
            alike.append((parts[0][:-1], valence))
            alike.sort(key=lambda pair: -len(pair[0]))
        else:
            self.words[parts[0]] = valence

    def phrase(self, words: list[str], at: int) -> tuple[int, float] | None:
        """How many words from here on are one entry, the longest, and what it weighs."""
        following = self.phrases.get(words[at])
        if following is None or at + 1 == len(words):
            return None
        for entry, valence in following.get(words[at + 1][:NEXT_LETTERS], ()):
            if _matches(entry, words, at):
                return len(entry), valence
        return None

    def begins(self, word: str) -> bool:
        """Whether there is an entry that a text with this word might have here."""
        return word in self.phrases or self.word(word) is not None

    def word(self, word: str) -> float | None:
        """What a word weighs, itself or by the longest stem that it begins with."""
        found = self.words.get(word)
        if found is not None:
            return found
        for stem, valence in self.stems.get(word[:LEAST_STEM], ()):
            if word.startswith(stem):
                return valence
        return None


def _matches(entry: tuple[str, ...], words: list[str], at: int) -> bool:
    if at + len(entry) > len(words):
        return False
    for wanted, word in zip(entry, words[at : at + len(entry)], strict=True):
        if wanted != word and not (wanted[-1] == "*" and word.startswith(wanted[:-1])):
            return False
    return True


@dataclass(frozen=True)
class Lexicon:
    """Words with a valence from −4 to 4, those that change what others weigh, and those of alarm."""

    valences: Entries = field(default_factory=Entries)
    sections: dict[str, frozenset[str]] = field(default_factory=dict)
    urgency: dict[str, Entries] = field(default_factory=dict)
    endings: tuple[tuple[str, str], ...] = ()

    @cached_property
    def valence(self) -> Callable[[str], float | None]:
        """What a word weighs, or the word that it is a form of; kept for the words that come most."""
        return lru_cache(maxsize=KEPT_WORDS)(self._valence)

    def _valence(self, word: str) -> float | None:
        found = self.valences.word(word)
        if found is not None:
            return found
        if not word.endswith(self._any_ending):
            return None
        for ending, instead in self.endings:
            if word.endswith(ending) and len(word) - len(ending) >= LEAST_STEM:
                found = self.valences.words.get(word[: len(word) - len(ending)] + instead)
                if found is not None:
                    return found
        return None

    def section(self, name: str) -> frozenset[str]:
        return self.sections.get(name, frozenset())

    @cached_property
    def _any_ending(self) -> tuple[str, ...]:
        return tuple(ending for ending, _ in self.endings)

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """Words that an entry of a section begins with."""
        return frozenset(entry.split()[0] for section in self.sections.values() for entry in section)

    @cached_property
    def alarms(self) -> Callable[[str], tuple[str, ...]]:
        """The kinds of urgency of which an entry may begin with a word; mostly none."""
        return lru_cache(maxsize=KEPT_WORDS)(self._alarms)

    def _alarms(self, word: str) -> tuple[str, ...]:
        return tuple(kind for kind, entries in self.urgency.items() if entries.begins(word))

    @cached_property
    def small_words(self) -> frozenset[str]:
        """Words that no text is about."""
        return self.section("stop") | self.section("negators") | self.section("boosters")


def sections_of(text: str) -> dict[str, list[str]]:
    """The entries of a file of words, by section."""
    found: dict[str, list[str]] = {}
    entries: list[str] = []
    for line in text.splitlines():
        if line.startswith("["):
            entries = found.setdefault(line[1:-1], [])
        elif not line.startswith("#"):
            entries += [entry.strip() for entry in line.split(",") if entry.strip()]
    return found


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language; an empty one for a language that has none here."""
    if language not in LANGUAGES:
        return Lexicon()
    folder = resources.files("chalicelib.feedback.understanding") / "words"
    sections = sections_of((folder / f"{language}.txt").read_text("utf-8"))
    valences = Entries()
    urgency: dict[str, Entries] = {}
    plain: dict[str, frozenset[str]] = {}
    for name, entries in sections.items():
        kind, _, detail = name.partition(" ")
        if kind == "words":
            for entry in entries:
                valences.add(entry, float(detail))
        elif kind == "urgency":
            for entry in entries:
                urgency.setdefault(detail, Entries()).add(entry, 1.0)
        else:
            plain[name] = frozenset(fold(entry).replace("'", " ") for entry in entries)
    endings = tuple(_ending(fold(entry)) for entry in sections.get("endings", ()))
    return Lexicon(valences, plain, urgency, endings)


def _ending(entry: str) -> tuple[str, str]:
    """An ending, and what stands instead of it in the entry: `iest y`."""
    ending, _, instead = entry.partition(" ")
    return ending, instead
