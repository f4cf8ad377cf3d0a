"""The mail to somebody who voted, in six languages."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.kernel.config import settings
from chalicelib.suggestions.model import Status
from chalicelib.suggestions.texts import TEXTS, called


class _News(NamedTuple):
    """`{title}` and `{status}` are filled in."""

    subject: str
    greeting: str
    text: str


_NEWS = {
    "en": _News("{status}: {title}", "Hello,", "you voted for “{title}”. It is now: {status}."),
    "de": _News(
        "{status}: {title}", "Guten Tag,", "Sie haben für „{title}“ gestimmt. Der Stand ist jetzt: {status}."
    ),
    "fr": _News(
        "{status} : {title}", "Bonjour,", "vous avez voté pour « {title} ». L’état est maintenant : {status}."
    ),
    "es": _News("{status}: {title}", "Hola:", "votó por «{title}». Su estado es ahora: {status}."),
    "it": _News("{status}: {title}", "Buongiorno,", "ha votato per «{title}». Ora lo stato è: {status}."),
    "nl": _News("{status}: {title}", "Hallo,", "u stemde op “{title}”. De status is nu: {status}."),
}


def news(language: str, title: str, status: Status, answer: str | None, url: str) -> tuple[str, str]:
    """Subject and text of the mail."""
    said = _NEWS[language]
    known = {"title": title, "status": called(TEXTS[language], status)}
    parts = [said.greeting, said.text.format(**known), *([answer] if answer else []), url]
    return said.subject.format(**known), "\n\n".join([*parts, settings().business_name]) + "\n"
