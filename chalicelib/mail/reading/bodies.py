"""Which parts are the letter and which are attachments; the letter's text and HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from chalicelib.mail.parts import MAX_TEXT
from chalicelib.mail.reading.charsets import clean, decode
from chalicelib.mail.reading.flowed import unflow
from chalicelib.mail.reading.html import heavy, sanitised, to_text
from chalicelib.mail.reading.structure import Part

_MAX_ENCODED = 6 * MAX_TEXT
_MAX_BODY_PARTS = 20
"""Text parts that are joined; what follows is kept as attachments."""


@dataclass
class _Piece:
    """One stretch of the letter, in plain text, in HTML or in both (alternatives)."""

    plain: str = ""
    html: str = ""

    def text(self, *, heavy_html: bool) -> str:
        if self.plain.strip() or not self.html:
            return self.plain
        return to_text(self.html, heavy_html=heavy_html)

    def markup(self) -> str:
        """Its HTML; plain text between HTML parts keeps its lines."""
        return self.html or f"<pre>{escape(self.plain)}</pre>"


@dataclass
class Body:
    """The letter: cleaned text, sanitised HTML if any, and the parts that are not it."""

    text: str
    html: str | None
    truncated: bool
    attached: list[Part]


def read_body(root: Part) -> Body:
    """Text and HTML of a mail; plain text wins unless blank, several inline texts are joined in order."""
    reader = _Reader()
    pieces = reader.pieces(root)
    markup = (
        "\n".join(piece.markup() for piece in pieces) if any(piece.html.strip() for piece in pieces) else ""
    )
    too_heavy = heavy(markup)
    texts = (piece.text(heavy_html=too_heavy).strip("\n") for piece in pieces)
    text = clean("\n\n".join(filter(None, texts)))
    html = None if too_heavy or not markup else sanitised(markup)
    return Body(text[:MAX_TEXT], html, reader.truncated or len(text) > MAX_TEXT, reader.attached)


@dataclass
class _Reader:
    attached: list[Part] = field(default_factory=list)
    truncated: bool = False
    left: int = _MAX_BODY_PARTS
    room: int = 2 * MAX_TEXT

    def pieces(self, part: Part) -> list[_Piece]:
        if part.children:
            below = [piece for child in part.children for piece in self.pieces(child)]
            return [_merged(below)] if part.media_type == "multipart/alternative" and below else below
        if not self.left or self.room <= 0 or not _is_letter(part):
            self.attached.append(part)
            return []
        self.left -= 1
        self.room -= min(len(part.body), MAX_TEXT)
        return [self._piece(part)]

    def _piece(self, part: Part) -> _Piece:
        charset = part.headers.parameter("content-type", "charset")
        text = clean(decode(part.decoded(_MAX_ENCODED), charset, guess=True))
        if len(part.body) > _MAX_ENCODED or len(text) > MAX_TEXT:
            self.truncated = True
        if part.media_type == "text/html":
            return _Piece(html=text[:MAX_TEXT])
        if part.headers.parameter("content-type", "format").lower() == "flowed":
            delete_space = part.headers.parameter("content-type", "delsp").lower() == "yes"
            text = unflow(text, delete_space=delete_space)
        return _Piece(plain=text[:MAX_TEXT])


def _is_letter(part: Part) -> bool:
    """Text without a file name; a multipart that has no parts shows what it holds."""
    if part.media_type not in {"text/plain", "text/html"} and not part.media_type.startswith("multipart/"):
        return False
    return part.disposition != "attachment" and not part.filename


def _merged(pieces: Iterable[_Piece]) -> _Piece:
    """Alternatives of one content: what is plain and what is HTML, side by side."""
    parts = list(pieces)
    return _Piece(
        plain="\n\n".join(piece.plain for piece in parts if piece.plain.strip()),
        html="\n".join(piece.html for piece in parts if piece.html.strip()),
    )
