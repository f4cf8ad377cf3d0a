"""A raw mail as a tree of parts, cut by offsets and bounded before anything is decoded (RFC 2046).

The standard library's parser recurses without bound and copies line by line; this one is capped at 200 parts
and depth 20 and leaves an attached mail (`message/rfc822`) as the bytes it is.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib.mail.reading.headers import MAX_HEADER_BLOCK, Headers, lenient_base64

MAX_PARTS = 200
MAX_DEPTH = 20
MAX_CANDIDATES = 20_000
"""Lines that begin like a delimiter and are examined; millions of near misses would cost seconds."""

_LINE = re.compile(rb"[^\r\n]+")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)


@dataclass
class Part:
    """One part; `body` is still transfer-encoded and empty when there are `children`."""

    headers: Headers
    media_type: str
    body: bytes = b""
    children: list[Part] = field(default_factory=list)

    def leaves(self) -> Iterator[Part]:
        """The parts without children, in the order of the mail."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def everything(self) -> Iterator[Part]:
        """The part itself and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.everything()

    @property
    def disposition(self) -> str:
        """`attachment`, `inline` or `""`."""
        return self.headers.text("content-disposition").split(";")[0].strip().lower()

    @property
    def filename(self) -> str:
        """The name the sender gave, encodings undone, not yet safe; `""` without one."""
        return self.headers.parameter("content-disposition", "filename") or self.headers.parameter(
            "content-type", "name"
        )

    def decoded(self, limit: int | None = None) -> bytes:
        """The content without its transfer encoding; of the first `limit` encoded bytes only, when given."""
        body = self.body if limit is None else self.body[:limit]
        encoding = self.headers.text("content-transfer-encoding").split(";")[0].strip().lower()
        if encoding == "base64":
            return lenient_base64(body) or body
        if encoding == "quoted-printable":
            return binascii.a2b_qp(body)
        if encoding in {"x-uuencode", "uuencode", "x-uue"}:
            return _uudecoded(body)
        return body


@dataclass
class Structure:
    """The tree, and how many parts lie beyond the bounds."""

    root: Part
    omitted: int


def split(raw: bytes) -> Structure:
    """Cut a mail into its parts; never raises. Parts beyond the 200th are counted, not read."""
    if b"\n" not in raw[:MAX_HEADER_BLOCK]:  # lines end in CR alone, as on old Macs
        raw = raw.replace(b"\r", b"\n")
    cutter = _Cutter(raw)
    root = cutter.part(0, len(raw), 0, "text/plain")
    return Structure(root, cutter.omitted)


def header_end(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the header block ends and where the body begins: at the first empty line."""
    for line_end in (b"\r\n", b"\n"):
        if raw.startswith(line_end, start, end):
            return start, start + len(line_end)
    found = [(at, at + len(gap)) for gap in (b"\n\r\n", b"\n\n") if (at := raw.find(gap, start, end)) >= 0]
    return min(found, default=(end, end))


class _Cutter:
    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.left = MAX_PARTS
        self.candidates = MAX_CANDIDATES
        self.omitted = 0

    def part(self, start: int, end: int, depth: int, default: str) -> Part:
        """The part between two offsets; a multipart without a usable boundary stays one text."""
        self.left -= 1
        head_end, body = header_end(self.raw, start, end)
        headers = Headers.parse(self.raw[start : min(head_end, start + MAX_HEADER_BLOCK)])
        if not headers and body == end:  # no header block at all: what is there is the text
            body = start
        part = Part(headers, headers.media_type(default))
        if part.media_type.startswith("multipart/") and depth < MAX_DEPTH:
            inner = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
            for piece in self._pieces(headers.parameter("content-type", "boundary"), body, end):
                part.children.append(self.part(*piece, depth + 1, inner))
        if not part.children:
            part.body = self.raw[body:end]
        return part

    def _pieces(self, boundary: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Offsets of the pieces between delimiter lines, as many as the bound still allows."""
        if not boundary.strip():
            return
        mark = b"--" + boundary.rstrip().encode("utf-8", "replace")
        opened: int | None = None
        for at, after, closing in self._delimiters(mark, start, end):
            if opened is not None:
                yield opened, self._without_line_end(opened, at)
            if closing:
                return
            opened = after
            if self.left <= 0:
                self.omitted += 1 + sum(
                    self.raw.count(mark + line_end, after, end) for line_end in (b"\r\n", b"\n")
                )
                return
        if opened is not None:  # the closing delimiter is missing: a cut mail
            yield opened, end

    def _delimiters(self, mark: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Each line that is `mark`: where it starts, where the next line starts, whether it closes."""
        at = start if self.raw.startswith(mark, start, end) else self._next_line(mark, start, end)
        while at >= 0 and self.candidates:
            self.candidates -= 1
            line_end = self.raw.find(b"\n", at, end)
            after = end if line_end < 0 else line_end + 1
            rest = self.raw[at + len(mark) : min(after, at + len(mark) + 100)].strip()
            if rest in {b"", b"--"}:
                yield at, after, bool(rest)
            at = self._next_line(mark, after - 1, end)

    def _next_line(self, mark: bytes, start: int, end: int) -> int:
        return self.raw.find(b"\n" + mark, start, end) + 1 or -1

    def _without_line_end(self, start: int, end: int) -> int:
        """The line end before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1)."""
        for line_end in (b"\r\n", b"\n"):
            if self.raw.endswith(line_end, start, end):
                return end - len(line_end)
        return end


def _uudecoded(body: bytes) -> bytes:
    """The first uuencoded file in a body; the body itself when there is none."""
    begin = _UU_BEGIN.search(body)
    if not begin:
        return body
    out = bytearray()
    for line in _LINE.finditer(body, begin.end()):  # one by one: all at once would be hundreds of MB
        if line[0].strip() in {b"end", b"`"}:
            break
        try:
            out += binascii.a2b_uu(line[0])
        except binascii.Error:
            continue
    return bytes(out)
