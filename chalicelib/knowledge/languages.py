"""Language tags (BCP 47), and which of the languages there are fits the one that somebody reads."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field


def canonical(tag: str) -> str:
    """The tag in the case that RFC 5646 §2.1.1 recommends: `zh-hant-tw` is `zh-Hant-TW`."""
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *map(_subtag, rest)])


def _subtag(part: str) -> str:
    return part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower()


Language = Annotated[
    str,
    Field(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", examples=["de-AT"]),
    AfterValidator(canonical),
]
"""A language tag, such as `de` or `de-AT`."""


def primary(language: str) -> str:
    """The language without script and region."""
    return language.partition("-")[0]


def chain(language: str) -> list[str]:
    """The language and what it falls back to, `de-AT` then `de` (the lookup of RFC 4647 §3.4)."""
    parts = language.split("-")
    return ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]


def best(wanted: Sequence[str], there: Iterable[str], default: str) -> str:
    """Which of the languages there are is read by who wants these, most wanted first; else the default.

    Somebody who wants `pt` is served `pt-BR` when nothing nearer is there.
    """
    known = sorted(there)
    for language in wanted:
        near = [one for one in known if primary(one) == primary(language)]
        for tag in [*chain(language), *near]:
            if tag in known:
                return tag
    return default
