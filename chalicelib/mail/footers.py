"""What stands below a mail: its signature, how to leave its topic, where too large attachments are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from chalicelib.kernel.languages import language_of
from chalicelib.mail.model import AttachmentInfo

_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)


class _Words(NamedTuple):
    """`{days}` is filled in."""

    unsubscribe: str
    preferences: str
    downloads: str


_WORDS = {
    "en": _Words("Unsubscribe", "Choose what you get", "Attachments, to be downloaded within {days} days:"),
    "de": _Words(
        "Abmelden", "Auswählen, was Sie bekommen", "Anhänge, abrufbar in den nächsten {days} Tagen:"
    ),
    "fr": _Words(
        "Se désabonner", "Choisir ce que vous recevez", "Pièces jointes, à télécharger sous {days} jours :"
    ),
    "es": _Words("Darse de baja", "Elegir lo que recibe", "Adjuntos, disponibles durante {days} días:"),
    "it": _Words(
        "Annulla l’iscrizione", "Scelga che cosa ricevere", "Allegati, disponibili per {days} giorni:"
    ),
    "nl": _Words("Afmelden", "Kies wat u ontvangt", "Bijlagen, {days} dagen te downloaden:"),
}


def signed(text: str, html: str | None, signature: str) -> tuple[str, str | None]:
    """Text and HTML with a mailbox's signature below (RFC 3676 section 4.3)."""
    text = f"{text.rstrip()}\n\n-- \n{signature}\n"
    if html is not None:
        html = _below(html, f"<p>-- <br>{'<br>'.join(escape(signature).splitlines())}</p>")
    return text, html


def choices(
    text: str, html: str | None, *, unsubscribe: str, preferences: str, language: str | None
) -> tuple[str, str | None]:
    """Text and HTML with both links below, each where it does not have the link to unsubscribe already."""
    said = _WORDS[language_of(language)]
    pairs = [(said.unsubscribe, unsubscribe), (said.preferences, preferences)]
    if unsubscribe not in text:
        text += "\n-- \n" + "".join(f"{words}: {url}\n" for words, url in pairs)
    if html is not None and unsubscribe not in html:
        anchors = " · ".join(f'<a href="{escape(url)}">{escape(words)}</a>' for words, url in pairs)
        html = _below(html, f'<p style="font-size: 13px; margin-top: 2em">{anchors}</p>')
    return text, html


def downloads(
    text: str,
    html: str | None,
    linked: Sequence[tuple[AttachmentInfo, str]],
    *,
    days: int,
    language: str | None,
) -> tuple[str, str | None]:
    """Text and HTML with links to these attachments below."""
    words = _WORDS[language_of(language)].downloads.format(days=days)
    text += f"\n\n{words}\n" + "".join(f"{one.filename} ({_size(one)}): {url}\n" for one, url in linked)
    if html is not None:
        entries = "".join(
            f'<li><a href="{escape(url)}">{escape(one.filename)}</a> ({_size(one)})' for one, url in linked
        )
        html = _below(html, f"<p>{escape(words)}</p><ul>{entries}</ul>")
    return text, html


def _below(html: str, part: str) -> str:
    """HTML with a part at the end of its body."""
    ends = list(_BODY_END.finditer(html))
    return f"{html[: ends[-1].start()]}{part}{html[ends[-1].start() :]}" if ends else html + part


def _size(one: AttachmentInfo) -> str:
    return f"{one.size / 1_000_000:.1f} MB"
