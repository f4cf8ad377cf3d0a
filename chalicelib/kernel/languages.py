"""The languages that our own words to customers come in."""

from __future__ import annotations

LANGUAGES = ("en", "de", "fr", "es", "it", "nl")


def language_of(locale: str | None) -> str:
    """The one that we have for a locale (BCP 47); English for those we have not."""
    language = (locale or "").partition("-")[0].lower()
    return language if language in LANGUAGES else "en"
