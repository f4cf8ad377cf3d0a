"""Address lists as they come in the wild (RFC 5322 section 3.4), read in one pass without recursion."""

from __future__ import annotations

import re

from chalicelib.mail.parts import MAX_ADDRESSES, Address
from chalicelib.mail.reading.charsets import decode, one_line
from chalicelib.mail.reading.headers import MAX_VALUE, decode_words

_TOKEN = re.compile(r'\\.|[\\"()<>,;:]|[^\\"()<>,;:]+', re.DOTALL)
_RUN = r"(?:=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,2000}\?=\s*)+"
_WORDS = re.compile(f'"{_RUN}"|{_RUN}')
_PLAUSIBLE = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,255}")


class _Scanner:
    """Collects one mailbox at a time: words outside and inside `<>`; comments of any depth are dropped."""

    def __init__(self) -> None:
        self.found: list[Address] = []
        self.name: list[str] = []
        self.angle: list[str] = []
        self.quoted = False
        self.in_angle = False
        self.comment = 0

    def feed(self, piece: str) -> None:
        if self.comment:
            self.comment += {"(": 1, ")": -1}.get(piece, 0)
        elif piece == '"':
            self.quoted = not self.quoted
        elif self.quoted or piece.startswith("\\"):
            self._keep(piece[1:] if piece.startswith("\\") else piece)
        else:
            self._structure(piece)

    def _structure(self, piece: str) -> None:
        if piece == "(":
            self.comment = 1
        elif piece in "<>":
            self.in_angle = piece == "<"
        elif piece in ",;":
            self.finish()
        elif piece == ":" and not self.in_angle:
            self.name = []  # the name of a group, `undisclosed-recipients:;`
        else:
            self._keep(piece)

    def _keep(self, text: str) -> None:
        (self.angle if self.in_angle else self.name).append(text)

    def finish(self) -> None:
        """End of a mailbox: an address in `<>` with a name before it, or an address alone."""
        outside, inside = "".join(self.name).strip(), "".join(self.angle).strip()
        address = _PLAUSIBLE.search(inside or outside)
        if address:
            local, _, domain = address[0].rpartition("@")
            self.found.append(
                Address(name=one_line(outside, 200) if inside else "", address=f"{local}@{domain.lower()}")
            )
        self.name, self.angle, self.in_angle = [], [], False


def addresses(values: list[bytes]) -> tuple[Address, ...]:
    """The mailboxes of all values of one header, 50 at most; what has no `@` is left out."""
    scanner = _Scanner()
    for value in values[:MAX_ADDRESSES]:
        for piece in _TOKEN.findall(_protect_words(value[:MAX_VALUE])):
            if len(scanner.found) >= MAX_ADDRESSES:
                return tuple(scanner.found)
            scanner.feed(piece)
        scanner.quoted, scanner.comment = False, 0
        scanner.finish()
    return tuple(scanner.found)


def _protect_words(value: bytes) -> str:
    """Decode encoded words, each run as one quoted string, so that a comma inside a name divides nothing."""
    return one_line(_WORDS.sub(_quoted, decode(value)), MAX_VALUE)


def _quoted(run: re.Match[str]) -> str:
    decoded = decode_words(run[0].strip('" ').encode("utf-8", "replace"))
    return '"' + decoded.replace("\\", "").replace('"', "") + '" '
