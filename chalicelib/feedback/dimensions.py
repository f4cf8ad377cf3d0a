"""By what responses are counted apart: channel, language, stage, tag and theme; and how that is written.

The counters of all values of a dimension lie together, a day an item, so that a year of them is one query of
less than a megabyte (ADR 47). Their names are short for that: `email|p` counts promoters by e-mail.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal
from zlib import crc32

from chalicelib.customers.model import Stage
from chalicelib.feedback.model import Feedback
from chalicelib.feedback.statistics import additions

Dimension = Literal["channel", "language", "stage", "tag", "theme"]
AT_ONCE: tuple[Dimension, ...] = ("channel", "language", "stage")
"""Counted with the response itself, and with an invitation; the others, of which a response has several and
an invitation none, a moment later."""
TOPICS: tuple[Dimension, ...] = ("tag", "theme")
TOPIC_SHARDS = 4
NO_LANGUAGE, NO_STAGE = "und", "none"

_CODES = {
    "promoters": "p",
    "passives": "s",
    "detractors": "d",
    "csat": "c",
    "satisfied": "t",
    "ces": "e",
    "effort": "f",
    "comment": "m",
    "suggestion": "g",
    "positive": "+",
    "neutral": "=",
    "negative": "-",
    "invited": "i",
    "answered": "a",
}
"""What is kept of a value's counters. How many there are of NPS, and in all, follows from these."""
_NAMES = {code: name for name, code in _CODES.items()}
_NPS = ("promoters", "passives", "detractors")
_KINDS = ("nps", "csat", "ces", "comment", "suggestion")


def at_once(channel: str, language: str | None, stage: Stage | None) -> dict[Dimension, str]:
    """The value of each dimension by which a response, or an invitation to one, is counted at once."""
    spoken = (language or NO_LANGUAGE).partition("-")[0].lower()
    return {"channel": channel, "language": spoken, "stage": stage or NO_STAGE}


def at_once_of(feedback: Feedback) -> dict[Dimension, str]:
    return at_once(feedback.channel, feedback.language, feedback.stage)


def topics_of(feedback: Feedback) -> dict[Dimension, list[str]]:
    """The values of each dimension by which a response is counted a moment later."""
    return {"tag": feedback.tags, "theme": feedback.themes}


def shard_of(value: str) -> int:
    """The shard that counts a tag or a theme: always the same, so that its counters lie in one piece."""
    return crc32(value.encode()) % TOPIC_SHARDS


def written(numbers: Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    """What is added to the counters of these values, of what is added to those of the day."""
    own = {code: amount for name, amount in numbers.items() if (code := _CODES.get(name))}
    return {f"{name}|{code}": amount for name in names for code, amount in own.items()}


def added(feedback: Feedback) -> dict[str, int]:
    """What a response adds to the counters of its survey's day."""
    label = feedback.sentiment.label if feedback.sentiment else None
    return additions(feedback.kind, feedback.score, label, invited=feedback.invited)


def counted_as(feedback: Feedback) -> tuple[object, ...]:
    """All that decides how a response is counted at once."""
    return added(feedback), at_once_of(feedback)


def read(numbers: Mapping[str, int]) -> dict[str, Counter[str]]:
    """The counters of each value, by their long names."""
    found: dict[str, Counter[str]] = {}
    for name, amount in numbers.items():
        value, _, code = name.rpartition("|")
        if value and code in _NAMES:
            found.setdefault(value, Counter())[_NAMES[code]] += amount
    for counted in found.values():
        counted["nps"] = sum(counted[name] for name in _NPS)
        counted["responses"] = sum(counted[name] for name in _KINDS)
    return found
