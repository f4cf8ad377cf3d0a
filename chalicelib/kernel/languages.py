"""The languages that our own words to customers come in."""

from __future__ import annotations

from collections.abc import Iterable

LANGUAGES = ("en", "de", "fr", "es", "it", "nl")


def language_of(locale: str | None) -> str:
    """The one that we have for a locale (BCP 47); English for those we have not."""
    return first_of([locale or ""])


def first_of(locales: Iterable[str]) -> str:
    """The first that we have for these locales, the most wanted first; English if there is none."""
    wanted = (locale.partition("-")[0].lower() for locale in locales)
    return next((one for one in wanted if one in LANGUAGES), "en")
